/**
 * Prompts of an exact number of tokens.
 *
 * The long part grows word by word up to the last size that fits, then letter by letter: it begins inside a word, as a piece that
 * was cut out of a text does. Where no number of letters gives exactly the length, the prompt has the nearest below.
 *
 * @module
 */
import type { Tokenizer } from "../data/tokenizer.ts";
import { InputError } from "../errors.ts";
import type { Size } from "./long-text.ts";

/** Tokens of a prompt and of its answer. */
export interface FittedSample {
  readonly ids: Int32Array;
  /** Where the answer begins. */
  readonly answerFrom: number;
  /** Tokens that are free behind the prompt. */
  readonly room: number;
  readonly size: Size;
}

/** What is fitted. */
export interface FitRequest {
  readonly tokenizer: Pick<Tokenizer, "encode">;
  readonly beginTokens: readonly number[];
  /** Tokens of the prompt and of the room behind it, those that begin a text among them. */
  readonly length: number;
  readonly prompt: (size: Size) => string;
  readonly answer: string;
  /** Tokens that are left free behind a prompt, at least those of its answer, of which the number is given. */
  readonly room: (answer: number) => number;
  /** The words of a like sample, from which the search starts. Default 0. */
  readonly near?: number | undefined;
  /** Whether the long part can grow by letters. */
  readonly byLetters: boolean;
  /** The most words that there are. */
  readonly most: number;
}

/** The most letters that are tried: longer words than this are cut. */
const mostLetters = 24;

/**
 * The sample with the most tokens up to the length; the least number of tokens where even that is too long.
 *
 * @throws {InputError} there are not enough words
 */
export function fitSample(request: FitRequest): FittedSample | { readonly needs: number } {
  const { length, near = 0, most } = request;
  const encode = (size: Size): FittedSample => encoded(request, size);
  const count = (words: number): number => tokensOf(encode({ words, letters: 0 }));
  const least = count(0);
  if (least > length) return { needs: least };
  const fits = (words: number): boolean => words <= most && count(words) <= length;
  let [low, step] = [fits(near) ? near : 0, 1];
  while (fits(low + step)) {
    low += step;
    step *= 2;
  }
  let high = Math.min(low + step, most + 1);
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (fits(middle)) low = middle;
    else high = middle;
  }
  let best = encode({ words: low, letters: 0 });
  if (low === most && length - tokensOf(best) > mostLetters)
    throw new InputError(
      `retrieve: the text around the needles has ${most} words, which are ${tokensOf(best)} tokens with the needles and the answer, and ` +
        `${length} are asked for. Give a longer text or shorter lengths.`,
    );
  for (let letters = 1; request.byLetters && letters <= mostLetters; letters++) {
    if (tokensOf(best) === length) break;
    const next = encode({ words: low, letters });
    if (tokensOf(next) <= length && tokensOf(next) > tokensOf(best)) best = next;
  }
  return best;
}

/** Tokens of a prompt and of the room behind it. */
export function tokensOf({ answerFrom, room }: Pick<FittedSample, "answerFrom" | "room">): number {
  return answerFrom + room;
}

/** Tokens of the whole text; the answer begins where they leave those of the prompt alone. */
function encoded(
  { tokenizer, beginTokens, prompt, answer, room }: FitRequest,
  size: Size,
): FittedSample {
  const text = prompt(size);
  const whole = tokenizer.encode(text + answer);
  const alone = tokenizer.encode(text);
  let common = 0;
  while (common < alone.length && common < whole.length - 1 && alone[common] === whole[common])
    common++;
  return {
    ids: Int32Array.from([...beginTokens, ...whole]),
    answerFrom: beginTokens.length + common,
    room: room(whole.length - common),
    size,
  };
}
