/**
 * chrF from counts.
 *
 *     P, R  = mean over the orders of matches / n-grams of the answers, of matches / n-grams of the references
 *     chrF  = 100 · (1 + β²) P R / (β² P + R)
 *
 * @module
 */

/** What is counted of one order: n-grams of the answer, of the reference, and those that both have. */
export type OrderCounts = readonly [answer: number, reference: number, matches: number];

/** chrF of the counts of each order. Orders of which a side has no n-gram are left out. */
export function chrFScore(counts: readonly OrderCounts[], beta: number): number {
  let precision = 0;
  let recall = 0;
  let used = 0;
  for (const [answer, reference, matches] of counts)
    if (answer > 0 && reference > 0) {
      precision += matches / answer;
      recall += matches / reference;
      used++;
    }
  if (used === 0 || precision + recall === 0) return 0;
  precision /= used;
  recall /= used;
  const factor = beta ** 2;
  return 100 * (((1 + factor) * precision * recall) / (factor * precision + recall));
}

/** As in the author's program: the mean of the orders' F-scores, with 1e-16 for a share of nothing. */
export function epsilonChrFScore(counts: readonly OrderCounts[], beta: number): number {
  const epsilon = 1e-16;
  const factor = beta ** 2;
  let sum = 0;
  for (const [answer, reference, matches] of counts) {
    const precision = answer > 0 ? matches / answer : epsilon;
    const recall = reference > 0 ? matches / reference : epsilon;
    const below = factor * precision + recall;
    sum += below > 0 ? ((1 + factor) * precision * recall) / below : epsilon;
  }
  return (100 * sum) / counts.length;
}
