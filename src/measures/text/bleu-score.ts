/**
 * BLEU from counts.
 *
 * Papineni, Roukos, Ward and Zhu, "BLEU: a Method for Automatic Evaluation of Machine Translation", ACL 2002.
 * https://aclanthology.org/P02-1040
 *
 *     BLEU = 100 · min(1, exp(1 − r / c)) · (p₁ p₂ p₃ p₄)^(1/4)
 *
 * c are the words of the answers, r those of the references nearest in length, pₙ the matched share of the n-grams.
 * How a precision of 0 is smoothed: Chen and Cherry, "A Systematic Comparison of Smoothing Techniques for
 * Sentence-Level BLEU", WMT 2014. https://aclanthology.org/W14-3346
 *
 *     exp     the k-th precision of 0 becomes 1 / (2ᵏ · n-grams)
 *     floor   a match count of 0 becomes `smoothValue`, 0.1
 *     add-k   `smoothValue`, 1, is added to matches and n-grams of the orders from 2 on
 *     none    BLEU is 0
 *
 * @module
 */

/** The names of the methods, the default first. */
export const bleuSmoothings = ["exp", "floor", "add-k", "none"] as const;

/** How a precision of 0 is smoothed. */
export type BleuSmoothing = (typeof bleuSmoothings)[number];

/** What BLEU is computed from; of one sentence or summed over many. */
export interface BleuCounts {
  /** Words of the answers. */
  readonly answerWords: number;
  /** Words of the references, of each answer's the one nearest in length. */
  readonly referenceWords: number;
  /** Matched n-grams of the orders 1, 2, …. */
  readonly matches: readonly number[];
  /** N-grams of the answers of the same orders. */
  readonly ngrams: readonly number[];
}

/** How BLEU is computed from counts. */
export interface BleuRule {
  readonly smoothing: BleuSmoothing;
  /** Of "floor" and "add-k". */
  readonly smoothValue: number;
  /** Only the orders that the answers are long enough for: sensible for single sentences. */
  readonly effectiveOrder: boolean;
}

/** BLEU and its parts. */
export interface BleuScore {
  /** 0 to 100. */
  readonly score: number;
  /** Per cent, of the orders 1, 2, …, smoothed. */
  readonly precisions: readonly number[];
  readonly brevityPenalty: number;
  readonly counts: BleuCounts;
}

/** The sum in exponents that a precision of 0 gives: BLEU is then 0. */
const LOG_OF_ZERO = -9999999999;

/** BLEU of some counts. */
export function bleuScore(counts: BleuCounts, rule: BleuRule): BleuScore {
  const { answerWords, referenceWords } = counts;
  const orders = counts.matches.length;
  let brevityPenalty = 1;
  if (answerWords < referenceWords)
    brevityPenalty = answerWords > 0 ? Math.exp(1 - referenceWords / answerWords) : 0;

  const precisions = new Array<number>(orders).fill(0);
  if (!counts.matches.some((count) => count > 0))
    return { score: 0, precisions, brevityPenalty, counts };

  let halving = 1;
  let usedOrders = orders;
  for (let at = 0; at < orders; at++) {
    const added = rule.smoothing === "add-k" && at > 0 ? rule.smoothValue : 0;
    const matches = counts.matches[at]! + added;
    const ngrams = counts.ngrams[at]! + added;
    if (ngrams === 0) break;
    if (rule.effectiveOrder) usedOrders = at + 1;
    if (matches !== 0) precisions[at] = (100 * matches) / ngrams;
    else if (rule.smoothing === "exp") precisions[at] = 100 / ((halving *= 2) * ngrams);
    else if (rule.smoothing === "floor") precisions[at] = (100 * rule.smoothValue) / ngrams;
  }
  let logs = 0;
  for (const precision of precisions.slice(0, usedOrders))
    logs += precision === 0 ? LOG_OF_ZERO : Math.log(precision);
  return {
    // Rounding may carry a perfect score above 100.
    score: Math.min(100, brevityPenalty * Math.exp(logs / usedOrders)),
    precisions,
    brevityPenalty,
    counts,
  };
}
