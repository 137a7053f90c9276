/**
 * Text that comes token by token: a character is given out when all its bytes are there, and what may be the beginning of
 * a stop string when it is known not to be one.
 *
 * @module
 */
import type { Tokenizer } from "../data/tokenizer.ts";

/** More bytes than any character of UTF-8 has: what has not become one by then will not. */
const longestCharacter = 4;

/** The text of one row. */
export class TextStream {
  readonly #tokenizer: Pick<Tokenizer, "decode">;
  readonly #stops: readonly string[];
  /** Tokens whose characters are not complete. */
  #tokens: number[] = [];
  /** Text that is not given out yet. */
  #held = "";
  /** Whether a stop string was found; the text ends before it. */
  stopped = false;

  constructor(tokenizer: Pick<Tokenizer, "decode">, stops: readonly string[] = []) {
    this.#tokenizer = tokenizer;
    this.#stops = stops;
  }

  /** Adds a token; returns the text that is certain now. */
  add(id: number): string {
    if (this.stopped) return "";
    this.#tokens.push(id);
    const text = this.#tokenizer.decode(this.#tokens);
    if (!text.endsWith("\uFFFD")) {
      this.#tokens = [];
      return this.#give(text);
    }
    if (this.#tokens.length < longestCharacter) return "";
    // The first cannot become a character any more; the others still can.
    return this.#give(this.#tokenizer.decode(this.#tokens.splice(0, 1)));
  }

  /** The rest, after the last token. */
  end(): string {
    if (this.stopped) return "";
    const rest = this.#tokens.length > 0 ? this.#tokenizer.decode(this.#tokens) : "";
    this.#tokens = [];
    const text = this.#give(rest) + (this.stopped ? "" : this.#held);
    this.#held = "";
    return text;
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
