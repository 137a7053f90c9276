/**
 * Where each token of a text begins and ends in it.
 *
 * @module
 */
import { encodeExactly } from "../exact-encoding.ts";
import type { Tokenizer } from "../tokenizer.ts";

/** Tokens of a text with their places, in UTF-16 units as `String.slice` counts. */
export interface PlacedTokens {
  readonly ids: Int32Array;
  /** The unit of the character in which each token begins. */
  readonly starts: Int32Array;
  /** The unit after the character in which each token ends. */
  readonly ends: Int32Array;
}

/**
 * The tokens of a text with their places. A token that is part of a character has the whole character.
 *
 * @param name of the text, for messages
 * @throws {InputError} the tokenizer does not give back the text, so the places of its tokens are unknown
 */
export function placedTokens(tokenizer: Tokenizer, text: string, name: string): PlacedTokens {
  const ids = encodeExactly(tokenizer, text, name);
  const units = unitsOfBytes(text);
  const bytes = units.length - 1;
  const starts = new Int32Array(ids.length);
  const ends = new Int32Array(ids.length);
  // A tokenizer may put a space before the text, which belongs to no character of it.
  let at = bytes - tokenizer.byteLength(ids);
  ids.forEach((id, token) => {
    const next = at + tokenizer.byteLength([id]);
    starts[token] = units[Math.max(0, at)]!;
    ends[token] = next <= 0 ? 0 : endOfCharacter(text, units[next - 1]!);
    at = next;
  });
  return { ids, starts, ends };
}

/** For each byte in UTF-8, the unit at which its character begins; then the length of the text. */
function unitsOfBytes(text: string): Int32Array {
  const units: number[] = [];
  let at = 0;
  for (const character of text) {
    const bytes = bytesOf(character.codePointAt(0)!);
    for (let byte = 0; byte < bytes; byte++) units.push(at);
    at += character.length;
  }
  return Int32Array.from([...units, at]);
}

/** Bytes of a code point in UTF-8; a lone surrogate becomes U+FFFD, which has 3. */
function bytesOf(codePoint: number): number {
  if (codePoint < 0x80) return 1;
  if (codePoint < 0x800) return 2;
  return codePoint < 0x10000 ? 3 : 4;
}

function endOfCharacter(text: string, unit: number): number {
  return unit + (text.codePointAt(unit)! > 0xffff ? 2 : 1);
}
