/**
 * The loss of a decoder-only model on the targets of pairs, each in one sequence behind its source.
 *
 * One program serves all lengths: its sizes are symbols.
 *
 * @module
 */
import { sequenceLength, sequenceRows } from "../data/pairs/pair-sequences.ts";
import { positionsFeed, sequencePositions } from "../model/positions.ts";
import { forward } from "../model/transformer.ts";
import type { LanguageModel } from "../model/transformer.ts";
import { multiply } from "../operators/arithmetic.ts";
import { crossEntropy } from "../operators/cross-entropy.ts";
import { flattenRows, reshape } from "../operators/movement.ts";
import { sum } from "../operators/reduction.ts";
import { input } from "../operators/source.ts";
import { random } from "../random/random.ts";
import type { ProgramGraph } from "../runtime/session.ts";
import { groupedLosses } from "./grouped-losses.ts";
import type { PairLossEvaluator, PairLossRequest } from "./grouped-losses.ts";

/**
 * Compiles the evaluation of a decoder-only model on pairs. Where an encoding samples positions, sequences of one batch have the
 * same.
 *
 * @throws {RangeError} (`lossesOf`) the weights do not fit the model
 */
export async function sequenceLossEvaluator(
  model: LanguageModel,
  { pairs, begin, ...given }: PairLossRequest,
): Promise<PairLossEvaluator> {
  const lengths = pairs.map(sequenceLength);
  const { encoding, config } = model;
  return await groupedLosses(
    {
      graph: lossGraph(model),
      specs: model.parameters.specs,
      sizes: lengths,
      feedsOf(group, seed) {
        const longest = Math.max(...group.map((place) => lengths[place]!));
        const target = Math.max(...group.map((place) => pairs[place]!.target.length));
        const shape = { source: longest, target };
        const batch = { batch: group.length, lengths: shape, pairs: group };
        const stream = random(seed, "evaluation", "positions", longest);
        const positions = positionsFeed(encoding, config.layers, longest, stream, false);
        return { ...sequenceRows(pairs, batch, begin), positions };
      },
    },
    { pairs, ...given },
  );
}

function lossGraph(model: LanguageModel): ProgramGraph {
  const { encoding, config, parameters } = model;
  const tokens = input("tokens", ["batch", "length"], "int32");
  const next = input("next", ["batch", "target"], "int32");
  const at = input("places", ["batch", "target"], "int32");
  const weights = input("weights", ["batch", "target"]);
  const places = sequencePositions(encoding, config.layers, "length");
  const { positions, layerPositions } = places;
  const { logits } = forward(model, { tokens, positions, layerPositions, logits: { places: at } });
  const rows = flattenRows(logits);
  const losses = crossEntropy(rows, reshape(next, [rows.shape[0]!]));
  const nats = sum(multiply(reshape(losses, weights.shape), weights), { axes: [1] });
  return {
    inputs: [tokens, next, at, weights, places.input, ...parameters.tensors],
    outputs: { nats },
  };
}
