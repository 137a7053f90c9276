/**
 * Questions and texts as rows of tokens.
 *
 *     separator  question  separator  part of the text  separator  padding
 *     segment 0  0         0          1                 1          0
 *
 * A text that is longer than a row has room for is read in several rows that overlap. A row without the whole answer has
 * its place at the first separator, which stands for "not here".
 *
 * Source:    Devlin et al. 2019, https://arxiv.org/abs/1810.04805, section 4.2
 * Reference: google-research/bert, run_squad.py, convert_examples_to_features
 * Differs:   one symbol separates, where BERT has [CLS] and [SEP]
 *
 * @module
 */
import { InputError } from "../../errors.ts";
import type { Tokenizer } from "../tokenizer.ts";
import { checkAnswers } from "./span-example.ts";
import type { SpanExample } from "./span-example.ts";
import { placedTokens } from "./token-places.ts";
import type { PlacedTokens } from "./token-places.ts";

/** A row of tokens in which an answer is looked for. */
export interface SpanWindow {
  /** The place of its question among the examples. */
  readonly example: number;
  /** All tokens, without padding. */
  readonly tokens: Int32Array;
  /** The row's place of the text's first token here; tokens before it are of segment 0. */
  readonly textFrom: number;
  /** Tokens of the text here. */
  readonly textLength: number;
  /** For each token of the text here, where it begins and ends in the text, in UTF-16 units. */
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  /** The row's places of the answer's first and last token; 0 where the whole answer is not here. */
  readonly first: number;
  readonly last: number;
}

/** How rows are made. */
export interface SpanWindowOptions {
  /** Tokens of the longest row. */
  readonly length: number;
  /** Tokens of the text that a row and the next both have. Default: half of those that a row has room for. */
  readonly overlap?: number;
}

/** Ids of a span model: those of its tokenizer, then the separator. */
export function spanVocab(tokenizer: Tokenizer): number {
  return tokenizer.vocab + 1;
}

/**
 * The rows of all examples, in their order.
 *
 * @throws {InputError} a question leaves no room for a text, an answer is not what the text has at its place, or the
 *   tokenizer does not give back a text
 */
export function spanWindows(
  examples: readonly SpanExample[],
  tokenizer: Tokenizer,
  options: SpanWindowOptions,
): SpanWindow[] {
  return examples.flatMap((example, number) => {
    checkAnswers(example);
    const { id, question, context } = example;
    const asked = tokenizer.encode(question);
    const text = placedTokens(tokenizer, context, `the text of question ${id}`);
    const { room, step } = roomFor(example, asked.length, options);
    const places = text.ids.length === 0 ? [] : [0];
    while (places.length > 0 && places.at(-1)! + room < text.ids.length)
      places.push(Math.min(places.at(-1)! + step, text.ids.length - room));
    if (places.length === 0)
      throw new InputError(
        `question ${id}: its text is empty. Give the text in which the answer is.`,
      );
    return places.map((from) => windowOf(number, { example, asked, text, from, room, tokenizer }));
  });
}

/** Tokens of the text in a row, and between the beginnings of two rows. */
function roomFor(
  { id }: SpanExample,
  asked: number,
  { length, overlap }: SpanWindowOptions,
): { readonly room: number; readonly step: number } {
  const room = length - asked - 3;
  if (room < 1)
    throw new InputError(
      `question ${id} has ${asked} tokens; a row of ${length} has room for ${Math.max(0, length - 4)} beside one token of ` +
        `the text. Shorten the question or take longer rows.`,
    );
  const shared = overlap ?? Math.floor(room / 2);
  if (!Number.isInteger(shared) || shared < 0)
    throw new InputError(
      `span windows: the overlap must be a whole number of 0 or more, got ${shared}.`,
    );
  return { room, step: Math.max(1, room - shared) };
}

function windowOf(
  number: number,
  given: {
    readonly example: SpanExample;
    readonly asked: Int32Array;
    readonly text: PlacedTokens;
    readonly from: number;
    readonly room: number;
    readonly tokenizer: Tokenizer;
  },
): SpanWindow {
  const { example, asked, text, from, room, tokenizer } = given;
  const separator = tokenizer.vocab;
  const own = text.ids.subarray(from, from + room);
  const textFrom = asked.length + 2;
  const starts = text.starts.subarray(from, from + room);
  const ends = text.ends.subarray(from, from + room);
  const [answer] = example.answers;
  const first = answer ? starts.findLastIndex((start) => start <= answer.start) : -1;
  const end = answer ? answer.start + answer.text.length : 0;
  const last = answer ? ends.findIndex((unit) => unit >= end) : -1;
  // The first token at or before the answer must reach it: the row may begin behind it, or end before it.
  const whole = first >= 0 && last >= first && ends[first]! > answer!.start;
  return {
    example: number,
    tokens: Int32Array.from([separator, ...asked, separator, ...own, separator]),
    ...{ textFrom, textLength: own.length, starts, ends },
    first: whole ? textFrom + first : 0,
    last: whole ? textFrom + last : 0,
  };
}
