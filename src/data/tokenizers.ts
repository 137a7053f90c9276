/**
 * The tokenizers by id.
 *
 * @module
 */
import { InputError, nearestName } from "../errors.ts";
import { byteTokenizer } from "./byte-tokenizer.ts";
import { charTokenizer, charTokenizerOf } from "./char-tokenizer.ts";
import { fileTokenizer } from "./file-tokenizer.ts";
import type { Tokenizer, TokenizerConfig } from "./tokenizer.ts";
import { wordTokenizer, wordTokenizerOf } from "./word-tokenizer.ts";

/** The ids of the tokenizers that need no file. */
export const tokenizerIds: readonly Exclude<TokenizerConfig["id"], "file">[] = [
  "byte",
  "char",
  "word",
];

/**
 * The tokenizer with this id; "char" and "word" take their vocabulary from the training text.
 *
 * @throws {InputError} for an unknown id, or "char" or "word" with an empty text
 */
export function makeTokenizer(id: string, trainingText: string): Tokenizer {
  if (id === "byte") return byteTokenizer();
  if (id === "char") return charTokenizer(trainingText);
  if (id === "word") return wordTokenizer([trainingText]);
  const nearest = nearestName(id, tokenizerIds);
  throw new InputError(
    `tokenizer "${id}" is unknown.${nearest === undefined ? "" : ` Did you mean "${nearest}"?`} ` +
      `Known: ${tokenizerIds.join(", ")}, or a file whose name ends in .json.`,
  );
}

/**
 * The tokenizer of a configuration.
 *
 * @param document the text of its `tokenizer.json`, where the configuration names one
 * @throws {InputError} for a vocabulary that is empty or has a character or word twice, a document that is missing where a file is
 *   named, or one that cannot be read
 */
export function tokenizerFrom(config: TokenizerConfig, document?: string): Tokenizer {
  if (config.id === "byte") return byteTokenizer();
  if (config.id === "char") return charTokenizerOf(config.characters);
  if (config.id === "word") return wordTokenizerOf(config.words);
  if (document === undefined)
    throw new InputError(
      `the tokenizer is the file ${config.path}, and its text was not given. Pass it as the second argument.`,
    );
  return fileTokenizer(document, config);
}
