/**
 * ROUGE of one answer and one reference: shares of n-grams, of the longest common subsequence, and of those of all pairs
 * of lines.
 *
 * Lin, "ROUGE: A Package for Automatic Evaluation of Summaries", 2004. https://aclanthology.org/W04-1013
 *
 * Reference:  google-research/google-research, rouge (rouge-score 0.1.2), rouge_scorer.py
 * Differs:    nothing in the numbers. The table of a common subsequence is not kept, so that long lines fit in memory.
 *
 * @module
 */
import { lcsLength, lcsUnion } from "./lcs.ts";
import { matchCount, ngramCount, occurrences } from "./ngram-counts.ts";

/** Shares from 0 to 1. */
export interface RougeScore {
  readonly precision: number;
  readonly recall: number;
  readonly f: number;
}

/** The share of n-grams. */
export function rougeN(
  answer: readonly string[],
  reference: readonly string[],
  n: number,
): RougeScore {
  const matches = matchCount(occurrences(reference, n, " "), occurrences(answer, n, " "));
  return scoreOf(matches, ngramCount(answer.length, n), ngramCount(reference.length, n));
}

/** The share of the longest common subsequence. */
export function rougeL(answer: readonly string[], reference: readonly string[]): RougeScore {
  return scoreOf(lcsLength(reference, answer), answer.length, reference.length);
}

/**
 * The share of the words of each reference line that are in a longest common subsequence with any line of the answer.
 * No word counts more often than it occurs in either text.
 */
export function rougeLsum(
  answer: readonly (readonly string[])[],
  reference: readonly (readonly string[])[],
): RougeScore {
  const leftInAnswer = wordCounts(answer);
  const leftInReference = wordCounts(reference);
  let matches = 0;
  for (const line of reference) {
    for (const index of lcsUnion(line, answer)) {
      const word = line[index]!;
      const inAnswer = leftInAnswer.get(word) ?? 0;
      const inReference = leftInReference.get(word) ?? 0;
      if (inAnswer === 0 || inReference === 0) continue;
      matches++;
      leftInAnswer.set(word, inAnswer - 1);
      leftInReference.set(word, inReference - 1);
    }
  }
  return scoreOf(matches, totalLength(answer), totalLength(reference));
}

function scoreOf(matches: number, inAnswer: number, inReference: number): RougeScore {
  const precision = matches / Math.max(1, inAnswer);
  const recall = matches / Math.max(1, inReference);
  const f = precision + recall > 0 ? (2 * precision * recall) / (precision + recall) : 0;
  return { precision, recall, f };
}

function wordCounts(lines: readonly (readonly string[])[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const line of lines) for (const word of line) counts.set(word, (counts.get(word) ?? 0) + 1);
  return counts;
}

function totalLength(lines: readonly (readonly string[])[]): number {
  return lines.reduce((sum, line) => sum + line.length, 0);
}
