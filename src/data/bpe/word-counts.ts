/**
 * How often each piece of a text occurs: all that byte-pair training reads of it.
 *
 * @module
 */
import type { Pieces } from "./pieces.ts";

/** Counts the pieces of lines; the text itself is not kept. */
export class WordCounts {
  readonly #pieces: Pieces;
  readonly #counts = new Map<string, number>();
  #lines = 0;

  constructor(pieces: Pieces) {
    this.#pieces = pieces;
  }

  /** Lines that were added. */
  get lines(): number {
    return this.#lines;
  }

  /** Adds a line, with its line break. */
  add(line: string): void {
    this.#lines++;
    for (const piece of this.#pieces.of(line))
      this.#counts.set(piece, (this.#counts.get(piece) ?? 0) + 1);
  }

  /** The pieces in the characters of tokens, in the order in which they were met. */
  words(): ReadonlyMap<string, number> {
    const { inTokenCharacters } = this.#pieces;
    return new Map(
      [...this.#counts].map(([piece, count]) => [inTokenCharacters(piece), count] as const),
    );
  }
}
