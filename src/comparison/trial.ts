/**
 * One trial: train one model with one encoding and one seed, then judge it at every length.
 *
 * @module
 */
import { refuseUnknownNames } from "../errors.ts";
import type { NamesOf } from "../errors.ts";
import { encodingById } from "../encodings/index.ts";
import type { EncodingDefinition } from "../encodings/position-encoding.ts";
import type { TransformerConfig } from "../model/config.ts";
import type { Weights } from "../parameters/weights.ts";
import { compileBound } from "../runtime/bound.ts";
import type { Compile, CompileOptions } from "../runtime/session.ts";
import type { LanguagePlan } from "../training/language-objective.ts";
import { train, TrainingDiverged } from "../training/train.ts";
import type { RunStorage, StepMetrics } from "../training/train.ts";
import type { AnyTrialData } from "./trial-data.ts";
import { trialModel } from "./trial-model.ts";
import type { TrialModel } from "./trial-model.ts";
import type { Evaluation, Trial } from "./trial-record.ts";

/** What a trial trains, how, and on what. */
export interface TrialRequest {
  /** An id of the list, or an encoding of one's own. */
  readonly encoding: string | EncodingDefinition;
  readonly config: TransformerConfig;
  readonly plan: LanguagePlan;
  readonly data: AnyTrialData;
  readonly testLengths: readonly number[];
  readonly storage: RunStorage;
  /** Default: the runtime that is loaded. */
  readonly compile?: Compile;
  readonly compileOptions?: CompileOptions;
  readonly onStep?: (metrics: StepMetrics) => void;
  /** Called after training and before evaluation: the moment to read the peak of memory. */
  readonly onTrained?: (milliseconds: readonly number[]) => Promise<void>;
  readonly onEvaluation?: (length: number, protocol: string) => void;
  readonly signal?: AbortSignal;
}

const names: NamesOf<TrialRequest> = {
  encoding: true,
  config: true,
  plan: true,
  data: true,
  testLengths: true,
  storage: true,
  compile: true,
  compileOptions: true,
  onStep: true,
  onTrained: true,
  onEvaluation: true,
  signal: true,
};

/** A trial without what its process and its storage measure. */
export type TrialOutcome = Omit<Trial, "peakMemoryBytes" | "trainingLoss" | "secondsPerStep">;

/**
 * Runs a trial; undefined if it was stopped before the end.
 *
 * @throws {TrainingDiverged} a loss, gradient or weight was not finite; `divergedOutcome` makes an outcome of it
 */
export async function runTrial(request: TrialRequest): Promise<TrialOutcome | undefined> {
  refuseUnknownNames("runTrial", request, names);
  const { plan, testLengths, compile, compileOptions, onEvaluation, signal } = request;
  const model = modelOf(request);
  const weights = await trainModel(model, request);
  if (weights === undefined) return undefined;
  const evaluations: Evaluation[] = [];
  let lossByPosition: readonly number[] | undefined;
  for (const length of testLengths) {
    const judged = await model.judge(weights, {
      ...{ length, seed: plan.seed, compile, compileOptions, onEvaluation },
    });
    evaluations.push(...judged.evaluations);
    lossByPosition = judged.lossByPosition ?? lossByPosition;
    if (signal?.aborted) return undefined;
  }
  return {
    ...identityOf(model, request),
    evaluations,
    ...(lossByPosition ? { lossByPosition } : {}),
    ...(model.picture && { scorePicture: model.picture(weights, plan.seed) }),
  };
}

/** What `runTrial` would have given, with the reason in place of each measurement, so that other trials go on. */
export function divergedOutcome(request: TrialRequest, error: TrainingDiverged): TrialOutcome {
  const { testLengths, data, plan } = request;
  const unsupported = `${divergedWords} at step ${error.step}, first in ${error.where} (seed ${plan.seed})`;
  return {
    ...identityOf(modelOf(request), request),
    evaluations: testLengths.flatMap((length) =>
      data.protocols.map((protocol) => ({ length, protocol, unsupported })),
    ),
  };
}

/** Trains the model of a trial and gives its validation loss: NaN where training diverged, undefined if it was stopped. */
export async function validationLoss(request: TrialRequest): Promise<number | undefined> {
  const { plan, compile, compileOptions } = request;
  const model = modelOf(request);
  if (model.validate === undefined)
    throw new RangeError(
      "comparison: data without `validate` cannot choose learning rates. Add it, or give one learning rate.",
    );
  try {
    const weights = await trainModel(model, request);
    return weights && (await model.validate(weights, { seed: plan.seed, compile, compileOptions }));
  } catch (error) {
    if (error instanceof TrainingDiverged) return NaN;
    throw error;
  }
}

const divergedWords = "training diverged";

/** Whether a trial's training diverged, by what its result says. */
export function isDiverged({ evaluations }: Pick<Trial, "evaluations">): boolean {
  return evaluations.every(
    (entry) => "unsupported" in entry && entry.unsupported.startsWith(divergedWords),
  );
}

function modelOf({ encoding, config, plan, data }: TrialRequest): TrialModel {
  const definition = typeof encoding === "string" ? encodingById(encoding) : encoding;
  return trialModel({ definition, config, plan, data });
}

function identityOf(
  { encoding, parameters }: TrialModel,
  { plan }: TrialRequest,
): Pick<Trial, "encoding" | "seed" | "parameters"> {
  return { encoding, seed: plan.seed, parameters };
}

/** The weights of a trained model; undefined if training was stopped before the end. */
async function trainModel(model: TrialModel, request: TrialRequest): Promise<Weights | undefined> {
  const { storage, compile, compileOptions, onStep, signal } = request;
  const training = model.training();
  const result = await train({
    ...{ ...training, storage },
    compile: compile ?? compileBound,
    ...(compileOptions ? { compileOptions } : {}),
    ...(onStep ? { onStep } : {}),
    ...(signal ? { signal } : {}),
  });
  await request.onTrained?.(result.milliseconds);
  return result.step < training.plan.steps ? undefined : result.checkpoint.tensors;
}
