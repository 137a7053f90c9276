/**
 * One trial: train one model with one encoding and one seed, then judge it at every length.
 *
 * @module
 */
import { encodingById } from "../encodings/index.ts";
import type { EncodingDefinition } from "../encodings/position-encoding.ts";
import { languageEvaluator, summariseLosses, unsupportedReason } from "../evaluation/language.ts";
import type { LossSummary } from "../evaluation/language.ts";
import { languageModel } from "../model/transformer.ts";
import type { LanguageModel } from "../model/transformer.ts";
import type { TransformerConfig } from "../model/config.ts";
import type { Compile, CompileOptions } from "../runtime/session.ts";
import type { Tokenizer } from "../data/tokenizer.ts";
import { evaluationSpans, slidingWindows, windows } from "../data/windows.ts";
import { languageTraining } from "../training/language-objective.ts";
import type { LanguagePlan, RowSource } from "../training/language-objective.ts";
import { train } from "../training/train.ts";
import type { Checkpoint, RunStorage, StepMetrics } from "../training/train.ts";
import type { Evaluation, Trial } from "./results.ts";
import { protocols } from "./results.ts";
import { scorePicture } from "./score-picture.ts";

/** What every trial needs, whatever it is trained on. */
export interface TrialBasics {
  /** An id of the list, or an encoding of one's own. */
  readonly encoding: string | EncodingDefinition;
  readonly config: TransformerConfig;
  readonly plan: LanguagePlan;
  readonly testLengths: readonly number[];
  readonly compile: Compile;
  readonly compileOptions?: CompileOptions;
  readonly storage: RunStorage;
  readonly onStep?: (metrics: StepMetrics) => void;
  /** Training is over, evaluation has not begun: the moment to read the peak of memory. */
  readonly onTrained?: (milliseconds: readonly number[]) => Promise<void>;
  readonly onEvaluation?: (length: number, protocol: string) => void;
  readonly signal?: AbortSignal;
}

/** What all trials of a comparison on text share, and what tells this one apart. */
export interface TrialRequest extends TrialBasics {
  readonly tokenizer: Tokenizer;
  readonly training: Int32Array;
  readonly validation: Int32Array;
  /** Tokens that a sliding window moves at a time. */
  readonly stride: number;
  /** Validation tokens judged at most. */
  readonly evaluationTokens: number;
}

/** A trial without the figures that only its process and its storage know. */
export type TrialOutcome = Omit<Trial, "peakMemoryBytes" | "trainingLoss" | "secondsPerStep">;

/** The model that the trial trains. */
export function trialModel({ encoding, config, plan }: TrialBasics): LanguageModel {
  const definition = typeof encoding === "string" ? encodingById(encoding) : encoding;
  return languageModel(config, definition, plan.length);
}

/** Runs a trial; undefined if it was stopped before the end. */
export async function runTrial(request: TrialRequest): Promise<TrialOutcome | undefined> {
  const { plan, signal } = request;
  const trained = await trainTrial(request, request.training);
  if (trained === undefined) return undefined;
  const { model, tensors } = trained;
  const evaluations: Evaluation[] = [];
  let longest: LossSummary | undefined;
  for (const length of request.testLengths) {
    const measured = await evaluateAt(request, model, tensors, length);
    evaluations.push(...measured.evaluations);
    longest = measured.summary ?? longest;
    if (signal?.aborted) return undefined;
  }
  return {
    encoding: model.encoding.id,
    seed: plan.seed,
    parameters: model.parameters.count,
    evaluations,
    lossByPosition: longest
      ? longest.byPosition
      : { unsupported: model.encoding.limit?.reason ?? "no test length could be run" },
    scorePicture: scorePicture(model, tensors, Math.min(48, plan.length)),
  };
}

/** Trains the model of a trial; undefined if it was stopped before the end. */
export async function trainTrial(
  request: TrialBasics,
  rows: Int32Array | RowSource,
): Promise<{ model: LanguageModel; tensors: Checkpoint["tensors"] } | undefined> {
  const { compile, storage, onStep, signal, compileOptions } = request;
  const { batch, length, ...plan } = request.plan;
  const model = trialModel(request);
  const result = await train({
    ...languageTraining(model, rows, { batch, length }),
    plan,
    compile,
    storage,
    ...(compileOptions ? { compileOptions } : {}),
    ...(onStep ? { onStep } : {}),
    ...(signal ? { signal } : {}),
  });
  await request.onTrained?.(result.milliseconds);
  return result.step < plan.steps ? undefined : { model, tensors: result.checkpoint.tensors };
}

async function evaluateAt(
  request: TrialRequest,
  model: LanguageModel,
  weights: Checkpoint["tensors"],
  length: number,
): Promise<{ evaluations: Evaluation[]; summary?: LossSummary }> {
  const unsupported = unsupportedReason(model, length);
  if (unsupported !== undefined)
    return { evaluations: protocols.map((protocol) => ({ length, protocol, unsupported })) };
  const { validation, stride, tokenizer } = request;
  // The same targets at every length, so that lengths can be compared.
  const { spans } = evaluationSpans(validation.length, {
    longest: Math.max(...request.testLengths),
    limit: request.evaluationTokens,
  });
  const { compile, compileOptions } = request;
  const options = { ...compileOptions, compile };
  const evaluator = await languageEvaluator({ model, weights }, length, options);
  try {
    const evaluations: Evaluation[] = [];
    let plain: LossSummary | undefined;
    for (const protocol of protocols) {
      request.onEvaluation?.(length, protocol);
      const summary = await summariseLosses(
        evaluator,
        protocol === "windows"
          ? windows(validation, { length, spans })
          : slidingWindows(validation, { length, spans, stride: Math.min(stride, length) }),
      );
      plain ??= summary;
      const bits = summary.byWindow.map(({ nats }) => nats / Math.LN2);
      const bytes = summary.byWindow.map(({ targets }) => tokenizer.byteLength(targets));
      evaluations.push({
        length,
        protocol,
        bitsPerByte: total(bits) / total(bytes),
        perplexity: Math.exp(summary.nats),
        tokens: summary.tokens,
        windows: { bits, bytes },
      });
    }
    return { evaluations, ...(plain ? { summary: plain } : {}) };
  } finally {
    await evaluator.dispose();
  }
}

function total(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0);
}
