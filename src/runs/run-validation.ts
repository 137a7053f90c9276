/**
 * The validation loss of a run while it trains: measured, remembered across interruptions, and used to stop early.
 *
 * With patience, the weights of the lowest loss are kept in `best.safetensors`. The losses are in `metrics.jsonl`, so
 * a run that goes on after an interruption stops where it would have stopped.
 *
 * @module
 */
import path from "node:path";
import { writeAtomically } from "../files/files.ts";
import type { Parameters } from "../parameters/parameters.ts";
import type { Weights } from "../parameters/weights.ts";
import type { Validation } from "../training/train.ts";
import { requireSameRun } from "./checkpoint-file.ts";
import { checkpointWeights } from "./checkpoint-weights.ts";
import type { RunDocument } from "./run-document.ts";
import { identityOf } from "./run-identity.ts";
import { checkpointBytes, readCheckpoint, readMetrics } from "./run-storage.ts";

/** The weights of the lowest validation loss, in a run with patience. */
export const bestFileName = "best.safetensors";

/** A measured loss, after `step` steps. */
export interface ValidationLoss {
  readonly step: number;
  readonly loss: number;
}

/** What is measured, how often, and for how long without a lower loss. */
export interface RunValidationRequest {
  readonly folder: string;
  readonly every: number;
  /** 0: never stop early, and keep no best weights. */
  readonly patience: number;
  /** What the run is, for the file of its best weights. */
  readonly run?: RunDocument;
  /** Mean nats a token. */
  readonly lossOf: (weights: Weights) => Promise<number>;
  /** See `Validation.prepare`. */
  readonly prepare?: (weights: Weights) => Promise<void>;
}

/** Validation of a run whose folder is claimed. */
export class RunValidation implements Validation {
  readonly every: number;
  readonly #request: RunValidationRequest;
  #losses: ValidationLoss[] | undefined;

  constructor(request: RunValidationRequest) {
    this.every = request.every;
    this.#request = request;
  }

  async prepare(weights: Weights): Promise<void> {
    await this.#request.prepare?.(weights);
  }

  /** Measures the loss; with patience, keeps the weights if it is the lowest so far. NaN or infinite: it is forgotten. */
  async measure(weights: Weights, step: number): Promise<number> {
    const losses = await this.losses();
    const loss = await this.#request.lossOf(weights);
    if (!Number.isFinite(loss)) return loss; // training ends with it
    losses.push({ step, loss });
    const { patience, folder, run } = this.#request;
    if (patience > 0 && lowest(losses)?.step === step)
      await writeAtomically(
        path.join(folder, bestFileName),
        checkpointBytes({ step, tensors: weights, ...(run ? { run: identityOf(run) } : {}) }),
      );
    return loss;
  }

  /** Whether the last `patience` measurements were not below the lowest before them. */
  async enough(): Promise<boolean> {
    const { patience } = this.#request;
    if (patience === 0) return false;
    const losses = await this.losses();
    const best = lowest(losses);
    return best !== undefined && losses.length - 1 - losses.indexOf(best) >= patience;
  }

  /** All losses so far. Those of earlier processes are read once, when the metrics end at the checkpoint. */
  async losses(): Promise<ValidationLoss[]> {
    if (this.#losses === undefined) {
      await this.#requireOwnBest();
      this.#losses = (await readMetrics(this.#request.folder)).flatMap(
        ({ step, validationLoss: loss }) => (loss === undefined ? [] : [{ step: step + 1, loss }]),
      );
    }
    return this.#losses;
  }

  /** Refuses to replace best weights that are not of this run. */
  async #requireOwnBest(): Promise<void> {
    const { patience, folder, run } = this.#request;
    if (patience === 0) return;
    const file = path.join(folder, bestFileName);
    const kept = await readCheckpoint(file);
    if (kept && run) requireSameRun(kept, run, file);
  }
}

/**
 * The weights of the lowest validation loss, and after how many steps they were; undefined where none are kept.
 *
 * @throws {RunError} the file is damaged, or of another model
 * @throws {InputError} it is of another run
 */
export async function readBest(
  folder: string,
  { model, run }: {
    readonly model: { readonly parameters: Parameters };
    readonly run: RunDocument;
  },
): Promise<{ readonly step: number; readonly weights: Weights } | undefined> {
  const file = path.join(folder, bestFileName);
  const best = await readCheckpoint(file);
  if (best === undefined) return undefined;
  const weights = checkpointWeights(model, best, file);
  requireSameRun(best, run, file);
  return { step: best.step, weights };
}

/** The first of the lowest losses; undefined where none was measured. */
export function lowest(losses: readonly ValidationLoss[]): ValidationLoss | undefined {
  return losses.reduce<ValidationLoss | undefined>(
    (best, each) => (best === undefined || each.loss < best.loss ? each : best),
    undefined,
  );
}
