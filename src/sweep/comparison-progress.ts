/**
 * Progress of a comparison on standard error: a line for each finished trial, and on a terminal one
 * live line with what runs and the time left.
 *
 * @module
 */
import { duration } from "../format.ts";
import { trialName } from "./trial-job.ts";
import type { FromTrial, TrialJob } from "./trial-job.ts";

/** Training's share of a trial's time, for the estimate; the rest is evaluation. */
const trainingShare = 0.75;

interface Running {
  step: number;
  loss: number;
  evaluating: boolean;
  readonly since: number;
}

/** What is known of a comparison before its trials run. */
export interface ProgressOptions {
  /** All trials, those that were finished before included. */
  readonly trials: number;
  /** Trials that are not finished. */
  readonly open: number;
  /** Training steps of a trial. */
  readonly steps: number;
  /** Trials at once. */
  readonly processes: number;
  /** Where to write. Default: standard error. */
  readonly stream?: NodeJS.WriteStream;
}

/** Follows the messages of trials and prints. */
export class ComparisonProgress {
  readonly #total: number;
  readonly #open: number;
  readonly #steps: number;
  readonly #processes: number;
  readonly #running = new Map<string, Running>();
  readonly #stream: NodeJS.WriteStream;
  readonly #started = performance.now();
  #done = 0;
  #drawn = 0;

  constructor({ trials, open, steps, processes, stream = process.stderr }: ProgressOptions) {
    this.#total = trials;
    this.#open = open;
    this.#steps = steps;
    this.#processes = Math.min(processes, Math.max(1, open));
    this.#stream = stream;
    if (open < trials) this.#print(`${trials - open} of ${trials} trials were finished before`);
  }

  /** Takes a message of a trial. */
  update(job: TrialJob, message: FromTrial): void {
    const name = trialName(job);
    const running = this.#running.get(name) ?? {
      step: 0,
      loss: NaN,
      evaluating: false,
      since: performance.now(),
    };
    this.#running.set(name, running);
    if (message.kind === "step") {
      running.step = message.step + 1;
      running.loss = message.loss;
    } else if (message.kind === "evaluate") running.evaluating = true;
    else {
      this.#running.delete(name);
      if (message.kind === "done") {
        this.#done++;
        const place = this.#total - this.#open + this.#done;
        const took = duration((performance.now() - running.since) / 1000);
        // A trial whose training was over before has no step here, only evaluations.
        const trained = running.step > 0 ? `training loss ${running.loss.toFixed(3)}` : "measured";
        const outcome = message.note ?? `${trained}  ${took}`;
        this.#print(`[${place}/${this.#total}] ${name}  ${outcome}`);
      }
    }
    this.#draw();
  }

  /** Removes the live line. */
  end(): void {
    if (this.#stream.isTTY) this.#stream.write("\r\x1b[K");
  }

  #print(line: string): void {
    this.end();
    this.#stream.write(`${line}\n`);
  }

  #draw(): void {
    const now = performance.now();
    if (!this.#stream.isTTY || now - this.#drawn < 100) return;
    this.#drawn = now;
    const parts = [...this.#running].map(([name, { step, loss, evaluating }]) =>
      evaluating
        ? `${name} evaluating`
        : `${name} step ${step}/${this.#steps} loss ${loss.toFixed(2)}`,
    );
    const left = this.#secondsLeft(now);
    if (left !== undefined) parts.push(`about ${duration(left)} left`);
    const line = parts.join(" · ").slice(0, (this.#stream.columns || 100) - 1);
    this.#stream.write(`\r\x1b[K${line}`);
  }

  #secondsLeft(now: number): number | undefined {
    const elapsed = (now - this.#started) / 1000;
    if (elapsed < 2) return undefined;
    const partial = [...this.#running.values()].reduce(
      (total, { step, evaluating }) =>
        total + (evaluating ? (1 + trainingShare) / 2 : (trainingShare * step) / this.#steps),
      0,
    );
    const finished = this.#done + partial;
    if (finished <= 0) return undefined;
    // The last round may run with fewer processes than the rounds before.
    const remaining = this.#open - finished;
    const rounds = Math.max(remaining / this.#processes, remaining > 0 ? 0.05 : 0);
    return (elapsed / finished) * Math.min(remaining, rounds * this.#processes);
  }
}
