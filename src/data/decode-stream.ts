/**
 * The text of tokens that come one after another, as when a model generates.
 *
 * @module
 */
import type { Tokenizer } from "./tokenizer.ts";

/** Decodes tokens as they come. The pieces, joined, are the text of all tokens. */
export interface DecodeStream {
  /**
   * The text that further tokens add. A character whose last bytes have not come yet is held back.
   *
   * @throws {InputError} for an id outside the vocabulary; the stream is as it was
   */
  push(ids: ArrayLike<number>): string;
  /** What was held back: U+FFFD for bytes that became no character. Nothing can be pushed afterwards. */
  end(): string;
}

/**
 * A stream for a new text, or for one that goes on after a prompt.
 *
 * @param prompt ids that were read before; their text is not repeated
 * @example
 * const stream = decodeStream(byteTokenizer());
 * stream.push([0xc3]); // ""
 * stream.push([0xa9, 0x21]); // "é!"
 */
export function decodeStream(tokenizer: Tokenizer, prompt: ArrayLike<number> = []): DecodeStream {
  return tokenizer.lossless ? bytewise(tokenizer, prompt) : whole(tokenizer, prompt);
}

function bytewise(tokenizer: Tokenizer, prompt: ArrayLike<number>): DecodeStream {
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  let begun = prompt.length > 0;
  // A prompt may end inside a character; its part of it is read and not repeated.
  if (begun) decoder.decode(tokenizer.bytes(prompt), { stream: true });
  return {
    push(ids) {
      const bytes = tokenizer.bytes(ids);
      const skipped = !begun && tokenizer.leadingSpace && bytes[0] === 0x20 ? 1 : 0;
      begun ||= bytes.length > 0;
      return decoder.decode(bytes.subarray(skipped), { stream: true });
    },
    end: () => decoder.decode(),
  };
}

/** For tokens whose text depends on their neighbours: all are decoded again, and what is new is given. */
function whole(tokenizer: Tokenizer, prompt: ArrayLike<number>): DecodeStream {
  const ids = Array.from(prompt);
  let given = tokenizer.decode(ids);
  const added = (text: string): string => {
    const piece = text.slice(given.length);
    given = text;
    return piece;
  };
  return {
    push(more) {
      const text = tokenizer.decode([...ids, ...Array.from(more)]);
      ids.push(...Array.from(more));
      return text.endsWith("\uFFFD") || text.length < given.length ? "" : added(text);
    },
    end: () => added(tokenizer.decode(ids)),
  };
}
