/**
 * Trials over processes: as many at once as fit, in order, until all are done or one fails.
 *
 * @module
 */
import { RunError, InputError } from "../errors.ts";
import { runChildProcess } from "./child-process.ts";
import type { ChildProcessEnd } from "./child-process.ts";
import { trialName } from "./trial-job.ts";
import type { FromTrial, TrialJob } from "./trial-job.ts";

/** How trials run. */
export interface PoolOptions {
  /** Trials at once. */
  readonly processes: number;
  readonly onMessage?: (job: TrialJob, message: FromTrial) => void;
  /** Stops the running trials after their current step, with checkpoints. */
  readonly signal?: AbortSignal;
}

/**
 * Runs all jobs. Resolves to true when every trial is finished, false when it was stopped. A trial that fails stops
 * the others after their current step.
 *
 * @throws {InputError} a trial could not begin with what it was given; the message names the trial
 * @throws {RunError} a trial failed or its process died; the message names the trial
 */
export async function runTrials(
  jobs: readonly TrialJob[],
  { processes, onMessage, signal }: PoolOptions,
): Promise<boolean> {
  const waiting = [...jobs];
  const failure = new AbortController();
  const stop = AbortSignal.any([failure.signal, ...(signal ? [signal] : [])]);
  let stopped = false;
  const worker = async (): Promise<void> => {
    for (let job = waiting.shift(); job !== undefined && !stop.aborted; job = waiting.shift()) {
      const current = job;
      const end = await runTrialProcess(current, stop, (message) => onMessage?.(current, message));
      if (end === "stopped") stopped = true;
    }
  };
  const results = await Promise.allSettled(
    Array.from({ length: Math.min(processes, jobs.length) }, () =>
      worker().catch((error: unknown) => {
        failure.abort();
        throw error;
      }),
    ),
  );
  for (const result of results) if (result.status === "rejected") throw result.reason;
  return !stopped && !stop.aborted;
}

async function runTrialProcess(
  job: TrialJob,
  stop: AbortSignal,
  onMessage: (message: FromTrial) => void,
): Promise<"done" | "stopped"> {
  let end: "done" | "stopped" | Error | undefined;
  const ended = await runChildProcess<TrialJob, FromTrial>({
    ...{ script: "trial-process", job, stop },
    onMessage(message) {
      onMessage(message);
      if (message.kind === "done" || message.kind === "stopped") end = message.kind;
      if (message.kind === "failed") end = failureOf(job, message);
    },
  }).catch((cause: unknown) => {
    const words = cause instanceof Error ? cause.message : String(cause);
    throw new RunError(`${trialName(job)}: ${words}`, { cause });
  });
  end ??= ended.interrupted ? "stopped" : died(job, ended);
  if (end instanceof Error) throw end;
  return end;
}

function failureOf(job: TrialJob, failed: { message: string; exitCode: number }): Error {
  const text = `${trialName(job)}: ${failed.message}`;
  return failed.exitCode === 2 ? new InputError(text) : new RunError(text);
}

function died(job: TrialJob, { pid, how }: ChildProcessEnd): RunError {
  return new RunError(
    `${trialName(job)}: its process ${pid ?? ""} ${how}. Run the same command again to go on from the ` +
      `last checkpoint; if it was out of memory, lower --batch or --processes.`,
  );
}
