/**
 * Refuses models and batches that do not fit in this machine's memory, before anything is allocated.
 *
 * @module
 */
import os from "node:os";
import { InputError } from "../errors.ts";

/** The sizes that memory depends on. */
export interface TrainingSize {
  readonly width: number;
  readonly hidden: number;
  readonly layers: number;
  readonly vocab: number;
  readonly batch: number;
  readonly length: number;
  readonly accumulate: number;
  /** Models trained at once. */
  readonly models: number;
}

const bytesPerNumber = 4;
/** AdamW: the parameter and two moments, each before and after the step, and the gradient. */
const copiesOfParameters = 7;

/**
 * Compares the memory that training needs with the memory of the machine. The estimate is a lower bound (weights,
 * optimiser state, residual stream, logits), so nothing that could run is refused.
 *
 * @param memory bytes that the process may use
 * @throws {InputError} training needs more; the message has both numbers, in GB (10^9 bytes)
 */
export function refuseTooLarge(size: TrainingSize, memory: number = machineMemory()): void {
  const { width, hidden, layers, vocab, batch, length, accumulate, models } = size;
  const parameters = vocab * width + layers * (4 * width ** 2 + 2 * width * hidden);
  const weights = parameters * copiesOfParameters * bytesPerNumber * models;
  if (weights > memory)
    throw new InputError(
      `a model of width ${words(width)} with ${words(layers)} layers has at least ${words(parameters)} parameters; ` +
        `training ${models > 1 ? `${words(models)} at once` : "it"} takes more than ${gigabytes(weights)}, ` +
        `this machine has ${gigabytes(memory)}. ` +
        `Choose a smaller width${hidden > 4 * width ? " or hidden width" : ""}` +
        `${models > 1 ? ", fewer layers or fewer processes" : " or fewer layers"}.`,
    );
  const tokens = batch * length;
  const step = (tokens * (vocab + layers * width) + 2 * tokens * accumulate) * bytesPerNumber;
  if (weights + step * models > memory)
    throw new InputError(
      `a step of ${words(batch)} windows of ${words(length)} tokens takes more than ${gigabytes(step)}, ` +
        `this machine has ${gigabytes(memory)}. Choose a smaller batch, a shorter length` +
        `${accumulate > 1 ? ", fewer micro-batches" : ""} or fewer ${models > 1 ? "processes" : "layers"}.`,
    );
}

/** Bytes that this process may use: the machine's memory, or the container's limit where that is lower. */
function machineMemory(): number {
  const limit = process.constrainedMemory();
  return limit > 0 ? Math.min(limit, os.totalmem()) : os.totalmem();
}

function words(count: number): string {
  return count < 1e15 ? count.toLocaleString("en-GB") : count.toExponential(1);
}

function gigabytes(bytes: number): string {
  const count = bytes / 1e9;
  return `${count < 1e6 ? Number(count.toPrecision(3)).toLocaleString("en-GB") : count.toExponential(1)} GB`;
}
