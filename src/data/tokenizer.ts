/**
 * From text to token ids and back.
 *
 * Every tokenizer tells how many bytes of UTF-8 its tokens stand for, so that a loss per token becomes bits per
 * byte exactly, and models with different vocabularies can be compared.
 *
 * @module
 */
import { InputError } from "../errors.ts";

/** What a run writes down to make the same tokenizer again. */
export type TokenizerConfig =
  | { readonly id: "byte" }
  /** All characters of the vocabulary, in the order of their ids. */
  | { readonly id: "char"; readonly characters: string };

export interface Tokenizer {
  readonly id: TokenizerConfig["id"];

  /** Number of token ids; they are 0 … vocab − 1. */
  readonly vocab: number;

  /** Plain data that `tokenizerFrom` turns back into this tokenizer. */
  readonly config: TokenizerConfig;

  /**
   * Token ids of a text, or of the bytes of a text in UTF-8.
   *
   * @throws InputError for a character outside the vocabulary
   */
  encode(text: string | Uint8Array): Int32Array;

  /**
   * The text of token ids. Pieces that are not valid UTF-8, as a model may well generate, become U+FFFD.
   *
   * @throws InputError for an id outside the vocabulary
   */
  decode(ids: ArrayLike<number>): string;

  /** How many bytes of UTF-8 the ids stand for: the divisor of bits per byte. */
  byteLength(ids: ArrayLike<number>): number;
}

/** The error for a token id that a tokenizer does not have. */
export function unknownToken(tokenizer: string, id: number, vocab: number): InputError {
  return new InputError(
    `${tokenizer}: token id ${id} is outside 0 … ${vocab - 1}. ` +
      `Decode with the tokenizer the model was trained with.`,
  );
}
