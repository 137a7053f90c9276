/**
 * Text to train on and to judge by: the loss on held-back text, in windows that do not overlap and in sliding ones.
 *
 * @module
 */
import { InputError, refuseUnknownNames } from "../../errors.ts";
import type { NamesOf } from "../../errors.ts";
import type { Tokenizer } from "../../data/tokenizer.ts";
import { evaluationSpans, slidingWindows, stretchesOf, windows } from "../../data/windows.ts";
import type { EvaluationWindow, Span } from "../../data/windows.ts";
import { languageEvaluator, summariseLosses } from "../../evaluation/language.ts";
import type { LossSummary } from "../../evaluation/language.ts";
import { bitsPerByte } from "../../measures/bits-per-byte.ts";
import type { Items } from "../../measures/items.ts";
import type { Measures } from "../../measures/measure.ts";
import { valuesOf } from "../../measures/measure.ts";
import { perplexity } from "../../measures/perplexity.ts";
import { unsupportedReason } from "../../model/length-limit.ts";
import { compileBound } from "../../runtime/bound.ts";
import type { JudgeRequest, Judgement, TrialData } from "../trial-data.ts";
import type { Evaluation } from "../trial-record.ts";

/** A text in tokens, and how models are judged on it. */
export interface TextDataOptions {
  readonly tokenizer: Tokenizer;
  readonly training: Int32Array;
  readonly validation: Int32Array;
  /** The longest test length: all lengths are judged on the same tokens. */
  readonly longest: number;
  /** Tokens that a sliding window moves at a time. */
  readonly stride: number;
  /** Validation tokens judged at most. */
  readonly evaluationTokens: number;
  /** What learning rates are chosen on, and the length of its windows; absent where they are not. */
  readonly tuning?: { readonly tokens: Int32Array; readonly length: number };
}

const names: NamesOf<TextDataOptions> = {
  tokenizer: true,
  training: true,
  validation: true,
  longest: true,
  stride: true,
  evaluationTokens: true,
  tuning: true,
};

/** What models on text are judged by. */
export const textMeasures: Measures = [bitsPerByte, perplexity];

/** Text as the data of a trial. */
export function textData(options: TextDataOptions): TrialData {
  refuseUnknownNames("textData", options, names, (message) => new InputError(message));
  return {
    measures: textMeasures,
    protocols: ["windows", "sliding"],
    training: options.training,
    judge: (request) => judge(options, request),
    ...(options.tuning === undefined
      ? {}
      : { validate: validateOn(options.tuning, options.evaluationTokens) }),
  };
}

/** The loss in windows that do not overlap. */
function validateOn(
  { tokens, length }: NonNullable<TextDataOptions["tuning"]>,
  limit: number,
): NonNullable<TrialData["validate"]> {
  return async ({ trained, seed, compile, compileOptions }) => {
    const { spans } = evaluationSpans(tokens.length, { longest: length, limit });
    const options = { ...compileOptions, compile: compile ?? compileBound, seed };
    const evaluator = await languageEvaluator(trained, length, options);
    try {
      return (await summariseLosses(evaluator, windows(tokens, { length, spans }))).nats;
    } finally {
      await evaluator.dispose();
    }
  };
}

async function judge(options: TextDataOptions, request: JudgeRequest): Promise<Judgement> {
  const { trained, length } = request;
  const unsupported = unsupportedReason(trained.model, length);
  if (unsupported !== undefined)
    return {
      evaluations: ["windows", "sliding"].map((protocol) => ({ length, protocol, unsupported })),
    };
  const { validation, longest, evaluationTokens } = options;
  const { spans } = evaluationSpans(validation.length, { longest, limit: evaluationTokens });
  const stretches = stretchesOf(spans, longest);
  const stride = Math.min(options.stride, length);
  const evaluator = await languageEvaluator(trained, length, {
    ...request.compileOptions,
    compile: request.compile ?? compileBound,
    seed: request.seed,
  });
  const judged = async (
    protocol: string,
    texts: Iterable<EvaluationWindow>,
  ): Promise<{ evaluation: Evaluation; losses: LossSummary }> => {
    request.onEvaluation?.(length, protocol);
    const losses = await summariseLosses(evaluator, texts, stretches);
    const items = itemsOf(losses, stretches, options);
    const values = valuesOf(textMeasures, items);
    return { evaluation: { length, protocol, values, tokens: losses.tokens, items }, losses };
  };
  try {
    const plain = await judged("windows", windows(validation, { length, spans }));
    const sliding = await judged("sliding", slidingWindows(validation, { length, spans, stride }));
    return {
      evaluations: [plain.evaluation, sliding.evaluation],
      lossByPosition: plain.losses.byPosition,
    };
  } finally {
    await evaluator.dispose();
  }
}

/** What each stretch contributes: the sizes are the same at every length. */
function itemsOf(
  { byStretch }: LossSummary,
  stretches: readonly Span[],
  { validation, tokenizer }: TextDataOptions,
): Items {
  const targets = stretches.map(({ start, targets }) =>
    validation.subarray(start + 1, start + 1 + targets),
  );
  return {
    bits: byStretch.map((nats) => nats / Math.LN2),
    bytes: targets.map((tokens) => tokenizer.byteLength(tokens)),
    tokens: targets.map((tokens) => tokens.length),
  };
}
