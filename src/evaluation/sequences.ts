/**
 * The loss of a decoder-only model on the targets of pairs, each in one sequence behind its source.
 *
 * One program serves all lengths: its sizes are symbols.
 *
 * @module
 */
import { sequenceLength, sequenceRows } from "../data/pairs/pair-sequences.ts";
import { refuseUnknownNames } from "../errors.ts";
import { positionsFeed, sequencePositions } from "../model/positions.ts";
import { forward } from "../model/transformer.ts";
import type { LanguageModel } from "../model/transformer.ts";
import { multiply } from "../operators/arithmetic.ts";
import { crossEntropy } from "../operators/cross-entropy.ts";
import { flattenRows, reshape } from "../operators/movement.ts";
import { sum } from "../operators/reduction.ts";
import { input } from "../operators/source.ts";
import { fittingWeights } from "../parameters/weights.ts";
import { random } from "../random/random.ts";
import { compileBound } from "../runtime/bound.ts";
import type { ProgramGraph } from "../runtime/session.ts";
import { evaluationNames } from "./forward-program.ts";
import { groupsOf } from "./pairs.ts";
import type { PairLossEvaluator, PairLossRequest } from "./pairs.ts";

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
  refuseUnknownNames("evaluation", given, evaluationNames);
  const { compile = compileBound, tokensAtOnce = 2048, seed = 0, ...options } = given;
  const program = await compile(lossGraph(model), options);
  const lengths = pairs.map(sequenceLength);
  const groups = groupsOf(lengths, tokensAtOnce);
  const tokens = pairs.reduce((total, { target }) => total + target.length, 0);
  const { encoding, config } = model;
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
        const longest = Math.max(...group.map((place) => lengths[place]!));
        const shape = { source: longest, target: 1 };
        const rows = sequenceRows(
          pairs,
          { batch: group.length, lengths: shape, pairs: group },
          begin,
        );
        const stream = random(seed, "evaluation", "positions", longest);
        const positions = positionsFeed(encoding, config.layers, longest, stream, false);
        const { data } = (await program.run({ ...values, ...rows, positions }))["nats"]!;
        group.forEach((place, row) => (byPair[place] = data[row]!));
      }
      return { nats: byPair.reduce((total, nats) => total + nats, 0) / tokens, tokens, byPair };
    },
    dispose: () => program.dispose(),
  };
}

function lossGraph(model: LanguageModel): ProgramGraph {
  const { encoding, config, parameters } = model;
  const [tokens, next] = ["tokens", "next"].map((name) =>
    input(name, ["batch", "length"], "int32"),
  ) as [ReturnType<typeof input>, ReturnType<typeof input>];
  const weights = input("weights", ["batch", "length"]);
  const places = sequencePositions(encoding, config.layers, "length");
  const { positions, layerPositions } = places;
  const { logits } = forward(model, { tokens, positions, layerPositions });
  const rows = flattenRows(logits);
  const losses = crossEntropy(rows, reshape(next, [rows.shape[0]!]));
  const nats = sum(multiply(reshape(losses, weights.shape), weights), { axes: [1] });
  return {
    inputs: [tokens, next, weights, places.input, ...parameters.tensors],
    outputs: { nats },
  };
}
