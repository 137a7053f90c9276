/**
 * Rows of samples for training and for judging.
 *
 * Training samples depend on the seed and the step alone, so a run resumes at any step, and every encoding
 * with a seed sees the same samples in the same order. Held-out samples come from a stream of their own. A
 * short question may well occur in both; a long one almost never does.
 *
 * Rows are padded on the right. In a causal model nothing before the padding sees it, and no padding is
 * scored, so a sample's numbers do not depend on what it is batched with.
 *
 * @module
 */
import { InputError, refuseUnknownNames } from "../errors.ts";
import type { NamesOf } from "../errors.ts";
import { random } from "../random/random.ts";
import type { Sample, Task } from "./task.ts";

/** Samples as rows of one width. */
export interface TaskRows {
  /** int32 `[batch, width]` */
  readonly tokens: Int32Array;
  /** int32 `[batch, width]`: the token after each of `tokens`. */
  readonly targets: Int32Array;
  /** float32 `[batch, width]`: 1 where the target is scored, 0 elsewhere. */
  readonly weights: Float32Array;
}

/** Which batch of training. */
export interface TaskBatch {
  /** Samples in the batch. */
  readonly batch: number;
  /** The longest that training shows. */
  readonly trainLength: number;
  readonly seed: number;
  /** The training step the batch is for. */
  readonly step: number;
}

const batchNames: NamesOf<TaskBatch> = {
  batch: true,
  trainLength: true,
  seed: true,
  step: true,
};

/** Which samples to judge by. */
export interface HeldOut {
  readonly length: number;
  readonly condition?: string;
  readonly count: number;
  readonly seed: number;
}

const heldOutNames: NamesOf<HeldOut> = {
  length: true,
  condition: true,
  count: true,
  seed: true,
};

/** Places a model needs for samples of a length: all tokens but the last, which nothing follows. */
export function rowWidth(task: Task, length: number, condition?: string): number {
  return task.longest(length, condition) - 1;
}

/**
 * The batch of a step. Lengths are uniform where the task trains on all lengths up to the longest.
 *
 * @throws {InputError} a step that is no integer of 0 or more, or a token that the task's vocabulary does not have
 */
export function taskBatchAt(task: Task, options: TaskBatch): TaskRows {
  refuseUnknownNames("taskBatchAt", options, batchNames, (message) => new InputError(message));
  const { batch, trainLength, seed, step } = options;
  if (!Number.isSafeInteger(step) || step < 0)
    throw new InputError(`a batch belongs to a step of 0 or more, got ${step}.`);
  const width = rowWidth(task, trainLength);
  const stream = random(seed, "task", task.id, step);
  const lengths = trainLength - task.shortest + 1;
  const samples = Array.from({ length: batch }, () => {
    const shorter = task.training === "up to" ? stream.integer(lengths) : 0;
    return task.sample(stream, trainLength - shorter);
  });
  for (const { tokens } of samples) checkSymbols(task, tokens);
  return taskRows(samples, width);
}

/** An array of rows would turn 2³² + 1 into 1 and 1.5 into 1. */
function checkSymbols({ id, vocabulary }: Task, tokens: readonly number[]): void {
  const wrong = tokens.find((token) => vocabulary[token] === undefined);
  if (wrong !== undefined)
    throw new InputError(
      `task ${id}: a sample has the token ${wrong}, and its vocabulary has ${vocabulary.length} symbols. ` +
        `Tokens are whole numbers from 0 to ${vocabulary.length - 1}.`,
    );
}

/** The samples that judge a length, the same for every encoding with a seed. */
export function heldOutSamples(task: Task, options: HeldOut): Sample[] {
  refuseUnknownNames("heldOutSamples", options, heldOutNames, (message) => new InputError(message));
  const { length, condition, count, seed } = options;
  const stream = random(seed, "held out", task.id, condition ?? task.conditions[0]!.id, length);
  return Array.from({ length: count }, () => task.sample(stream, length, condition));
}

/**
 * Samples as rows, padded on the right.
 *
 * @throws {RangeError} a sample is longer than the rows
 */
export function taskRows(samples: readonly Sample[], width: number): TaskRows {
  const size = samples.length * width;
  const rows = {
    tokens: new Int32Array(size),
    targets: new Int32Array(size),
    weights: new Float32Array(size),
  };
  samples.forEach(({ tokens, scored }, row) => {
    if (tokens.length > width + 1)
      throw new RangeError(
        `tasks: a sample of ${tokens.length} tokens needs rows of ${tokens.length - 1}, got ${width}.`,
      );
    rows.tokens.set(tokens.slice(0, -1), row * width);
    rows.targets.set(tokens.slice(1), row * width);
    for (const place of scored) rows.weights[row * width + place - 1] = 1;
  });
  return rows;
}
