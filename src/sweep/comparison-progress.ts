/**
 * Progress of a comparison on standard error: a line for each finished trial, and on a terminal one
 * live line with what runs and the time left.
 *
 * @module
 */
import { refuseUnknownNames } from "../errors.ts";
import type { NamesOf } from "../errors.ts";
import { duration } from "../format.ts";
import { printable } from "../printable.ts";
import { liveLine, rewriteLine } from "./live-line.ts";
import type { ProgressStream } from "./live-line.ts";
import { trialName } from "./trial-job.ts";
import type { FromTrial, TrialJob } from "./trial-job.ts";

/** Training's share of a trial's time, for the estimate; the rest is evaluation. */
const trainingShare = 0.75;

interface Running {
  step: number;
  loss: number;
  evaluating: boolean;
  readonly since: number;
  /** The share of the trial that an earlier start had done. */
  readonly before: number;
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
  readonly stream?: ProgressStream;
  /** The time in milliseconds. Default: that of the process. */
  readonly now?: () => number;
}

const names: NamesOf<ProgressOptions> = {
  trials: true,
  open: true,
  steps: true,
  processes: true,
  stream: true,
  now: true,
};

/** Follows the messages of trials and prints. */
export class ComparisonProgress {
  readonly #total: number;
  readonly #open: number;
  readonly #steps: number;
  readonly #processes: number;
  readonly #running = new Map<string, Running>();
  readonly #stream: ProgressStream;
  readonly #now: () => number;
  readonly #started: number;
  #done = 0;
  /** What this start did of the trials that are done, in trials. */
  #worked = 0;
  #drawn = -Infinity;

  constructor(options: ProgressOptions) {
    refuseUnknownNames("ComparisonProgress", options, names);
    const { trials, open, steps, processes, stream = process.stderr } = options;
    this.#now = options.now ?? (() => performance.now());
    this.#started = this.#now();
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
      since: this.#now(),
      before: message.kind === "step" ? this.#share(message.step, false) : trainingShare,
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
        this.#worked += 1 - running.before;
        const place = this.#total - this.#open + this.#done;
        const took = duration((this.#now() - running.since) / 1000);
        // A trial whose training was over before has no step here, only evaluations.
        const trained =
          running.step > 0 ? `training loss ${running.loss.toFixed(3)} nats` : "measured";
        const outcome = message.note ?? `${trained}  ${took}`;
        this.#print(`[${place}/${this.#total}] ${name}  ${outcome}`);
      }
    }
    this.#draw();
  }

  /** Removes the live line. */
  end(): void {
    if (this.#stream.isTTY) rewriteLine(this.#stream, "");
  }

  #print(line: string): void {
    this.end();
    this.#stream.write(`${printable(line)}\n`);
  }

  #draw(): void {
    const now = this.#now();
    if (!this.#stream.isTTY || now - this.#drawn < 100) return;
    this.#drawn = now;
    const parts = [...this.#running].map(([name, { step, loss, evaluating }]) =>
      evaluating
        ? `${name} evaluating`
        : `${name} step ${step}/${this.#steps} loss ${loss.toFixed(2)}`,
    );
    rewriteLine(this.#stream, liveLine(this.#secondsLeft(now), parts, this.#stream.columns));
  }

  /** The share of a trial that is done. */
  #share(step: number, evaluating: boolean): number {
    return evaluating ? (1 + trainingShare) / 2 : (trainingShare * step) / this.#steps;
  }

  /** Undefined until there is something to go by. What an earlier start had done took no time in this one. */
  #secondsLeft(now: number): number | undefined {
    const elapsed = (now - this.#started) / 1000;
    const shares = [...this.#running.values()].map(({ step, evaluating, before }) => ({
      done: this.#share(step, evaluating),
      before,
    }));
    const done = shares.reduce((sum, share) => sum + share.done, 0);
    const worked = shares.reduce((sum, share) => sum + share.done - share.before, this.#worked);
    if (elapsed < 2 || worked <= 0) return undefined;
    const ofTrial = (elapsed / worked) * this.#processes;
    const remaining = this.#open - this.#done - done;
    // The last trials may leave processes idle, so the longest of them counts as well.
    const longest = Math.max(0, ...shares.map((share) => 1 - share.done));
    return ofTrial * Math.max(remaining / this.#processes, longest);
  }
}
