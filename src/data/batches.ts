/**
 * Training batches: windows of the training tokens at uniformly random positions.
 *
 * The positions depend only on the seed and the step. So runs with one seed have the same batches in the same
 * order, whatever their encoding, and a run can resume at any step without the state of a generator.
 *
 * @module
 */
import { InputError, refuseUnknownNames } from "../errors.ts";
import type { NamesOf } from "../errors.ts";
import { random } from "../random/random.ts";

/** The size of a batch, and what its windows depend on. */
export interface BatchOptions {
  /** Windows in the batch. */
  readonly batch: number;
  /** Tokens in a window. */
  readonly length: number;
  readonly seed: number;
  /** The training step, from 0. */
  readonly step: number;
}

const names: NamesOf<BatchOptions> = { batch: true, length: true, seed: true, step: true };

/** A training batch; arrays are row-major. */
export interface Batch {
  /** [batch, position] */
  readonly tokens: Int32Array;
  /** [batch, position]: the token after each of `tokens`. */
  readonly targets: Int32Array;
  /** [batch]: the index in the text of the first token of each window. */
  readonly starts: Int32Array;
}

/**
 * The batch of a step.
 *
 * @param tokens the training tokens
 * @throws {InputError} for fewer tokens than one window and its last target, or a batch, length or step that is
 *   out of range
 */
export function batchAt(tokens: Int32Array, options: BatchOptions): Batch {
  refuseUnknownNames("batchAt", options, names, (message) => new InputError(message));
  const { batch, length, seed, step } = options;
  checkSize("batch", batch);
  checkSize("length", length);
  if (!Number.isSafeInteger(step) || step < 0)
    throw new InputError(`the step of a batch must be an integer of 0 or more, got ${step}.`);
  if (tokens.length < length + 1)
    throw new InputError(
      `the training text has ${tokens.length} tokens; a window of ${length} needs ${length + 1}. ` +
        `Give more text or a shorter length.`,
    );
  const positions = random(seed, "batch", step);
  const starts = Int32Array.from({ length: batch }, () =>
    positions.integer(tokens.length - length),
  );
  const drawn = { tokens: new Int32Array(batch * length), targets: new Int32Array(batch * length) };
  starts.forEach((start, row) => {
    drawn.tokens.set(tokens.subarray(start, start + length), row * length);
    drawn.targets.set(tokens.subarray(start + 1, start + length + 1), row * length);
  });
  return { ...drawn, starts };
}

function checkSize(name: string, size: number): void {
  if (!Number.isSafeInteger(size) || size < 1)
    throw new InputError(`${name} must be a positive integer, got ${size}.`);
}
