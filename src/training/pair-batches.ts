/**
 * What an encoder-decoder is trained by: its objective and batches of pairs of like length.
 *
 * @module
 */
import type { EncodedPair } from "../data/pairs/pair-tokens.ts";
import { PairBatches } from "../data/pairs/pair-batches.ts";
import type { PairBatching, PairsOfStep } from "../data/pairs/pair-batches.ts";
import { pairRows } from "../data/pairs/pair-rows.ts";
import type { EncoderDecoder } from "../model/encoder-decoder.ts";
import { positionsFeed } from "../model/positions.ts";
import { checkTokenIds } from "../model/token-ids.ts";
import { random } from "../random/random.ts";
import type { BatchSource } from "./batch-source.ts";
import type { Objective } from "./objective.ts";
import { pairObjective } from "./pair-objective.ts";
import type { PairLoss } from "./pair-objective.ts";

/** How an encoder-decoder is trained on pairs. */
export interface PairTraining extends Omit<PairBatching, "microBatches">, PairLoss {
  /** Micro-batches of a step, as the plan has them. Default 1. */
  readonly accumulate?: number;
  /** The id that the decoder reads first. */
  readonly begin: number;
}

/** What an encoder-decoder is trained by. */
export interface TrainingOfPairs {
  readonly objective: Objective;
  readonly batches: BatchSource;
  /** The shapes of its batches, those of most pairs first. */
  readonly shapes: readonly Pick<PairsOfStep, "batch" | "lengths">[];
}

/**
 * Objective and batches for pairs that end with the end symbol.
 *
 * @throws {RangeError} there are no pairs, one has an empty side, or an id is outside the model's vocabulary
 */
export function pairTraining(
  model: EncoderDecoder,
  pairs: readonly EncodedPair[],
  { accumulate = 1, begin, labelSmoothing = 0, ...batching }: PairTraining,
): TrainingOfPairs {
  checkPairs(model, pairs);
  const lengths = pairs.map(({ source, target }) => ({
    source: source.length,
    target: target.length,
  }));
  const steps = new PairBatches(lengths, { ...batching, microBatches: accumulate });
  const [first] = steps.shapes;
  const { batch, lengths: shape } = first!;
  const objective = pairObjective(model, {
    ...{ batch, sourceLength: shape.source, targetLength: shape.target, labelSmoothing },
  });
  const { encoder, decoder, config } = model;
  return {
    objective,
    shapes: steps.shapes,
    batches({ seed, step, microBatches }) {
      const chosen = steps.at(seed, step);
      const { source, target } = chosen.lengths;
      const stream = (half: string): ReturnType<typeof random> =>
        random(seed, "step", "positions", step, half);
      return {
        ...pairRows(pairs, chosen, begin, microBatches),
        sourcePositions: positionsFeed(
          encoder,
          config.encoderLayers,
          source,
          stream("source"),
          true,
        ),
        targetPositions: positionsFeed(
          decoder,
          config.decoderLayers,
          target,
          stream("target"),
          true,
        ),
      };
    },
  };
}

function checkPairs({ config }: EncoderDecoder, pairs: readonly EncodedPair[]): void {
  if (pairs.length === 0)
    throw new RangeError("training: there are no pairs to train on. Give at least one.");
  pairs.forEach(({ source, target }, at) => {
    for (const [side, ids, vocab] of [
      ["source", source, config.sourceVocab],
      ["target", target, config.vocab],
    ] as const) {
      if (ids.length === 0)
        throw new RangeError(
          `training: the ${side} of pair ${at} has no tokens. End each side with the end symbol.`,
        );
      checkTokenIds(ids, vocab, (place) => `training: token ${place} of the ${side} of pair ${at}`);
    }
  });
}
