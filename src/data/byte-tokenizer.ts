/**
 * One token for each byte of UTF-8, so that every text can be encoded; the default.
 *
 * @module
 */
import type { Tokenizer } from "./tokenizer.ts";
import { unknownToken } from "./tokenizer.ts";

const VOCAB = 256;

/**
 * The byte tokenizer. Lone surrogates of a string, which UTF-8 cannot encode, become U+FFFD.
 *
 * @throws {InputError} in `decode`, `bytes` and `byteLength`, for an id that is not an integer in 0 … 255
 * @example
 * byteTokenizer().encode("aé"); // Int32Array [97, 195, 169]
 */
export function byteTokenizer(): Tokenizer {
  const utf8 = new TextEncoder();
  const bytes = (ids: ArrayLike<number>): Uint8Array =>
    Uint8Array.from(ids, (id) => {
      requireByte(id);
      return id;
    });
  return {
    id: "byte",
    vocab: VOCAB,
    config: { id: "byte" },
    lossless: true,
    leadingSpace: false,
    encode: (text) => Int32Array.from(typeof text === "string" ? utf8.encode(text) : text),
    // Without ignoreBOM, the decoder would remove a byte order mark, which is a character of the text.
    decode: (ids) => new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes(ids)),
    bytes,
    byteLength(ids) {
      for (let at = 0; at < ids.length; at++) requireByte(ids[at]!);
      return ids.length;
    },
  };
}

function requireByte(id: number): void {
  if (!(Number.isInteger(id) && id >= 0 && id < VOCAB)) throw unknownToken("byte", id, VOCAB);
}
