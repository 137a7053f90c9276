/**
 * Text that comes token by token: a character is given out when all its bytes are there, and what may be the beginning of
 * a stop string when it is known not to be one.
 *
 * @module
 */
import { decodeStream } from "../data/decode-stream.ts";
import type { DecodeStream } from "../data/decode-stream.ts";
import type { Tokenizer } from "../data/tokenizer.ts";

/** The text of one row. */
export class TextStream {
  readonly #stream: DecodeStream;
  readonly #stops: readonly string[];
  /** Text that is not given out yet. */
  #held = "";
  /** Whether a stop string was found; the text ends before it. */
  stopped = false;

  /** @param prompt ids that were read before; their text is not repeated */
  constructor(tokenizer: Tokenizer, stops: readonly string[] = [], prompt: ArrayLike<number> = []) {
    this.#stream = decodeStream(tokenizer, prompt);
    this.#stops = stops;
  }

  /** Adds a token; returns the text that is certain now. */
  add(id: number): string {
    return this.stopped ? "" : this.#give(this.#stream.push([id]));
  }

  /** The rest, after the last token. */
  end(): string {
    if (this.stopped) return "";
    const text = this.#give(this.#stream.end());
    const rest = this.stopped ? "" : this.#held;
    this.#held = "";
    return text + rest;
  }

  #give(text: string): string {
    const all = this.#held + text;
    const places = this.#stops.map((stop) => all.indexOf(stop)).filter((at) => at >= 0);
    if (places.length > 0) {
      this.stopped = true;
      this.#held = "";
      return all.slice(0, Math.min(...places));
    }
    const kept = Math.max(0, ...this.#stops.map((stop) => begun(all, stop)));
    this.#held = all.slice(all.length - kept);
    return all.slice(0, all.length - kept);
  }
}

/** How many of a text's last characters are the first of a stop string. */
function begun(text: string, stop: string): number {
  for (let count = Math.min(stop.length - 1, text.length); count > 0; count--)
    if (text.endsWith(stop.slice(0, count))) return count;
  return 0;
}
