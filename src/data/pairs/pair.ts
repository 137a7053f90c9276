/**
 * Pairs of texts: a source and the target that a model is to write for it, in the parts that training and judging need.
 *
 * @module
 */

import type { SpanExample } from "../spans/span-example.ts";

/** A text and what is to be written for it. */
export interface TextPair {
  readonly source: string;
  readonly target: string;
  /** Further right answers, beside `target`: other translations, summaries by other people. Absent where there is none. */
  readonly references?: readonly string[];
  /** The first sentence of the source, where the data has its sentences apart. */
  readonly lead?: string;
  /** The parts of the source and the places of the right answers in its text, where the data has them (SQuAD). */
  readonly span?: Pick<SpanExample, "question" | "context" | "answers">;
}

/** Pairs that models are judged on, apart from others. */
export interface PairTest {
  /** Unique in its set, short: "seen", "longer", "test_2016". */
  readonly id: string;
  readonly pairs: readonly TextPair[];
}

/** Pairs to train on, pairs to watch the training with, and pairs to judge with. */
export interface PairSet {
  /** Short, for titles: "dates", or the names of the files. */
  readonly name: string;
  /** At least one. */
  readonly train: readonly TextPair[];
  /** At least one; where relpos chose them, no source of them is a source in `train`. */
  readonly validation: readonly TextPair[];
  /** Empty where files were given without test files. */
  readonly tests: readonly PairTest[];
  /** Where they came from and how they were read or made, as text for a report; with the versions that decide the texts. */
  readonly source: string;
  /** SHA-256 of all pairs in their order, in hexadecimal; a run that resumes checks that its pairs are the same. */
  readonly sha256: string;
  /** Notes for a reader of the results, such as the number of pairs that were left out. */
  readonly notes: readonly string[];
}

/** Every right answer to a source: the target first. */
export function answersOf({ target, references = [] }: TextPair): readonly string[] {
  return [target, ...references];
}

/**
 * SHA-256 of pairs in their order and parts, in hexadecimal digits. Equal pairs in other parts have another one.
 *
 * @param parts pairs by the name of their part
 */
export async function digestOfPairs(
  parts: readonly (readonly [name: string, pairs: readonly TextPair[]])[],
): Promise<string> {
  let digest = new Uint8Array();
  const encoder = new TextEncoder();
  for (const [name, pairs] of parts)
    // In pieces, because a JavaScript string has at most 2^29 - 24 UTF-16 units; each includes the digest of what is before.
    for (let from = 0; from === 0 || from < pairs.length; from += PIECE) {
      const piece = pairs
        .slice(from, from + PIECE)
        .map((pair) => [pair.source, ...answersOf(pair)]);
      const text = encoder.encode(JSON.stringify([hexOf(digest), name, piece]));
      digest = new Uint8Array(await crypto.subtle.digest("SHA-256", text));
    }
  return hexOf(digest);
}

/** Pairs that are hashed together. */
const PIECE = 10_000;

function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
