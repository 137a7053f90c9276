/**
 * The settings of a tokenizer that is trained, and the values they have when nothing is said.
 *
 * @module
 */
import { trainableKinds } from "./pieces.ts";
import type { TrainableKind } from "./pieces.ts";

/** The settings of a tokenizer that is trained. */
export interface TokenizerSettings {
  /** `bpe` is byte-level, `bpe-metaspace` has ▁ for spaces and tokens of bytes for characters that were not met. */
  readonly kind: TrainableKind;
  /** Tokens in all. */
  readonly vocab: number;
  /** Pairs that are rarer are not merged. */
  readonly minFrequency: number;
  /** Tokens with the first ids, which stand for themselves wherever they are in a text. */
  readonly specialTokens: readonly string[];
}

/** The values of settings that are not given. */
export const defaultTokenizerSettings: TokenizerSettings = {
  kind: trainableKinds[0],
  vocab: 8000,
  minFrequency: 2,
  specialTokens: [],
};
