/**
 * Losses of an opened run of pairs on other pairs, and which pairs it can read, whatever its architecture.
 *
 * @module
 */
import { sequenceLength } from "../data/pairs/pair-sequences.ts";
import type { EncodedPair } from "../data/pairs/pair-tokens.ts";
import { pairLossEvaluator } from "../evaluation/pairs.ts";
import type { PairLosses, PairLossRequest } from "../evaluation/pairs.ts";
import { sequenceLossEvaluator } from "../evaluation/sequences.ts";
import { longestSource, longestTarget } from "../generation/source-rows.ts";
import { longestText } from "../model/length-limit.ts";
import type { OpenedPairRun } from "./open-pair-run.ts";

/** The losses of a run, evaluated once. */
export async function lossesOf(run: OpenedPairRun, request: PairLossRequest): Promise<PairLosses> {
  const evaluator = await (run.architecture === "encoder-decoder"
    ? pairLossEvaluator(run.model, request)
    : sequenceLossEvaluator(run.model, request));
  try {
    return await evaluator.lossesOf(run.weights);
  } finally {
    await evaluator.dispose();
  }
}

/** Which pairs the encodings of a run can read, and their most tokens in words. */
export function longestPairs(run: OpenedPairRun): {
  readonly fits: (pair: EncodedPair) => boolean;
  readonly words: string;
} {
  if (run.architecture === "decoder-only") {
    const { length } = longestText(run.model);
    return {
      fits: (pair) => sequenceLength(pair) <= length,
      words: `${length} in source and target together`,
    };
  }
  const [source, target] = [longestSource(run.model).length, longestTarget(run.model).length];
  return {
    fits: (pair) => pair.source.length <= source && pair.target.length <= target,
    words: `${source} in a source, ${target} in a target`,
  };
}
