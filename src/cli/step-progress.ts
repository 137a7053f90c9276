/**
 * Progress of one training run: on a terminal one line that is rewritten, elsewhere a line every ten seconds.
 *
 * @module
 */
import { liveLine, rewriteLine } from "../sweep/live-line.ts";
import type { ProgressStream } from "../sweep/live-line.ts";
import type { StepMetrics } from "../training/train.ts";

/** Writes the progress of a run to standard error. */
export class StepProgress {
  readonly #steps: number;
  readonly #stream: ProgressStream;
  readonly #now: () => number;
  /** The first step that was seen and when it ended: what came before is loading, or an earlier start of the run. */
  #first: { readonly step: number; readonly time: number } | undefined;
  #drawn = -Infinity;
  #validation: readonly string[] = [];

  /** @param now the time in milliseconds */
  constructor(
    steps: number,
    stream: ProgressStream = process.stderr,
    now: () => number = () => performance.now(),
  ) {
    this.#steps = steps;
    this.#stream = stream;
    this.#now = now;
  }

  /** Shows a step, if the last one was shown long enough ago. */
  update({ step, loss, validationLoss }: StepMetrics): void {
    const time = this.#now();
    if (validationLoss !== undefined)
      this.#validation = [`validation ${validationLoss.toFixed(4)}`];
    this.#first ??= { step, time };
    const interval = this.#stream.isTTY ? 100 : 10_000;
    if (time - this.#drawn < interval && step + 1 < this.#steps) return;
    this.#drawn = time;
    const parts = [
      ...[`step ${step + 1}/${this.#steps}`, `loss ${loss.toFixed(4)}`],
      ...this.#validation,
    ];
    const seconds = this.#secondsLeft(step, time);
    if (this.#stream.isTTY)
      rewriteLine(this.#stream, liveLine(seconds, parts, this.#stream.columns));
    else this.#stream.write(`${liveLine(seconds, parts, Infinity)}\n`);
  }

  /** Removes the line from the terminal. */
  end(): void {
    if (this.#stream.isTTY) rewriteLine(this.#stream, "");
  }

  /** Undefined until two steps were seen. */
  #secondsLeft(step: number, time: number): number | undefined {
    const open = this.#steps - step - 1;
    if (open <= 0) return 0;
    const { step: first, time: since } = this.#first!;
    return step > first ? ((time - since) / 1000 / (step - first)) * open : undefined;
  }
}
