/**
 * Progress of targets that are written: on a terminal one line that is rewritten, elsewhere a line every ten seconds.
 *
 * @module
 */
import { liveLine, rewriteLine } from "../sweep/live-line.ts";
import type { ProgressStream } from "../sweep/live-line.ts";

/** Writes progress to standard error. */
export class WrittenProgress {
  readonly #stream: ProgressStream;
  readonly #now: () => number;
  /** The part that is written, and when its first target was there. */
  #part: { readonly name: string; readonly since: number } | undefined;
  #drawn = -Infinity;

  /** @param now the time in milliseconds */
  constructor(
    stream: ProgressStream = process.stderr,
    now: () => number = () => performance.now(),
  ) {
    this.#stream = stream;
    this.#now = now;
  }

  /** Shows how many targets of a part are written, if it was last shown long enough ago. */
  update(written: number, pairs: number, part: string): void {
    const time = this.#now();
    if (this.#part?.name !== part) this.#part = { name: part, since: time };
    if (time - this.#drawn < (this.#stream.isTTY ? 100 : 10_000)) return;
    this.#drawn = time;
    const { since } = this.#part;
    const left =
      written > 1 ? ((time - since) / 1000 / (written - 1)) * (pairs - written) : undefined;
    const words = [`${part}: ${written} of ${pairs} written`];
    if (this.#stream.isTTY) rewriteLine(this.#stream, liveLine(left, words, this.#stream.columns));
    else this.#stream.write(`${liveLine(left, words, Infinity)}\n`);
  }

  /** Removes the line from the terminal. */
  end(): void {
    if (this.#stream.isTTY) rewriteLine(this.#stream, "");
  }
}
