/**
 * Prompts from options, files or standard input.
 *
 * @module
 */
import fs from "node:fs/promises";
import { InputError, RunError } from "../errors.ts";

/**
 * The texts to continue.
 *
 * @throws {InputError} there are none, or a file is no text
 * @throws {RunError} a file cannot be read
 */
export async function readPrompts(
  given: readonly string[] = [],
  files: readonly string[] = [],
): Promise<readonly string[]> {
  const read = await Promise.all(files.map(readText));
  const prompts = [...given, ...read];
  if (prompts.length > 0) return prompts;
  if (process.stdin.isTTY)
    throw new InputError('there is no prompt. Give one, such as --prompt "Call me".');
  const pieces: Buffer[] = [];
  for await (const piece of process.stdin) pieces.push(piece as Buffer);
  return [asText("standard input", Buffer.concat(pieces))];
}

async function readText(file: string): Promise<string> {
  let bytes: Buffer;
  try {
    bytes = await fs.readFile(file);
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    if (code === "ENOENT") throw new InputError(`${file} does not exist. Check the path.`);
    if (code === "EISDIR") throw new InputError(`${file} is a folder. Give a file of text.`);
    throw new RunError(`${file} cannot be read: ${message}.`, { cause });
  }
  return asText(file, bytes);
}

/** The text without the line break that ends a file. */
function asText(name: string, bytes: Uint8Array): string {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new InputError(`${name} is no text in UTF-8. Convert it first.`, { cause });
  }
  const kept = text.replace(/\r?\n$/, "");
  if (kept === "") throw new InputError(`${name} is empty. Give a text to continue.`);
  return kept;
}
