/**
 * The loss of a span model on windows whose answers are known, without dropout.
 *
 * @module
 */
import { spanRows } from "../data/spans/span-rows.ts";
import type { SpanWindow } from "../data/spans/span-windows.ts";
import { refuseUnknownNames } from "../errors.ts";
import type { EncoderModel } from "../model/encoder-model.ts";
import { positionsFeed, sequencePositions } from "../model/positions.ts";
import { spanScores } from "../model/span-model.ts";
import { add, multiply } from "../operators/arithmetic.ts";
import { crossEntropy } from "../operators/cross-entropy.ts";
import { input } from "../operators/source.ts";
import { fittingWeights } from "../parameters/weights.ts";
import type { Weights } from "../parameters/weights.ts";
import { random } from "../random/random.ts";
import { compileBound } from "../runtime/bound.ts";
import type { ProgramGraph } from "../runtime/session.ts";
import { evaluationNames } from "./forward-program.ts";
import type { EvaluationOptions } from "./forward-program.ts";

/** What is measured. */
export interface SpanLossRequest extends EvaluationOptions {
  /** At least one. */
  readonly windows: readonly SpanWindow[];
  /** Tokens of a row. */
  readonly length: number;
}

/** Losses of windows, compiled once for any weights of the model. */
export interface SpanLossEvaluator {
  /** For each window the mean of the nats of the answer's first and of its last token. */
  lossesOf(weights: Weights): Promise<readonly number[]>;
  dispose(): Promise<void>;
}

/**
 * Compiles the evaluation of a span model on windows; the loss is that of `spanObjective`, for each window.
 *
 * @throws {RangeError} (`lossesOf`) the weights do not fit the model
 */
export async function spanLossEvaluator(
  model: EncoderModel,
  { windows, length, ...given }: SpanLossRequest,
): Promise<SpanLossEvaluator> {
  refuseUnknownNames("evaluation", given, evaluationNames);
  const { compile = compileBound, tokensAtOnce = 2048, seed = 0, ...options } = given;
  const batch = Math.max(1, Math.min(windows.length, Math.floor(tokensAtOnce / length)));
  const program = await compile(lossGraph(model, { batch, length }), options);
  const { encoding, config, parameters } = model;
  const stream = random(seed, "evaluation", "positions", length);
  const positions = positionsFeed(encoding, config.layers, length, stream, false);
  return {
    async lossesOf(weights) {
      const values = Object.fromEntries(
        fittingWeights(parameters.specs, weights, { speaker: "evaluation", others: "an error" }),
      );
      const losses: number[] = [];
      for (let from = 0; from < windows.length; from += batch) {
        const group = windows.slice(from, from + batch);
        // The last group is filled up with rows of its last window, whose losses are not read.
        const full = Array.from(
          { length: batch },
          (_, row) => group[Math.min(row, group.length - 1)]!,
        );
        const { first, last, ...rows } = spanRows(full, length);
        const shape = [batch, length];
        const { nats } = await program.run({
          ...values,
          ...{ tokens: { shape, data: rows.tokens }, keyMask: { shape, data: rows.keyMask } },
          ...(config.segments > 0 ? { segments: { shape, data: rows.segments } } : {}),
          answerable: { shape, data: rows.answerable },
          ...{ first: { shape: [batch], data: first }, last: { shape: [batch], data: last } },
          positions,
        });
        losses.push(...Array.from(nats!.data).slice(0, group.length));
      }
      return losses;
    },
    dispose: () => program.dispose(),
  };
}

function lossGraph(
  model: EncoderModel,
  { batch, length }: { readonly batch: number; readonly length: number },
): ProgramGraph {
  const { encoding, config, parameters } = model;
  const shape = [batch, length];
  const tokens = input("tokens", shape, "int32");
  const segments = config.segments > 0 ? input("segments", shape, "int32") : undefined;
  const [keyMask, answerable] = [
    input("keyMask", shape, "bool"),
    input("answerable", shape, "bool"),
  ];
  const [first, last] = [input("first", [batch], "int32"), input("last", [batch], "int32")];
  const places = sequencePositions(encoding, config.layers, length);
  const { positions, layerPositions } = places;
  const given = { tokens, segments, keyMask, answerable, positions, layerPositions };
  const { start, end } = spanScores(model, given);
  const nats = multiply(add(crossEntropy(start, first), crossEntropy(end, last)), 0.5);
  const rows = [tokens, ...(segments ? [segments] : []), keyMask, answerable, first, last];
  return { inputs: [...rows, places.input, ...parameters.tensors], outputs: { nats } };
}
