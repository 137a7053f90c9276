/**
 * Encoding a text whose bytes are counted: its tokens must give it back.
 *
 * @module
 */
import { InputError } from "../errors.ts";
import type { Tokenizer } from "./tokenizer.ts";

const SPACE = 0x20;

/**
 * The token ids of a text, once it is known that their bytes are those of the text, so that `byteLength` of any part of
 * them is exact. A space that the tokenizer puts before the text is allowed: the first token is never predicted.
 *
 * @param name of the text, for messages
 * @throws {InputError} the tokenizer has no token for a part of the text, or changes the text: it lowercases, normalises or
 *   drops white space
 */
export function encodeExactly(tokenizer: Tokenizer, text: string, name: string): Int32Array {
  const ids = tokenizer.encode(text);
  if (tokenizer.config.id !== "file") return ids; // one token for each byte or character
  const { path } = tokenizer.config;
  const given = new TextEncoder().encode(text);
  const back = bytesBack(tokenizer, ids, given);
  if (back !== undefined && equal(back, given)) return ids;
  const line = back === undefined ? undefined : lineOfDifference(given, back);
  throw new InputError(
    `the tokenizer ${path} does not give back ${line === undefined ? "" : `line ${line} of `}${name}, so the bytes of its ` +
      `tokens cannot be counted, as bits per byte need. Use one that keeps every character, such as one of ` +
      `relpos tokenizer train --kind bpe.`,
  );
}

/** Whether the bytes of the tokens of a text are those of the text. */
export function givesBack(tokenizer: Tokenizer, ids: Int32Array, text: string): boolean {
  if (tokenizer.config.id !== "file") return true;
  const given = new TextEncoder().encode(text);
  const back = bytesBack(tokenizer, ids, given);
  return back !== undefined && equal(back, given);
}

/** The bytes of tokens without a space that the tokenizer put before them; undefined where they cannot be counted. */
function bytesBack(
  tokenizer: Tokenizer,
  ids: Int32Array,
  given: Uint8Array,
): Uint8Array | undefined {
  const all = tokenizer.lossless ? tokenizer.bytes(ids) : undefined;
  const extra = tokenizer.leadingSpace && all?.[0] === SPACE && given[0] !== SPACE ? 1 : 0;
  return all?.subarray(extra);
}

function equal(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, at) => byte === b[at]);
}

/** The line, counted from 1, in which two texts differ first. */
function lineOfDifference(given: Uint8Array, back: Uint8Array): number {
  let line = 1;
  for (let at = 0; at < given.length && given[at] === back[at]; at++)
    if (given[at] === 0x0a) line++;
  return line;
}
