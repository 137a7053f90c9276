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
import type { LanguageModel } from "../model/transformer.ts";
import type { Weights } from "../parameters/weights.ts";
import type { Validation } from "../training/train.ts";
import { checkpointWeights } from "./checkpoint-weights.ts";
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
  /** Mean nats a token. */
  readonly lossOf: (weights: Weights) => Promise<number>;
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

  /** Measures the loss; with patience, keeps the weights if it is the lowest so far. NaN or infinite: it is forgotten. */
  async measure(weights: Weights, step: number): Promise<number> {
    const losses = await this.losses();
    const loss = await this.#request.lossOf(weights);
    if (!Number.isFinite(loss)) return loss; // training ends with it
    losses.push({ step, loss });
    if (this.#request.patience > 0 && lowest(losses)?.step === step)
      await writeAtomically(
        path.join(this.#request.folder, bestFileName),
        checkpointBytes({ step, tensors: weights }),
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
    this.#losses ??= (await readMetrics(this.#request.folder)).flatMap(
      ({ step, validationLoss: loss }) => (loss === undefined ? [] : [{ step: step + 1, loss }]),
    );
    return this.#losses;
  }
}

/**
 * The weights of the lowest validation loss, and after how many steps they were; undefined where none are kept.
 *
 * @throws {RunError} the file is damaged, or of another model
 */
export async function readBest(
  folder: string,
  model: LanguageModel,
): Promise<{ readonly step: number; readonly weights: Weights } | undefined> {
  const file = path.join(folder, bestFileName);
  const best = await readCheckpoint(file);
  return best && { step: best.step, weights: checkpointWeights(model, best, file) };
}

/** The first of the lowest losses; undefined where none was measured. */
export function lowest(losses: readonly ValidationLoss[]): ValidationLoss | undefined {
  return losses.reduce<ValidationLoss | undefined>(
    (best, each) => (best === undefined || each.loss < best.loss ? each : best),
    undefined,
  );
}
