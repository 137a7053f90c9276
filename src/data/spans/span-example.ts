/**
 * A question about a text, with the places in the text that answer it.
 *
 * @module
 */
import { InputError } from "../../errors.ts";

/** A part of a text that answers a question. */
export interface SpanAnswer {
  /** Where it begins in the text, in UTF-16 units as `String.slice` counts. */
  readonly start: number;
  readonly text: string;
}

/** A question about a text. */
export interface SpanExample {
  /** For messages: an id of a file, or its place there. */
  readonly id: string;
  readonly question: string;
  /** The text in which the answer is. */
  readonly context: string;
  /** Right answers, the first of which is trained on; empty where none is known. */
  readonly answers: readonly SpanAnswer[];
}

/** @throws {InputError} an answer is empty, or is not what the text has at its place */
export function checkAnswers({ id, context, answers }: SpanExample): void {
  for (const { start, text } of answers) {
    const there = context.slice(start, start + text.length);
    if (text !== "" && there === text) continue;
    throw new InputError(
      text === ""
        ? `question ${id}: an answer is empty. Leave it out where the text has none.`
        : `question ${id}: the answer ${JSON.stringify(text)} begins at ${start}, where the text has ` +
            `${JSON.stringify(there)}. Count UTF-16 units from the text's first character, which is 0.`,
    );
  }
}
