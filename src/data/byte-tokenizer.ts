/**
 * One token for each byte of UTF-8. Knows every text; the default.
 *
 * @module
 */
import type { Tokenizer } from "./tokenizer.ts";
import { unknownToken } from "./tokenizer.ts";

const VOCAB = 256;

/**
 * The byte tokenizer. A string's lone surrogates, which no UTF-8 can hold, are encoded as U+FFFD.
 *
 * @example
 * byteTokenizer().encode("aé"); // Int32Array [97, 195, 169]
 */
export function byteTokenizer(): Tokenizer {
  const utf8 = new TextEncoder();
  return {
    id: "byte",
    vocab: VOCAB,
    config: { id: "byte" },
    encode: (text) => Int32Array.from(typeof text === "string" ? utf8.encode(text) : text),
    decode(ids) {
      const bytes = Uint8Array.from(ids, (id) => {
        if (!(Number.isInteger(id) && id >= 0 && id < VOCAB)) throw unknownToken("byte", id, VOCAB);
        return id;
      });
      // A byte order mark is a character of the text like any other: keep it.
      return new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
    },
    byteLength: (ids) => ids.length,
  };
}
