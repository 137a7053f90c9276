/**
 * What a training run exchanges with its storage: metrics and checkpoints.
 *
 * @module
 */
import { printShape } from "../tensor/shape.ts";

/** The numbers of one step; one line of `metrics.jsonl`. */
export interface StepMetrics {
  /** Steps done before this one. */
  readonly step: number;
  /** The objective's loss before the step: the mean over the micro-batches. */
  readonly loss: number;
  /** Norm of all gradients together, before clipping. */
  readonly gradientNorm: number;
  /** The learning rate. */
  readonly rate: number;
  /** The objective's measures before the step; absent where it has none. */
  readonly measures?: Readonly<Record<string, number>>;
}

/** Parameters and optimiser state by name, after `step` steps. */
export interface Checkpoint {
  readonly step: number;
  readonly tensors: ReadonlyMap<
    string,
    { readonly shape: readonly number[]; readonly data: Float32Array }
  >;
}

/** Where a run is kept. */
export interface RunStorage {
  /** The last checkpoint, with metrics cut back to it; undefined for a new run. */
  load(): Promise<Checkpoint | undefined>;
  /** Keeps a checkpoint and the metrics since the last one. */
  save(checkpoint: Checkpoint, metrics: readonly StepMetrics[]): Promise<void>;
}

/** Keeps nothing. */
export const noStorage: RunStorage = {
  load: () => Promise.resolve(undefined),
  save: () => Promise.resolve(),
};

/**
 * Checks that a checkpoint has the tensors of a training, by name and shape.
 *
 * @throws {RangeError} a tensor is missing, is one too many or has another shape
 */
export function checkCheckpoint(
  { tensors }: Checkpoint,
  shapes: ReadonlyMap<string, readonly number[]>,
): void {
  const misfit = (what: string): RangeError =>
    new RangeError(
      `checkpoint: ${what}. Continue with the model, the trainable parameters and the optimiser it was ` +
        `trained with, or start in another folder.`,
    );
  for (const [name, shape] of shapes) {
    const stored = tensors.get(name);
    if (stored === undefined)
      throw misfit(`it has no "${name}", which is ${printShape(shape)} in this training`);
    if (stored.shape.join() !== shape.join())
      throw misfit(
        `"${name}" is ${printShape(stored.shape)} in it and ${printShape(shape)} in this training`,
      );
  }
  for (const [name, { shape }] of tensors)
    if (!shapes.has(name))
      throw misfit(`it has "${name}" ${printShape(shape)}, which this training does not have`);
}
