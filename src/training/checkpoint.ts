/**
 * What a training run exchanges with its storage: metrics and checkpoints.
 *
 * @module
 */
import { misfitOf } from "../parameters/weights.ts";

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
  /** The loss on validation data after the step; absent where it was not measured. */
  readonly validationLoss?: number;
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
 * @throws {RangeError} tensors are missing, too many or of another shape: the first of each is named
 */
export function checkCheckpoint(
  { tensors }: Checkpoint,
  shapes: ReadonlyMap<string, readonly number[]>,
): void {
  const expected = [...shapes].map(([name, shape]) => ({ name, shape }));
  const misfit = misfitOf(expected, tensors, "an error, the optimiser's too");
  if (misfit !== undefined)
    throw new RangeError(
      `checkpoint: it is of another training. ${misfit} Continue with the model, the trainable parameters and the ` +
        `optimiser it was trained with, or start in another folder.`,
    );
}
