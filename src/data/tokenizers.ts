/**
 * The tokenizers by id.
 *
 * @module
 */
import { unknownName } from "../errors.ts";
import { byteTokenizer } from "./byte-tokenizer.ts";
import { charTokenizer, charTokenizerOf } from "./char-tokenizer.ts";
import type { Tokenizer, TokenizerConfig } from "./tokenizer.ts";

/** The ids of the tokenizers. */
export const tokenizerIds: readonly TokenizerConfig["id"][] = ["byte", "char"];

/**
 * The tokenizer with this id; "char" takes its vocabulary from the training text.
 *
 * @throws {InputError} for an unknown id, or "char" with an empty text
 */
export function makeTokenizer(id: string, trainingText: string): Tokenizer {
  if (id === "byte") return byteTokenizer();
  if (id === "char") return charTokenizer(trainingText);
  throw unknownName("tokenizer", id, tokenizerIds);
}

/**
 * The tokenizer of a configuration.
 *
 * @throws {InputError} for a vocabulary that is empty or has a character twice
 */
export function tokenizerFrom(config: TokenizerConfig): Tokenizer {
  return config.id === "byte" ? byteTokenizer() : charTokenizerOf(config.characters);
}
