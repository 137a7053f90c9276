/**
 * From a source to its target in one sequence: the objective of a decoder-only model, and its batches.
 *
 *     loss = Σ weight · crossEntropy(logits of the sequence so far, its next token) / Σ weight
 *
 * The weight is 1 for tokens of the target and its end, and 0 for the source and padding, which comes after all text and so needs
 * no mask in causal attention. `pair-sequences.ts` has the layout.
 *
 * @module
 */
import { PairBatches } from "../data/pairs/pair-batches.ts";
import { sequenceLength, sequenceRows } from "../data/pairs/pair-sequences.ts";
import type { EncodedPair } from "../data/pairs/pair-tokens.ts";
import { refuseUnknownNames } from "../errors.ts";
import type { NamesOf } from "../errors.ts";
import { positionsFeed, sequencePositions } from "../model/positions.ts";
import { checkTokenIds } from "../model/token-ids.ts";
import { forward } from "../model/transformer.ts";
import type { LanguageModel } from "../model/transformer.ts";
import { divide, multiply } from "../operators/arithmetic.ts";
import { crossEntropy } from "../operators/cross-entropy.ts";
import { flattenRows, reshape } from "../operators/movement.ts";
import { sum } from "../operators/reduction.ts";
import { random } from "../random/random.ts";
import { scope } from "../tensor/tensor.ts";
import { objective } from "./define-objective.ts";
import type { LanguageBatch } from "./language-objective.ts";
import type { Objective, ObjectiveInput } from "./objective.ts";
import type { PairTraining, TrainingOfPairs } from "./pair-batches.ts";
import type { PairLoss } from "./pair-objective.ts";

/** The sizes of a batch of sequences. */
export interface SequenceBatch extends LanguageBatch {
  /** Tokens of the longest target, its end among them. */
  readonly targetLength: number;
}

const names: NamesOf<SequenceBatch & PairLoss> = {
  ...{ batch: true, length: true, targetLength: true, labelSmoothing: true },
};

/**
 * Mean cross-entropy of target tokens, in nats, over all micro-batches of a step. Inputs: `tokens`, what the model reads,
 * int32 `[batch, length]`; `next`, what it is to predict, `places`, where, and `weights`, see `sequenceRows`, `[batch, targetLength]`;
 * `positions`, int32 `[length]`, or `[layers, length]` where each layer samples its own. The head computes logits of these places alone.
 *
 * @throws {ShapeError} a size that is no whole number above 0
 */
export function sequenceObjective(model: LanguageModel, size: SequenceBatch & PairLoss): Objective {
  refuseUnknownNames("training", size, names);
  const { batch, length, targetLength, labelSmoothing = 0 } = size;
  const { parameters, encoding, config } = model;
  const rows: ObjectiveInput = { shape: [batch, length], dtype: "int32" };
  const predicted: ObjectiveInput = { shape: [batch, targetLength], dtype: "int32" };
  const { shape } = sequencePositions(encoding, config.layers, length).input;
  return objective<string>({
    parameters,
    reshaped: ({ tokens, next }) => {
      const sizes = { batch: tokens![0]!, length: tokens![1]!, targetLength: next![1]! };
      return sequenceObjective(model, { ...sizes, labelSmoothing });
    },
    inputs: {
      ...{ tokens: rows, next: predicted, places: predicted },
      weights: { shape: [batch, targetLength] },
      positions: {
        ...{ shape: shape as number[], dtype: "int32", shared: true },
        optional: true, // not every encoding reads positions
      },
    },
    // As shares of their sum, scaled so that the mean over micro-batches is the mean over all target tokens.
    prepare: (inputs, microBatches) => ({
      ...inputs,
      weights: multiply(divide(inputs["weights"]!, sum(inputs["weights"]!)), microBatches),
    }),
    loss({ tokens, next, places: at, weights, positions }, { dropout }) {
      const places = sequencePositions(encoding, config.layers, length, { tensor: positions });
      const own = { positions: places.positions, layerPositions: places.layerPositions };
      const { logits, stages } = forward(model, {
        ...{ tokens: tokens!, ...own, dropout },
        logits: { places: at! },
      });
      const loss = scope("loss", () => {
        const all = [batch * targetLength];
        const losses = crossEntropy(flattenRows(logits), reshape(next!, all), {
          smoothing: labelSmoothing,
        });
        return sum(multiply(losses, reshape(weights!, all)));
      });
      return { loss, stages: [...stages, { name: "head", output: logits }] };
    },
  });
}

/**
 * Objective and batches for pairs that end with the end symbol. The shapes of batches have the length of a sequence as
 * `lengths.source`.
 *
 * @throws {RangeError} there are no pairs, one has an empty side, or an id is outside the model's vocabulary
 */
export function sequenceTraining(
  model: LanguageModel,
  pairs: readonly EncodedPair[],
  { accumulate = 1, begin, labelSmoothing = 0, ...batching }: PairTraining,
): TrainingOfPairs {
  checkSequences(model, pairs);
  const lengths = pairs.map((pair) => ({ source: sequenceLength(pair), target: 1 }));
  const steps = new PairBatches(lengths, { ...batching, microBatches: accumulate });
  const { batch, lengths: first } = steps.shapes[0]!;
  const { encoding, config } = model;
  const targetLengths = longestTargets(pairs, steps);
  const { source: length } = first;
  const targetLength = targetLengths.get(length)!;
  return {
    objective: sequenceObjective(model, { batch, length, targetLength, labelSmoothing }),
    shapes: steps.shapes,
    batches({ seed, step, microBatches }) {
      const chosen = steps.at(seed, step);
      const { source } = chosen.lengths;
      const lengths = { source, target: targetLengths.get(source)! };
      const stream = random(seed, "step", "positions", step);
      return {
        ...sequenceRows(pairs, { ...chosen, lengths }, begin, microBatches),
        positions: positionsFeed(encoding, config.layers, source, stream, true),
      };
    },
  };
}

/** Tokens of the longest target that each length of sequences has room for: shorter pairs fill up the batches of a length too. */
function longestTargets(
  pairs: readonly EncodedPair[],
  { shapes }: PairBatches,
): ReadonlyMap<number, number> {
  return new Map(
    shapes.map(({ lengths: { source } }) => {
      const within = pairs.filter((pair) => sequenceLength(pair) <= source);
      return [source, within.reduce((most, { target }) => Math.max(most, target.length), 0)];
    }),
  );
}

function checkSequences({ config }: LanguageModel, pairs: readonly EncodedPair[]): void {
  if (pairs.length === 0)
    throw new RangeError("training: there are no pairs to train on. Give at least one.");
  pairs.forEach((pair, at) => {
    for (const side of ["source", "target"] as const) {
      if (pair[side].length === 0)
        throw new RangeError(
          `training: the ${side} of pair ${at} has no tokens. End each side with the end symbol.`,
        );
      checkTokenIds(
        pair[side],
        config.vocab,
        (place) => `training: token ${place} of the ${side} of pair ${at}`,
      );
    }
  });
}
