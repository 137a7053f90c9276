/**
 * The lengths of a comparison on pairs of texts, where they are not chosen.
 *
 * @module
 */
import type { PairSet } from "../../data/pairs/pair.ts";
import type { Tokenizer } from "../../data/tokenizer.ts";
import { InputError } from "../../errors.ts";
import { grouped } from "../../format.ts";
import { groupsOf, sourceTokens, testsOf } from "./pairs-groups.ts";
import { pairsMultiples } from "./pairs-settings.ts";
import type { PairsSettings } from "./pairs-settings.ts";

/** The share of the training sources of files that are trained on, so that longer ones can be judged. */
const trainedShare = 0.9;

/**
 * The train length is that of the longest source of built-in pairs, whose test has longer ones. Files seldom have a test with
 * longer sources: of theirs, nine of ten training sources are trained on, the short ones. The test lengths are a half, one and
 * two times the train length, where pairs have such sources.
 *
 * @throws {InputError} a source has a character that the tokenizer lacks, or all that could be judged are longer
 */
export function lengthsOfPairs(
  { pairs, ...choices }: Partial<PairsSettings>,
  set: PairSet,
  tokenizer: Tokenizer,
): Pick<PairsSettings, "trainLength" | "testLengths"> {
  const builtIn = pairs?.data.name !== undefined;
  const { targetLength } = choices;
  const trained = Float64Array.from(set.train, ({ source }) =>
    sourceTokens(tokenizer, source),
  ).sort();
  const share = builtIn ? 1 : trainedShare;
  const trainLength =
    choices.trainLength ?? trained[Math.max(0, Math.ceil(share * trained.length) - 1)]!;
  if (choices.testLengths !== undefined) return { trainLength, testLengths: choices.testLengths };
  const tests = testsOf(set, { builtIn, tokenizer, trainLength, targetLength });
  const wanted = [...new Set(pairsMultiples.map((times) => Math.round(times * trainLength)))];
  const groups = groupsOf(tests, { tokenizer, testLengths: wanted, most: 1 });
  const testLengths = wanted.filter((length) => groups.some((group) => group.length === length));
  if (testLengths.length === 0 && tests.every(({ pairs }) => pairs.length === 0))
    throw new InputError(
      `${set.name}: each pair that models could be judged on has a character that no training pair has. ` +
        `Use the tokenizer byte (--tokenizer), or judge on other pairs.`,
    );
  if (testLengths.length === 0) {
    const shortest = Math.min(
      ...tests.flatMap((test) => test.pairs.map(({ source }) => sourceTokens(tokenizer, source))),
    );
    throw new InputError(
      `${set.name}: the shortest source that models could be judged on has ${grouped(shortest)} tokens, more than twice the train ` +
        `length ${grouped(trainLength)}. Raise the train length (--train-length), or name test lengths (--test-lengths).`,
    );
  }
  return { trainLength, testLengths };
}
