/**
 * Progress of one training run: a live line on a terminal, a line now and then elsewhere.
 *
 * @module
 */
import type { StepMetrics } from "../training/train.ts";
import { duration } from "../format.ts";

/** Draws on standard error. */
export class StepProgress {
  readonly #steps: number;
  readonly #stream: NodeJS.WriteStream;
  readonly #started = performance.now();
  #first: number | undefined;
  #drawn = 0;

  constructor(steps: number, stream: NodeJS.WriteStream = process.stderr) {
    this.#steps = steps;
    this.#stream = stream;
  }

  update({ step, loss }: StepMetrics): void {
    this.#first ??= step;
    const now = performance.now();
    const interval = this.#stream.isTTY ? 100 : 10_000;
    if (now - this.#drawn < interval && step + 1 < this.#steps) return;
    this.#drawn = now;
    const done = step + 1 - this.#first;
    const seconds = ((now - this.#started) / 1000 / done) * (this.#steps - step - 1);
    const line = `step ${step + 1}/${this.#steps}  loss ${loss.toFixed(4)}  about ${duration(seconds)} left`;
    this.#stream.write(this.#stream.isTTY ? `\r\x1b[K${line}` : `${line}\n`);
  }

  /** Removes the live line. */
  end(): void {
    if (this.#stream.isTTY) this.#stream.write("\r\x1b[K");
  }
}
