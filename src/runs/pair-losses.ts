/**
 * Losses of an opened run of pairs on other pairs, and which pairs it can read, whatever its architecture.
 *
 * @module
 */
import { sequenceLength } from "../data/pairs/pair-sequences.ts";
import type { TextPair } from "../data/pairs/pair.ts";
import type { EncodedPair } from "../data/pairs/pair-tokens.ts";
import { spanWindows } from "../data/spans/span-windows.ts";
import { pairLossEvaluator } from "../evaluation/pairs.ts";
import type { PairLossRequest } from "../evaluation/pairs.ts";
import { sequenceLossEvaluator } from "../evaluation/sequences.ts";
import { spanLossEvaluator } from "../evaluation/span-losses.ts";
import { longestSource, longestTarget } from "../generation/source-rows.ts";
import { longestText } from "../model/length-limit.ts";
import type { OpenedPairRun } from "./open-pair-run.ts";
import type { OpenedSpanRun } from "./open-span-run.ts";
import { spanExamplesOf } from "./span-subject.ts";

/** Losses of pairs, in their order. */
export interface LossesByPair {
  /** Nats of each pair. */
  readonly byPair: readonly number[];
  /** What a loss is divided by: the tokens of a target; 1 for an answer that is found, whose loss is the mean of its two places. */
  readonly tokens: readonly number[];
}

/** The losses of a run on pairs, evaluated once. */
export async function lossesOf(
  run: OpenedPairRun | OpenedSpanRun,
  { texts, pairs, begin, ...options }: PairLossRequest & { readonly texts: readonly TextPair[] },
): Promise<LossesByPair> {
  if (run.architecture === "span") return await spanLosses(run, texts, options);
  const request = { pairs, begin, ...options };
  const evaluator = await (run.architecture === "encoder-decoder"
    ? pairLossEvaluator(run.model, request)
    : sequenceLossEvaluator(run.model, request));
  try {
    const { byPair } = await evaluator.lossesOf(run.weights);
    return { byPair, tokens: pairs.map(({ target }) => target.length) };
  } finally {
    await evaluator.dispose();
  }
}

/** Of each question the mean over the rows that its text is read in. */
async function spanLosses(
  run: OpenedSpanRun,
  texts: readonly TextPair[],
  options: Omit<PairLossRequest, "pairs" | "begin">,
): Promise<LossesByPair> {
  const { trainLength: length, data } = run.configuration;
  const name = "name" in data.from ? data.from.name : data.from.paths.join(", ");
  const examples = spanExamplesOf(texts, "question", name);
  const windows = spanWindows(examples, run.tokenizer, { length });
  const evaluator = await spanLossEvaluator(run.model, { windows, length, ...options });
  try {
    const losses = await evaluator.lossesOf(run.weights);
    const [sums, counts] = [texts.map(() => 0), texts.map(() => 0)];
    windows.forEach(({ example }, at) => {
      sums[example]! += losses[at]!;
      counts[example]!++;
    });
    return { byPair: sums.map((sum, at) => sum / counts[at]!), tokens: texts.map(() => 1) };
  } finally {
    await evaluator.dispose();
  }
}

/** Which pairs the encodings of a run can read, and their most tokens in words. */
export function longestPairs(run: OpenedPairRun | OpenedSpanRun): {
  readonly fits: (pair: EncodedPair) => boolean;
  readonly words: string;
} {
  // Longer texts are read in several rows.
  if (run.architecture === "span") return { fits: () => true, words: "any" };
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
