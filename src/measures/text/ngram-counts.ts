/**
 * How often n-grams occur, and how many two texts share: what BLEU, chrF and ROUGE-N count.
 *
 * @module
 */

/** How often each n-gram occurs. */
export type NgramOccurrences = ReadonlyMap<string, number>;

/** The n-grams of order `n`; units are joined by `joint`, which no unit may contain. */
export function occurrences(units: readonly string[], n: number, joint: string): NgramOccurrences {
  const counts = new Map<string, number>();
  for (let start = 0; start + n <= units.length; start++) {
    let ngram = units[start]!;
    for (let at = start + 1; at < start + n; at++) ngram += joint + units[at]!;
    counts.set(ngram, (counts.get(ngram) ?? 0) + 1);
  }
  return counts;
}

/** How many n-grams of order `n` there are among `length` units. */
export function ngramCount(length: number, n: number): number {
  return Math.max(0, length - n + 1);
}

/** How many n-grams two texts share: each as often as in the one that has it less often. */
export function matchCount(a: NgramOccurrences, b: NgramOccurrences): number {
  let matches = 0;
  for (const [ngram, count] of a) matches += Math.min(count, b.get(ngram) ?? 0);
  return matches;
}

/** For each n-gram, the most that any of the texts has. */
export function mostOccurrences(texts: readonly NgramOccurrences[]): NgramOccurrences {
  if (texts.length === 1) return texts[0]!;
  const most = new Map<string, number>();
  for (const text of texts)
    for (const [ngram, count] of text) if (count > (most.get(ngram) ?? 0)) most.set(ngram, count);
  return most;
}
