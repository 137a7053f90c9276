/**
 * The best answers from the scores of their first and last tokens.
 *
 *     score of tokens i … j = start_i + end_j,  i ≤ j < i + longest
 *
 * Source:    Devlin et al. 2019, https://arxiv.org/abs/1810.04805, section 4.2
 * Reference: google-research/bert, run_squad.py, write_predictions; its answers have at most 30 tokens of WordPiece
 *
 * @module
 */

/** Some tokens in a row, and their score. */
export interface ScoredSpan {
  /** Of the first token. */
  readonly first: number;
  /** Of the last token. */
  readonly last: number;
  readonly score: number;
}

/** Where an answer may be. */
export interface SpanRange {
  /** The first token. */
  readonly from: number;
  /** Tokens. */
  readonly length: number;
  /** The most tokens of an answer. */
  readonly longest: number;
}

/**
 * The span with the highest score; of equal ones, the first that begins, and of those the shortest. undefined where there is
 * no token.
 *
 * @param start scores of a row's tokens as the first of an answer
 * @param end scores as the last
 */
export function bestSpan(
  start: ArrayLike<number>,
  end: ArrayLike<number>,
  { from, length, longest }: SpanRange,
): ScoredSpan | undefined {
  let best: ScoredSpan | undefined;
  for (let first = from; first < from + length; first++) {
    const stop = Math.min(first + longest, from + length);
    for (let last = first; last < stop; last++) {
      const score = start[first]! + end[last]!;
      if (best === undefined || score > best.score) best = { first, last, score };
    }
  }
  return best;
}
