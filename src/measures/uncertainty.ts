/**
 * What makes the value of a measure uncertain: the items that a model was judged on, and the seed that it was trained
 * with. How both become intervals is in `comparison/statistics/`.
 *
 * @module
 */
import { lossSpread, shareSpread } from "./spread.ts";
import type { SeedSpread } from "./spread.ts";

/** What is random in a value. */
export interface Uncertainty {
  /** Which items two values have in common, and so what is paired. */
  readonly items: SharedItems;
  /** How far values differ between seeds, before the seeds of a comparison are looked at. */
  readonly spread: SeedSpread;
  /** The least variance that `count` items of one seed leave, however much they agree. Default 0. */
  readonly floor?: (count: number) => number;
  /** What is paired, in words, for reports. */
  readonly words: string;
}

/**
 * "text": the same stretches of text for all encodings, seeds and lengths; `size` is the column with the sizes of items, in
 * bytes. "samples": the same samples for all encodings with a seed at a length; other seeds and lengths have others. "pairs":
 * the same pairs of texts for all encodings and seeds at a length; other lengths have others.
 */
export type SharedItems =
  | { readonly kind: "text"; readonly size: string }
  | { readonly kind: "samples" }
  | { readonly kind: "pairs" };

/** Of a measure over a text. */
export function textUncertainty(size: string): Uncertainty {
  return {
    items: { kind: "text", size },
    spread: lossSpread,
    words:
      "Encodings, seeds and lengths are paired stretch by stretch of the same text, at most 32 stretches. Neighbouring " +
      "stretches resemble each other, and what correlation remains between them widens the intervals.",
  };
}

/**
 * Of a share of samples, or of their tokens: an item is a whole sample, since the tokens of one sample are not independent.
 *
 * @param spread standard deviation between seeds of the logarithm of the odds
 */
export function sampleUncertainty(spread: number): Uncertainty {
  return {
    items: { kind: "samples" },
    spread: shareSpread(spread),
    // Half a sample on each side: two models that agree on all of n samples may differ on the next.
    floor: (count) => 0.5 / count ** 2,
    words:
      "Encodings with the same seed answer the same samples, and are paired sample by sample. Where all samples " +
      "agree, half a sample is added to each outcome, so that no interval has width zero.",
  };
}

/**
 * Of answers to the pairs of a test set, which are independent of one another and the same for all seeds.
 *
 * @param spread between seeds
 * @param width of the range of values, for the floor: 1 of a share, 100 of a score in per cent
 */
export function pairUncertainty(spread: SeedSpread, width: number): Uncertainty {
  return {
    items: { kind: "pairs" },
    spread,
    // Half a pair on each side, as with samples.
    floor: (count) => 0.5 * (width / count) ** 2,
    words:
      "All encodings and seeds answer the same pairs, and are paired answer by answer. More seeds do not make the test set larger, " +
      "so what the choice of its pairs leaves is not divided by their number. Where all answers agree, half a pair is added to each " +
      "outcome, so that no interval has width zero.",
  };
}
