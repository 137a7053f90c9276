/**
 * What a retrieval task is: a question at the end of a long text, whose answer is hidden in the text.
 *
 * @module
 */
import type { Random } from "../random/random.ts";

/** The words around a text: as they were published, or as few as make sense, for texts of 64 tokens. */
export type Wording = "published" | "short";

/** What hidden values are: numbers, or words for tokenizers that have no digits. */
export type ValueKind = "numbers" | "words";

/** What one sample is drawn with. */
export interface DrawRequest {
  /** What the text names, and what surrounds the answer. */
  readonly random: Random;
  /** What is hidden: another stream gives the same question with another answer. */
  readonly hidden: Random;
  readonly wording: Wording;
  readonly values: ValueKind;
  /** From 0, the beginning of the text, to 1, its end. */
  readonly depth: number;
}

/** A sentence and where it is put. */
export interface Insertion {
  readonly text: string;
  /** From 0 to 1. */
  readonly depth: number;
}

/** The long part of a sample, which is made as long as asked. */
export type LongText =
  /** Sentences in a text; those at the same depth follow one another. */
  | {
      readonly kind: "text";
      /** "noise" repeats five sentences; "prose" is a real text. */
      readonly filler: "noise" | "prose";
      readonly insertions: readonly Insertion[];
    }
  /** A list that has as many further items as asked. */
  | { readonly kind: "list"; readonly list: (further: number) => string };

/** A sample before its length is known: introduction, long text, question, answer. */
export interface Draft {
  /** Ends with a space or a line break, or is empty. */
  readonly introduction: string;
  readonly long: LongText;
  /** Begins with a space or a line break. */
  readonly question: string;
  /** Begins with a space. */
  readonly answer: string;
}

/** The names of tasks. */
export type RetrievalTaskName =
  "passkey" | "needle" | "multi-key" | "multi-value" | "multi-query" | "variables" | "common-words";

/** A task. */
export interface RetrievalTask {
  readonly name: RetrievalTaskName;
  /** One sentence. */
  readonly summary: string;
  /** Whether what is asked for is put at a chosen depth. Otherwise it is spread over the whole text. */
  readonly placed: boolean;
  /** The probability of the right answer for one that is drawn among all possible ones. */
  chance(wording: Wording, values: ValueKind): number;
  draft(request: DrawRequest): Draft;
}
