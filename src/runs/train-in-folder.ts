/**
 * A training run in a folder, whatever is trained: storage, validation, early stopping, divergence, the evaluation at the end.
 *
 * @module
 */
import path from "node:path";
import { RunError } from "../errors.ts";
import type { Parameters } from "../parameters/parameters.ts";
import type { Weights } from "../parameters/weights.ts";
import type { Compile, CompileOptions } from "../runtime/session.ts";
import type { BatchSource } from "../training/batch-source.ts";
import type { Objective } from "../training/objective.ts";
import type { TrainingPlan } from "../training/plan.ts";
import { train, TrainingDiverged } from "../training/train.ts";
import type { StepMetrics } from "../training/train.ts";
import { forgetDivergence } from "./divergence-record.ts";
import { requireOwnFiles, writeOwnFiles } from "./own-files.ts";
import type { RunDocument } from "./run-document.ts";
import { keepRunFile } from "./run-file.ts";
import { claimFolder } from "./run-folder.ts";
import { fileStorage, readMetrics } from "./run-storage.ts";
import { keepTokenizer } from "./run-tokenizer.ts";
import { bestFileName, lowest, readBest, RunValidation } from "./run-validation.ts";
import { changesOf, diverged } from "./take-up.ts";

/** What a run trains: a model with its objective and batches, what it is judged on, and what the folder records. */
export interface RunSubject {
  readonly model: { readonly parameters: Parameters };
  /** What a checkpoint holds, where that is more than the model's parameters, and how many numbers of it are learned. */
  readonly stored?: { readonly parameters: Parameters; readonly learned: number };
  /** Called with the weights that a finished run ends with, before its evaluation is written. */
  readonly finish?: (weights: Weights) => Promise<void>;
  readonly objective: Objective;
  readonly batches: BatchSource;
  /** Compiles the loss on validation data. */
  readonly evaluator: (weights: Weights) => Promise<SubjectEvaluator>;
  /** Which data that is, for reports. */
  readonly judged: string;
  readonly document: RunDocument;
  /** Values that parameters start from. Default: first values from the plan's seed. */
  readonly weights?: Weights;
  /** The text of the tokenizer's file, if it has one. */
  readonly tokenizerDocument: string | undefined;
}

/** A loss on validation data, compiled once for any weights of the model. */
export interface SubjectEvaluator {
  /** In nats a token. */
  lossOf(weights: Weights): Promise<number>;
  dispose(): Promise<void>;
}

/** How it is trained, and where. */
export interface FolderTraining {
  readonly folder: string;
  /** The settings that the user gave, by name: a run that is taken up may change some. */
  readonly given: object;
  readonly plan: TrainingPlan;
  /** Steps between two measurements of the validation loss. */
  readonly validateEvery: number;
  /** Measurements without a lower loss after which training ends; 0: never. */
  readonly patience: number;
  readonly compile: Compile;
  readonly compileOptions: CompileOptions;
  readonly onStep?: ((metrics: StepMetrics) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What `evaluation.json` holds. */
export interface RunEvaluation {
  /** Steps that were done. */
  readonly steps: number;
  /** With patience: after how many steps the validation loss was lowest. The weights are those. */
  readonly bestStep?: number;
  /** Numbers that are learned. */
  readonly parameters: number;
  /** Of the last step, in nats a token. */
  readonly trainingLoss: number | undefined;
  /** In nats a token. */
  readonly validationLoss: number;
  /** Which part of the validation data was predicted. */
  readonly judged: string;
}

/** The weights that a run ended with. */
export interface FolderTrained {
  readonly weights: Weights;
  /** Steps that the weights have had. */
  readonly step: number;
  /** undefined where the run was stopped before its last step. */
  readonly evaluation: RunEvaluation | undefined;
}

/** The name of the file with the evaluation. */
export const evaluationFileName = "evaluation.json";

/**
 * Trains to the plan's last step, or goes on from the folder's checkpoint, and evaluates the weights.
 *
 * @throws {InputError} the folder cannot be used, or holds another run; nothing was written
 * @throws {RunError} the folder's files are damaged, the disk is full, or another process writes there
 * @throws {TrainingDiverged} the loss or a gradient became NaN or infinite
 */
export async function trainInFolder(
  subject: RunSubject,
  training: FolderTraining,
): Promise<FolderTrained> {
  const { objective, batches, judged, document, weights } = subject;
  const model = subject.stored ?? subject.model;
  const { folder, given, plan, validateEvery, patience, compile, compileOptions } = training;
  const { onStep, signal } = training;
  const claim = await claimFolder(folder);
  let evaluator: SubjectEvaluator | undefined;
  try {
    await requireOwnFiles(folder, [evaluationFileName]);
    const run = await keepRunFile(folder, document, await changesOf(folder, given));
    await keepTokenizer(folder, subject.tokenizerDocument);
    const prepare = async (weights: Weights): Promise<void> => {
      evaluator ??= await subject.evaluator(weights);
    };
    const lossOf = async (weights: Weights): Promise<number> => {
      await prepare(weights);
      return await evaluator!.lossOf(weights);
    };
    const measured = new RunValidation({
      ...{ folder, patience, prepare, lossOf, run },
      every: validateEvery,
    });
    const result = await train({
      ...{ objective, batches, plan, compile, compileOptions },
      ...(weights ? { weights } : {}),
      storage: fileStorage(folder, { model, run }),
      validation: measured,
      ...(signal ? { signal } : {}),
      ...(onStep ? { onStep } : {}),
    }).catch(async (error: unknown) => {
      if (error instanceof TrainingDiverged) throw await diverged(folder, error);
      throw error instanceof RangeError ? new RunError(error.message, { cause: error }) : error;
    });
    await forgetDivergence(folder);
    const { step } = result;
    const stoppedEarly = step < plan.steps && (await measured.enough());
    if (step < plan.steps && !stoppedEarly)
      return { weights: result.weights, step, evaluation: undefined };

    const losses = await measured.losses();
    const chosen = patience > 0 ? lowest(losses)! : losses.at(-1)!;
    const last = { step, weights: result.weights };
    const best = chosen.step === step ? last : await readBest(folder, { model, run });
    if (best?.step !== chosen.step)
      throw new RunError(
        `${path.join(folder, bestFileName)} is not of step ${chosen.step}, whose validation loss is the lowest. ` +
          `Restore it from a copy, or train again in another folder.`,
      );
    const evaluation: RunEvaluation = {
      steps: step,
      ...(patience > 0 ? { bestStep: chosen.step } : {}),
      parameters: subject.stored?.learned ?? model.parameters.count,
      trainingLoss: (await readMetrics(folder)).at(-1)?.loss,
      validationLoss: chosen.loss,
      judged,
    };
    await subject.finish?.(best.weights);
    const text = `${JSON.stringify(evaluation, null, 2)}\n`;
    await writeOwnFiles(folder, [{ path: evaluationFileName, text }]);
    return { ...best, evaluation };
  } finally {
    await evaluator?.dispose();
    await claim.release();
  }
}
