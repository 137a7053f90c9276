/**
 * Tokenizers by name: byte, char, word, or the path of a `tokenizer.json`.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { InputError } from "../errors.ts";
import { readBytes } from "../files/files.ts";
import { fileTokenizer } from "./file-tokenizer.ts";
import type { Tokenizer } from "./tokenizer.ts";
import { makeTokenizer } from "./tokenizers.ts";

/** A tokenizer that a user named. */
export interface ChosenTokenizer {
  readonly tokenizer: Tokenizer;
  /** The text of its `tokenizer.json`, of which a run keeps a copy; absent for the others. */
  readonly document?: string;
}

/** Whether a word names a file and not a tokenizer of the list. */
export function isTokenizerFile(name: string): boolean {
  return /[\\/]/.test(name) || /\.json$/i.test(name);
}

/**
 * The tokenizer of that name, or of the file of that path.
 *
 * @param trainingText whose characters or words are the vocabulary of "char" or "word"
 * @throws {InputError} there is none, or the file cannot be read
 */
export async function chooseTokenizer(
  name: string,
  trainingText: string,
): Promise<ChosenTokenizer> {
  return isTokenizerFile(name)
    ? await readTokenizerFile(name)
    : { tokenizer: makeTokenizer(name, trainingText) };
}

/**
 * The tokenizer of a Hugging Face `tokenizer.json`.
 *
 * @param name of the file; a run records another, which the file was copied from
 * @throws {InputError} the file is missing, may not be read, or is no such document
 */
export async function readTokenizerFile(
  file: string,
  name: string = file,
): Promise<Required<ChosenTokenizer>> {
  const bytes = await readBytes(file).catch((cause: unknown) => {
    if (!(cause instanceof InputError)) throw cause;
    throw new InputError(`the tokenizer ${cause.message}`, { cause });
  });
  const document = new TextDecoder("utf-8").decode(bytes);
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  return { tokenizer: fileTokenizer(document, { id: "file", path: name, sha256 }), document };
}
