/**
 * The loss of an encoder-decoder on the targets of pairs, given their sources.
 *
 * One program serves all lengths: its sizes are symbols.
 *
 * @module
 */
import { pairRows } from "../data/pairs/pair-rows.ts";
import type { PositionEncoding } from "../encodings/position-encoding.ts";
import { forwardPair } from "../model/encode-decode.ts";
import type { EncoderDecoder } from "../model/encoder-decoder.ts";
import { positionsFeed, sequencePositions } from "../model/positions.ts";
import type { SequencePositions } from "../model/positions.ts";
import { multiply } from "../operators/arithmetic.ts";
import { crossEntropy } from "../operators/cross-entropy.ts";
import { flattenRows, reshape } from "../operators/movement.ts";
import { sum } from "../operators/reduction.ts";
import { input } from "../operators/source.ts";
import type { Weights } from "../parameters/weights.ts";
import { random } from "../random/random.ts";
import type { HostTensor, ProgramGraph } from "../runtime/session.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { groupedLosses } from "./grouped-losses.ts";
import type { PairLossEvaluator, PairLosses, PairLossRequest } from "./grouped-losses.ts";

export type { PairLossEvaluator, PairLosses, PairLossRequest } from "./grouped-losses.ts";

/**
 * Compiles the evaluation of a model on pairs.
 *
 * @throws {RangeError} (`lossesOf`) the weights do not fit the model
 */
export async function pairLossEvaluator(
  model: EncoderDecoder,
  { pairs, begin, ...given }: PairLossRequest,
): Promise<PairLossEvaluator> {
  return await groupedLosses(
    {
      graph: lossGraph(model),
      specs: model.parameters.specs,
      sizes: pairs.map(({ source, target }) => Math.max(source.length, target.length)),
      feedsOf(group, seed) {
        const longest = (side: "source" | "target"): number =>
          Math.max(...group.map((place) => pairs[place]![side].length));
        const lengths = { source: longest("source"), target: longest("target") };
        const rows = pairRows(pairs, { batch: group.length, lengths, pairs: group }, begin);
        return { ...rows, ...positionsOf(model, lengths, seed) };
      },
    },
    { pairs, ...given },
  );
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
