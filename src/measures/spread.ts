/**
 * How far the value of one encoding differs between seeds, before any seed was compared: what the project measured.
 *
 * With one seed this is all that is known of other seeds. With several it is where the estimate of each encoding's
 * own variance starts, see `comparison/statistics/variances.ts`. It need not hold for another text or another size of
 * model: its scale is estimated anew from the seeds of each comparison that has several, and is uncertain by a factor of
 * 2 in variance where there is one.
 *
 * @module
 */

/** Variances between seeds. */
export interface SeedSpread {
  /**
   * Of a value.
   *
   * @param change the value minus that at the train length
   */
  readonly level: (value: number, change: number) => number;
  /** Of the change of one model's value between two lengths. */
  readonly change: (value: number, change: number) => number;
  /** The two in words, for reports. */
  readonly words: string;
}

/**
 * Of losses. From 13 encodings at 1, 2, 4, 8 and 16 times the train length, three seeds each
 * (`docs/results/text.json`), without one whose table has rows that were never trained: the standard deviation is 0.5 % of the loss, and 7 % of what the loss has grown
 * since the train length; of the growth itself, 0.1 % of the loss and 8 % of the growth.
 */
export const lossSpread: SeedSpread = {
  level: (value, change) => (0.005 * value) ** 2 + (0.07 * change) ** 2,
  change: (value, change) => (0.001 * value) ** 2 + (0.08 * change) ** 2,
  words: "a standard deviation of 0.5 % of the loss and 7 % of its growth since the train length",
};

/**
 * Of shares. From the tasks in `docs/results/`, 284 places of three seeds or more: the logarithm of the odds has the same
 * standard deviation `s` whatever the share p is, so that of the share is s · p (1 − p).
 *
 * @param s 1 for whole samples, 0.65 for single tokens
 */
export function shareSpread(s: number): SeedSpread {
  const level = (share: number): number => {
    // Half a per cent from the ends the odds say nothing: 256 samples do not resolve it.
    const p = Math.min(0.995, Math.max(0.005, share));
    return (s * p * (1 - p)) ** 2;
  };
  return {
    level,
    change: (value, change) => level(value) + level(value - change),
    words: `a standard deviation of ${s} in the logarithm of the odds`,
  };
}

/**
 * Of scores of texts, such as BLEU, chrF and ROUGE. Assumed, not measured here: translation models that differ in the seed alone
 * are commonly reported 0.2 to 0.5 BLEU apart at 20 to 40 BLEU. What a score has lost since the train length varies more, as with losses.
 */
export const scoreSpread: SeedSpread = {
  level: (value, change) => (0.012 * value) ** 2 + (0.07 * change) ** 2,
  change: (value, change) => (0.012 * value) ** 2 + (0.08 * change) ** 2,
  words:
    "assumed, not yet measured: a standard deviation of 1.2 % of the score and 7 % of its change since the train length",
};
