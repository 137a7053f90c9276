/**
 * The 128 bits that identify a stream, from its seed and path.
 *
 * The path is hashed by cipher block chaining with Philox, keyed by the seed:
 *
 *     stream(seed)             = philox(seed, 0)
 *     stream(seed, …path, part) = for each 16-byte block b of the part: philox(seed, stream ⊕ b)
 *
 * A part is encoded as a tag (1 text, 2 number), its length in bytes, and its bytes (UTF-8, or little-endian
 * float64), padded with zeros to a multiple of 16 bytes. The encoding is self-delimiting: ["ab", "c"], ["a", "bc"]
 * and ["abc"] are different paths, and so are [1] and ["1"].
 *
 * @module
 */
import { InputError } from "../errors.ts";
import { philox } from "./philox.ts";

/** One step of a path: a name (`"blocks.0.attention.query.weight"`) or a number (a training step). */
export type PathPart = string | number;

const BLOCK = 16;
const HEADER = 5; // one byte for the tag, four for the length
const utf8 = new TextEncoder();

/**
 * The four 32-bit words that identify the stream.
 *
 * @throws {InputError} for a seed that is not an integer in 0 … 2⁵³ − 1, or a number in the path that is not finite
 */
export function streamWords(seed: number, path: readonly PathPart[]): Uint32Array {
  if (!Number.isSafeInteger(seed) || seed < 0)
    throw new InputError(
      `seed must be an integer from 0 to ${Number.MAX_SAFE_INTEGER}, got ${seed}.`,
    );
  const key0 = seed >>> 0;
  const key1 = Math.floor(seed / 2 ** 32);

  const chain = new Uint32Array(4);
  philox(chain, key0, key1, 0, 0, 0, 0);
  for (const part of path) {
    const words = new DataView(encodePart(part));
    for (let at = 0; at < words.byteLength; at += BLOCK) {
      philox(
        chain,
        key0,
        key1,
        chain[0]! ^ words.getUint32(at, true),
        chain[1]! ^ words.getUint32(at + 4, true),
        chain[2]! ^ words.getUint32(at + 8, true),
        chain[3]! ^ words.getUint32(at + 12, true),
      );
    }
  }
  return chain;
}

function encodePart(part: PathPart): ArrayBuffer {
  const content = typeof part === "string" ? utf8.encode(part) : encodeNumber(part);
  const size = Math.ceil((HEADER + content.length) / BLOCK) * BLOCK;
  const bytes = new Uint8Array(size);
  bytes[0] = typeof part === "string" ? 1 : 2;
  new DataView(bytes.buffer).setUint32(1, content.length, true);
  bytes.set(content, HEADER);
  return bytes.buffer;
}

function encodeNumber(part: number): Uint8Array {
  if (!Number.isFinite(part))
    throw new InputError(
      `a random stream cannot be named by ${part}. Use text and finite numbers in its path.`,
    );
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setFloat64(0, part + 0, true); // −0 + 0 is 0: one name for zero
  return bytes;
}
