/**
 * Tokenizers: from text to token ids and back.
 *
 * Each tokenizer gives the number of UTF-8 bytes of its tokens, so that a loss per token can be converted to bits
 * per byte exactly, and models with different vocabularies can be compared.
 *
 * @module
 */
import { InputError } from "../errors.ts";

/** What a run stores of its tokenizer; `tokenizerFrom` creates the tokenizer from it. */
export type TokenizerConfig =
  | { readonly id: "byte" }
  /** All characters of the vocabulary, in the order of their ids. */
  | { readonly id: "char"; readonly characters: string }
  /** All words of the vocabulary, in the order of their ids. */
  | { readonly id: "word"; readonly words: readonly string[] }
  | FileTokenizerConfig;

/** A `tokenizer.json`; a run keeps a copy of it. */
export interface FileTokenizerConfig {
  readonly id: "file";
  /** Where the file was, as it was given. */
  readonly path: string;
  /** Of the file's bytes, in hexadecimal digits. */
  readonly sha256: string;
}

/** A tokenizer of text. */
export interface Tokenizer {
  readonly id: TokenizerConfig["id"];

  /** Number of token ids; they are 0 … vocab − 1. */
  readonly vocab: number;

  /** Plain data from which `tokenizerFrom` creates this tokenizer. */
  readonly config: TokenizerConfig;

  /** Whether the bytes of its tokens, one after the other, can be those of the text. */
  readonly lossless: boolean;

  /** Ids that a `tokenizer.json` puts around a text, as a model that was trained with it expects. Absent: none. `encode` adds none. */
  readonly around?: { readonly before: readonly number[]; readonly after: readonly number[] };

  /** Ids that are marks and no text, by a `tokenizer.json`. Absent: none. `decode` gives their names all the same. */
  readonly special?: readonly number[];

  /** Whether the first token of a text has a space before it that the text does not have. */
  readonly leadingSpace: boolean;

  /**
   * Token ids of a text, or of the bytes of a text in UTF-8.
   *
   * @throws {InputError} for a character outside the vocabulary
   */
  encode(text: string | Uint8Array): Int32Array;

  /**
   * The text of token ids. Sequences of bytes that are not valid UTF-8, which a model may generate, become U+FFFD.
   *
   * @throws {InputError} for an id outside the vocabulary
   */
  decode(ids: ArrayLike<number>): string;

  /**
   * The bytes of token ids in UTF-8. A token may begin or end inside a character.
   *
   * @throws {InputError} for an id outside the vocabulary
   */
  bytes(ids: ArrayLike<number>): Uint8Array;

  /**
   * The number of UTF-8 bytes of the tokens: the divisor of bits per byte.
   *
   * @throws {InputError} for an id outside the vocabulary
   */
  byteLength(ids: ArrayLike<number>): number;
}

/** The same tokenizer, which decodes special tokens as nothing. */
export function withoutSpecial(tokenizer: Tokenizer): Tokenizer {
  const { special = [] } = tokenizer;
  if (special.length === 0) return tokenizer;
  const hidden = new Set(special);
  const text = (ids: ArrayLike<number>): number[] =>
    Array.from(ids).filter((id) => !hidden.has(id));
  return {
    ...tokenizer,
    decode: (ids) => tokenizer.decode(text(ids)),
    bytes: (ids) => tokenizer.bytes(text(ids)),
    byteLength: (ids) => tokenizer.byteLength(text(ids)),
  };
}

/** The error for a token id that a tokenizer does not have. */
export function unknownToken(tokenizer: string, id: number, vocab: number): InputError {
  return new InputError(
    `${tokenizer}: token id ${id} is outside 0 … ${vocab - 1}. ` +
      `Use the tokenizer that the model was trained with.`,
  );
}
