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
  /** What is asked for, in the order of the text or of the question. */
  readonly answers: readonly string[];
}

/** The answers as a text that follows the question. */
export function answerText({ answers }: Pick<Draft, "answers">): string {
  return ` ${answers.join(", ")}`;
}

/**
 * What makes an answer right: `likeliest`, that each of its tokens is the likeliest one behind those before it; `written`, that
 * it occurs in what the model writes behind the prompt.
 */
export type RetrievalJudge = "likeliest" | "written";

/** What the answers of a sample may be, from which follows what guessing reaches. */
export interface AnswerSpace {
  /** Answers of a sample. */
  readonly answers: number;
  /** What each may be. */
  readonly possible: number;
  /** Whether two answers of a sample may be equal. */
  readonly repeat: boolean;
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
  /** What the answers may be. */
  space(wording: Wording, values: ValueKind): AnswerSpace;
  /** Tokens that RULER lets a model write. */
  readonly writtenTokens: number;
  draft(request: DrawRequest): Draft;
}
