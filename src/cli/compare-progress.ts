/**
 * Progress of a comparison on standard error: a line for each finished trial, and on a terminal one
 * live line with what runs and the time left.
 *
 * @module
 */
import type { FromTrial, TrialJob } from "../sweep/trial-job.ts";
import { trialName } from "../sweep/trial-job.ts";

/** Training's share of a trial's time, for the estimate; the rest is evaluation. */
const trainingShare = 0.75;

interface Running {
  step: number;
  loss: number;
  evaluating: boolean;
  readonly since: number;
}

/** Follows the messages of trials and draws. */
export class CompareProgress {
  readonly #total: number;
  readonly #open: number;
  readonly #steps: number;
  readonly #processes: number;
  readonly #running = new Map<string, Running>();
  readonly #stream: NodeJS.WriteStream;
  readonly #started = performance.now();
  #done = 0;
  #drawn = 0;

  constructor(
    total: number,
    open: readonly TrialJob[],
    steps: number,
    processes: number,
    stream: NodeJS.WriteStream = process.stderr,
  ) {
    this.#total = total;
    this.#open = open.length;
    this.#steps = steps;
    this.#processes = Math.min(processes, Math.max(1, open.length));
    this.#stream = stream;
    if (open.length < total)
      this.#print(`${total - open.length} of ${total} trials were finished before`);
  }

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
        const outcome = message.note ?? `training loss ${running.loss.toFixed(3)}  ${took}`;
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

/** `42 s`, `3 min 05 s` */
export function duration(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, "0")} s`;
}
