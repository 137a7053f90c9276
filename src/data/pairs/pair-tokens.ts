/**
 * Pairs as token ids: the tokenizers of both sides with a begin and an end symbol behind their tokens.
 *
 *     source   tokens, end
 *     target   tokens, end; the decoder reads begin, tokens and is to write tokens, end
 *
 * The symbols have the two ids after those of the tokenizer, so that no text can contain them.
 *
 * @module
 */
import { InputError } from "../../errors.ts";
import type { Tokenizer } from "../tokenizer.ts";
import type { TextPair } from "./pair.ts";

/** The tokenizers of both sides; where they are one object, both halves of a model share a vocabulary. */
export interface PairTokenizers {
  readonly source: Tokenizer;
  readonly target: Tokenizer;
}

/** The ids that a model of pairs has beside those of a tokenizer. */
export interface PairSymbols {
  /** What a target begins with. */
  readonly begin: number;
  /** What a source and a target end with. */
  readonly end: number;
  /** Ids in all. */
  readonly vocab: number;
}

/** A pair as token ids. Both end with the end symbol. */
export interface EncodedPair {
  readonly source: Int32Array;
  readonly target: Int32Array;
}

/** The symbols behind the tokens of a tokenizer. */
export function pairSymbols({ vocab }: Pick<Tokenizer, "vocab">): PairSymbols {
  return { begin: vocab, end: vocab + 1, vocab: vocab + 2 };
}

/**
 * The tokens of a text and the end symbol.
 *
 * @throws {InputError} for a character that the tokenizer lacks
 */
export function encodeSide(tokenizer: Tokenizer, text: string): Int32Array {
  const ids = tokenizer.encode(text);
  const side = new Int32Array(ids.length + 1);
  side.set(ids);
  side[ids.length] = pairSymbols(tokenizer).end;
  return side;
}

/**
 * Pairs as token ids.
 *
 * @param name of the pairs, for messages
 * @throws {InputError} for a character that a tokenizer lacks; the message has the number of the pair, from 1 on
 */
export function encodePairs(
  { source, target }: PairTokenizers,
  pairs: readonly TextPair[],
  name: string,
): EncodedPair[] {
  return pairs.map((pair, at) => {
    const side = (tokenizer: Tokenizer, part: "source" | "target"): Int32Array => {
      try {
        return encodeSide(tokenizer, pair[part]);
      } catch (cause) {
        if (!(cause instanceof InputError)) throw cause;
        throw new InputError(`${name}, the ${part} of pair ${at + 1}: ${cause.message}`, { cause });
      }
    };
    return { source: side(source, "source"), target: side(target, "target") };
  });
}
