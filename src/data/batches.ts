/**
 * Training batches: windows of the training tokens at uniformly random places.
 *
 * The places depend on the seed and the step alone. So every encoding with a seed sees the same batches in
 * the same order, and a run resumes at any step without a generator's state.
 *
 * @module
 */
import { InputError } from "../errors.ts";
import { random } from "../random/random.ts";

export interface BatchOptions {
  /** Windows in the batch. */
  readonly batch: number;
  /** Tokens in a window. */
  readonly length: number;
  readonly seed: number;
  /** The training step the batch is for. */
  readonly step: number;
}

export interface Batch {
  /** [batch, position] */
  readonly tokens: Int32Array;
  /** [batch, position]: the token after each of `tokens`. */
  readonly targets: Int32Array;
  /** [batch]: where in the text each window begins. */
  readonly starts: Int32Array;
}

/**
 * The batch of a step.
 *
 * @param tokens the training tokens
 * @throws InputError when the tokens do not hold one window and its last target
 */
export function batchAt(tokens: Int32Array, { batch, length, seed, step }: BatchOptions): Batch {
  checkSize("batch", batch);
  checkSize("length", length);
  if (!Number.isSafeInteger(step) || step < 0)
    throw new InputError(`a batch belongs to a step of 0 or more, got ${step}.`);
  if (tokens.length < length + 1)
    throw new InputError(
      `the training text has ${tokens.length} tokens; a window of ${length} needs ${length + 1}. ` +
        `Give more text or a shorter length.`,
    );
  const places = random(seed, "batch", step);
  const starts = Int32Array.from({ length: batch }, () => places.integer(tokens.length - length));
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
