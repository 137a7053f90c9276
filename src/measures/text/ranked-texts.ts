/**
 * Measures of texts by which encodings are ranked: they state what is random in a value.
 *
 * @module
 */
import { exactMatchTolerance, exactMatchWords } from "../exact-match.ts";
import { shareSpread, scoreSpread } from "../spread.ts";
import type { RankingMeasure } from "../measure.ts";
import { pairUncertainty } from "../uncertainty.ts";
import { version } from "../../version.ts";
import type { TextMeasure } from "./text-measure.ts";

/** A measure of texts by which encodings can be ranked. */
export type RankingTextMeasure = TextMeasure & RankingMeasure;

/**
 * The measure with what makes its values uncertain: other pairs, and other seeds as for a score (`scoreSpread`).
 *
 * @throws {RangeError} the measure has no largest value
 */
export function rankedTexts<Of extends TextMeasure>(measure: Of): Of & RankingMeasure {
  const [least, most] = measure.range;
  if (!Number.isFinite(most - least))
    throw new RangeError(
      `measure ${measure.id}: scores need a largest value to be ranked by, got ${most}.`,
    );
  return { ...measure, uncertainty: pairUncertainty(scoreSpread, most - least) };
}

/** The share of answers that equal a right answer, character for character but for white space at both ends. */
export const exactText: RankingTextMeasure = {
  id: "exactText",
  better: "higher",
  unit: "",
  range: [0, 1],
  contributes: {
    exact: { meaning: "1 where the answer equals a right one, 0 elsewhere", values: "zero or one" },
  },
  contribution: (answer, references) => ({
    exact: references.some((reference) => reference.trim() === answer.trim()) ? 1 : 0,
  }),
  value: ({ exact }, count) => exact! / count,
  uncertainty: pairUncertainty(shareSpread(1), 1),
  signature: (references) => `nrefs:${references}|exact|version:relpos-${version}`,
  tolerance: exactMatchTolerance,
  printed: { ...exactMatchWords("source"), best: "most answers right" },
};
