/**
 * The loss of an encoder-decoder on the targets of pairs, given their sources.
 *
 * One program serves all lengths: its sizes are symbols.
 *
 * @module
 */
import type { EncodedPair } from "../data/pairs/pair-tokens.ts";
import { pairRows } from "../data/pairs/pair-rows.ts";
import type { PositionEncoding } from "../encodings/position-encoding.ts";
import { refuseUnknownNames } from "../errors.ts";
import { forwardPair } from "../model/encode-decode.ts";
import type { EncoderDecoder } from "../model/encoder-decoder.ts";
import { positionsFeed, sequencePositions } from "../model/positions.ts";
import type { SequencePositions } from "../model/positions.ts";
import { multiply } from "../operators/arithmetic.ts";
import { crossEntropy } from "../operators/cross-entropy.ts";
import { flattenRows, reshape } from "../operators/movement.ts";
import { sum } from "../operators/reduction.ts";
import { input } from "../operators/source.ts";
import { fittingWeights } from "../parameters/weights.ts";
import type { Weights } from "../parameters/weights.ts";
import { random } from "../random/random.ts";
import { compileBound } from "../runtime/bound.ts";
import type { HostTensor, ProgramGraph } from "../runtime/session.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { evaluationNames } from "./forward-program.ts";
import type { EvaluationOptions } from "./forward-program.ts";

/** How well targets are predicted. */
export interface PairLosses {
  /** Mean nats a target token, end symbols among them. */
  readonly nats: number;
  /** Target tokens. */
  readonly tokens: number;
  /** Nats of each pair's target, in the order of the pairs. */
  readonly byPair: readonly number[];
}

/** What is measured, and with which begin symbol. */
export interface PairLossRequest extends EvaluationOptions {
  /** Pairs that end with the end symbol. */
  readonly pairs: readonly EncodedPair[];
  readonly begin: number;
}

/** Losses of pairs, compiled once for any weights of the model. */
export interface PairLossEvaluator {
  /** Predicts each token of the targets from the source and the target's tokens before it. */
  lossesOf(weights: Weights): Promise<PairLosses>;
  dispose(): Promise<void>;
}

/**
 * Compiles the evaluation of a model on pairs.
 *
 * @throws {RangeError} (`lossesOf`) the weights do not fit the model
 */
export async function pairLossEvaluator(
  model: EncoderDecoder,
  { pairs, begin, ...given }: PairLossRequest,
): Promise<PairLossEvaluator> {
  refuseUnknownNames("evaluation", given, evaluationNames);
  const { compile = compileBound, tokensAtOnce = 2048, seed = 0, ...options } = given;
  const program = await compile(lossGraph(model), options);
  const sizes = pairs.map(({ source, target }) => Math.max(source.length, target.length));
  const groups = groupsOf(sizes, tokensAtOnce);
  const tokens = pairs.reduce((total, { target }) => total + target.length, 0);
  return {
    async lossesOf(weights) {
      const values = Object.fromEntries(
        fittingWeights(model.parameters.specs, weights, {
          speaker: "evaluation",
          others: "an error",
        }),
      );
      const byPair = new Array<number>(pairs.length);
      for (const group of groups) {
        const longest = (side: "source" | "target"): number =>
          Math.max(...group.map((place) => pairs[place]![side].length));
        const lengths = { source: longest("source"), target: longest("target") };
        const rows = pairRows(pairs, { batch: group.length, lengths, pairs: group }, begin);
        const feeds = { ...values, ...rows, ...positionsOf(model, lengths, seed) };
        const { data } = (await program.run(feeds))["nats"]!;
        group.forEach((place, row) => (byPair[place] = data[row]!));
      }
      return { nats: byPair.reduce((total, nats) => total + nats, 0) / tokens, tokens, byPair };
    },
    dispose: () => program.dispose(),
  };
}

/**
 * The losses of a trained model on pairs, evaluated once.
 *
 * @throws {RangeError} the weights do not fit the model
 */
export async function pairLosses(
  { model, weights }: { readonly model: EncoderDecoder; readonly weights: Weights },
  request: PairLossRequest,
): Promise<PairLosses> {
  const evaluator = await pairLossEvaluator(model, request);
  try {
    return await evaluator.lossesOf(weights);
  } finally {
    await evaluator.dispose();
  }
}

function lossGraph(model: EncoderDecoder): ProgramGraph {
  const { encoder, decoder, config, parameters } = model;
  const ids = (name: string, length: string): Tensor => input(name, ["batch", length], "int32");
  const source = ids("source", "source");
  const [target, next] = [ids("target", "target"), ids("next", "target")];
  const sourceMask = input("sourceMask", ["batch", "source"], "bool");
  const weights = input("weights", ["batch", "target"]);
  const { input: sourcePositions, ...from } = placesOf(encoder, config.encoderLayers, "source");
  const { input: targetPositions, ...to } = placesOf(decoder, config.decoderLayers, "target");
  const { logits } = forwardPair(model, {
    source: { tokens: source, keyMask: sourceMask, ...from },
    target: { tokens: target, ...to },
  });
  const rows = flattenRows(logits);
  const losses = crossEntropy(rows, reshape(next, [rows.shape[0]!]));
  const nats = sum(multiply(reshape(losses, weights.shape), weights), { axes: [1] });
  const rest = [target, next, weights, sourcePositions, targetPositions];
  return { inputs: [source, sourceMask, ...rest, ...parameters.tensors], outputs: { nats } };
}

function placesOf(
  encoding: PositionEncoding,
  layers: number,
  length: "source" | "target",
): SequencePositions {
  const shape = encoding.sampling?.per === "layer" ? [layers, length] : [length];
  const tensor = input(`${length}Positions`, shape, "int32");
  return sequencePositions(encoding, layers, length, { tensor });
}

/** Places of texts that run together: of like length, about as many tokens as asked. */
export function groupsOf(lengths: readonly number[], tokensAtOnce: number): number[][] {
  const order = [...lengths.keys()].sort((a, b) => lengths[a]! - lengths[b]! || a - b);
  const groups: number[][] = [];
  for (const place of order) {
    const group = groups.at(-1);
    // The present text is the longest of its group.
    if (group && (group.length + 1) * lengths[place]! <= tokensAtOnce) group.push(place);
    else groups.push([place]);
  }
  return groups;
}

/** Positions of both sides. Where an encoding samples them, texts of one length have the same. */
function positionsOf(
  { encoder, decoder, config }: EncoderDecoder,
  { source, target }: { readonly source: number; readonly target: number },
  seed: number,
): Record<string, HostTensor> {
  const of = (
    half: "source" | "target",
    encoding: PositionEncoding,
    layers: number,
    length: number,
  ): HostTensor => {
    const stream = random(seed, "evaluation", "positions", half, length);
    return positionsFeed(encoding, layers, length, stream, false);
  };
  return {
    sourcePositions: of("source", encoder, config.encoderLayers, source),
    targetPositions: of("target", decoder, config.decoderLayers, target),
  };
}
