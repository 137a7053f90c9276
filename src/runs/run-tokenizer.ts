/**
 * The copy of its `tokenizer.json` that a run keeps, so that it can be opened when the file is gone.
 *
 * @module
 */
import path from "node:path";
import type { Tokenizer, TokenizerConfig } from "../data/tokenizer.ts";
import { readTokenizerFile } from "../data/tokenizer-files.ts";
import type { ChosenTokenizer } from "../data/tokenizer-files.ts";
import { tokenizerFrom } from "../data/tokenizers.ts";
import { InputError, RunError } from "../errors.ts";
import { writeAtomically } from "../files/files.ts";

/** The file's name in the folder of a run. */
export const tokenizerFileName = "tokenizer.json";

/**
 * Writes the copy, whose SHA-256 `run.json` has.
 *
 * @param document the text of the file; undefined where the run's tokenizer has none
 * @throws {RunError} the disk is full
 */
export async function keepTokenizer(folder: string, document: string | undefined): Promise<void> {
  if (document !== undefined) await writeAtomically(path.join(folder, tokenizerFileName), document);
}

/**
 * The tokenizer that a run records.
 *
 * @throws {RunError} the run's copy of its file is missing or is not what the run was trained with
 */
export async function recordedTokenizer(
  folder: string,
  config: TokenizerConfig,
): Promise<Tokenizer> {
  return (await keptTokenizer(folder, config)).tokenizer;
}

/**
 * The same with the text of its file, where it has one.
 *
 * @throws {RunError} the run's copy of its file is missing or is not what the run was trained with
 */
export async function keptTokenizer(
  folder: string,
  config: TokenizerConfig,
): Promise<ChosenTokenizer> {
  if (config.id !== "file") return { tokenizer: tokenizerFrom(config) };
  const file = path.join(folder, tokenizerFileName);
  const remedy = `Restore it from a copy: its SHA-256 was ${config.sha256}.`;
  const read = await readTokenizerFile(file, config.path).catch((cause: unknown) => {
    if (!(cause instanceof InputError)) throw cause;
    throw new RunError(`${file} cannot be read: ${cause.message} ${remedy}`, { cause });
  });
  const found = read.tokenizer.config;
  if (found.id !== "file" || found.sha256 !== config.sha256)
    throw new RunError(`${file} is not the tokenizer that the run was trained with. ${remedy}`);
  return read;
}
