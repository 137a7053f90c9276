/**
 * The tokenizers by name.
 *
 * @module
 */
import { unknownName } from "../errors.ts";
import { byteTokenizer } from "./byte-tokenizer.ts";
import { charTokenizer, charTokenizerOf } from "./char-tokenizer.ts";
import type { Tokenizer, TokenizerConfig } from "./tokenizer.ts";

/** The names `makeTokenizer` knows. */
export const tokenizerIds: readonly TokenizerConfig["id"][] = ["byte", "char"];

/**
 * The tokenizer of that name; "char" takes its vocabulary from the training text.
 *
 * @throws InputError for an unknown name
 */
export function makeTokenizer(id: string, trainingText: string): Tokenizer {
  if (id === "byte") return byteTokenizer();
  if (id === "char") return charTokenizer(trainingText);
  throw unknownName("tokenizer", id, tokenizerIds);
}

/** The tokenizer a run wrote down in its configuration. */
export function tokenizerFrom(config: TokenizerConfig): Tokenizer {
  return config.id === "byte" ? byteTokenizer() : charTokenizerOf(config.characters);
}
