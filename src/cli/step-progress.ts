/**
 * Progress of one training run: on a terminal one line that is rewritten, elsewhere a line every ten seconds.
 *
 * @module
 */
import type { StepMetrics } from "../training/train.ts";
import { duration } from "../format.ts";

/** Writes the progress of a run to standard error. */
export class StepProgress {
  readonly #steps: number;
  readonly #stream: NodeJS.WriteStream;
  readonly #started = performance.now();
  #first: number | undefined;
  #drawn = 0;
  #validation = "";

  constructor(steps: number, stream: NodeJS.WriteStream = process.stderr) {
    this.#steps = steps;
    this.#stream = stream;
  }

  /** Shows a step, if the last one was shown long enough ago. */
  update({ step, loss, validationLoss }: StepMetrics): void {
    this.#first ??= step;
    if (validationLoss !== undefined)
      this.#validation = `  validation ${validationLoss.toFixed(4)}`;
    const now = performance.now();
    const interval = this.#stream.isTTY ? 100 : 10_000;
    if (now - this.#drawn < interval && step + 1 < this.#steps) return;
    this.#drawn = now;
    const done = step + 1 - this.#first;
    const seconds = ((now - this.#started) / 1000 / done) * (this.#steps - step - 1);
    const line = `step ${step + 1}/${this.#steps}  loss ${loss.toFixed(4)}${this.#validation}  about ${duration(seconds)} left`;
    this.#stream.write(this.#stream.isTTY ? `\r\x1b[K${line}` : `${line}\n`);
  }

  /** Removes the line from the terminal. */
  end(): void {
    if (this.#stream.isTTY) this.#stream.write("\r\x1b[K");
  }
}
