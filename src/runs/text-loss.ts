/**
 * The loss of a trained model on a text, at one length.
 *
 * @module
 */
import type { Tokenizer } from "../data/tokenizer.ts";
import { slidingWindows, windows } from "../data/windows.ts";
import type { EvaluationSpans } from "../data/windows.ts";
import { languageEvaluator, summariseLosses } from "../evaluation/language.ts";
import type { TrainedModel } from "../model/trained-model.ts";
import type { Weights } from "../parameters/weights.ts";
import { compile as compileInNode } from "../runtime/node.ts";
import type { Compile, CompileOptions } from "../runtime/session.ts";

/** How well a model predicts a text. */
export interface TextLoss {
  /** Mean nats a token. */
  readonly nats: number;
  readonly bitsPerByte: number;
  readonly perplexity: number;
  /** Tokens that were predicted. */
  readonly tokens: number;
  /** Mean nats at each position of the windows, where they were asked for; NaN where none was predicted. */
  readonly byPosition?: readonly number[];
}

/** The text, and how it is cut into windows. */
export interface TextLossRequest {
  readonly tokenizer: Pick<Tokenizer, "byteLength">;
  readonly tokens: Int32Array;
  /** Tokens in a window. */
  readonly length: number;
  /** Windows begin so many tokens after one another, and predict only their last ones. Default: they do not overlap. */
  readonly stride?: number;
  /** Whether losses by position are given. Default false. */
  readonly positions?: boolean;
  /** The tokens that are predicted, see `evaluationSpans`. */
  readonly spans: EvaluationSpans["spans"];
  /** Of the positions that an encoding samples for each window: the run's own. */
  readonly seed: number;
  /** Default: ONNX Runtime in Node. */
  readonly compile?: Compile;
  readonly compileOptions?: CompileOptions;
}

/** Losses of a model on a text, compiled once for any weights of the model. */
export interface TextLossEvaluator {
  /** Predicts each token of the spans from those before it in its window. */
  lossOf(weights: Weights): Promise<TextLoss>;
  dispose(): Promise<void>;
}

/**
 * Compiles the evaluation of a model on a text.
 *
 * @throws {UnsupportedLength} the model's encoding has a limit below the length
 */
export async function textLossEvaluator(
  trained: TrainedModel,
  request: TextLossRequest,
): Promise<TextLossEvaluator> {
  const { tokenizer, tokens, length, stride, positions = false, spans, seed } = request;
  const { compile = compileInNode, compileOptions } = request;
  const evaluator = await languageEvaluator(trained, length, { ...compileOptions, compile, seed });
  return {
    async lossOf(weights) {
      evaluator.useWeights(weights);
      const cut =
        stride === undefined
          ? windows(tokens, { length, spans })
          : slidingWindows(tokens, { length, stride, spans });
      const summary = await summariseLosses(evaluator, cut);
      const bytes = summary.byWindow.reduce(
        (total, { targets }) => total + tokenizer.byteLength(targets),
        0,
      );
      const nats = summary.byWindow.reduce((total, window) => total + window.nats, 0);
      return {
        nats: summary.nats,
        bitsPerByte: nats / Math.LN2 / bytes,
        perplexity: Math.exp(summary.nats),
        tokens: summary.tokens,
        ...(positions && { byPosition: summary.byPosition }),
      };
    },
    dispose: () => evaluator.dispose(),
  };
}

/**
 * The loss of a trained model on a text, evaluated once.
 *
 * @throws {UnsupportedLength} the model's encoding has a limit below the length
 */
export async function textLoss(
  trained: TrainedModel,
  request: TextLossRequest,
): Promise<TextLoss> {
  const evaluator = await textLossEvaluator(trained, request);
  try {
    return await evaluator.lossOf(trained.weights);
  } finally {
    await evaluator.dispose();
  }
}
