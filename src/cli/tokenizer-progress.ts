/**
 * Progress of training a tokenizer, where it takes longer than two seconds: on a terminal one line that is rewritten,
 * elsewhere a line every ten seconds.
 *
 * @module
 */
import type { TokenizerProgress } from "../data/train-tokenizer-file.ts";
import { grouped } from "../format.ts";
import { liveLine, rewriteLine } from "../sweep/live-line.ts";
import type { ProgressStream } from "../sweep/live-line.ts";

const QUIET_MS = 2_000;

/** Writes progress to standard error. */
export class TokenizerProgressLine {
  readonly #stream: ProgressStream;
  readonly #now: () => number;
  readonly #begun: number;
  #drawn = -Infinity;

  /** @param now the time in milliseconds */
  constructor(
    stream: ProgressStream = process.stderr,
    now: () => number = () => performance.now(),
  ) {
    this.#stream = stream;
    this.#now = now;
    this.#begun = now();
  }

  /** Shows how far the training is, if the last line was shown long enough ago. */
  update({ stage, done, total }: TokenizerProgress): void {
    const time = this.#now();
    if (time - this.#begun < QUIET_MS) return;
    if (time - this.#drawn < (this.#stream.isTTY ? 100 : 10_000)) return;
    this.#drawn = time;
    const part =
      stage === "reading"
        ? `read ${(done / 1e6).toFixed(1)} of ${(total / 1e6).toFixed(1)} MB`
        : `${grouped(done)} of ${grouped(total)} tokens`;
    // Later merges are faster, so a time left would be wrong.
    if (this.#stream.isTTY)
      rewriteLine(this.#stream, liveLine(undefined, [part], this.#stream.columns));
    else this.#stream.write(`${part}\n`);
  }

  /** Removes the line from the terminal. */
  end(): void {
    if (this.#stream.isTTY && this.#drawn > -Infinity) rewriteLine(this.#stream, "");
  }
}
