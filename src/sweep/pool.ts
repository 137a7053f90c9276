/**
 * Trials over processes: as many at once as fit, in order, until all are done or one fails.
 *
 * @module
 */
import { fork } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { RunError, InputError } from "../errors.ts";
import { trialName } from "./trial-job.ts";
import type { FromTrial, ToTrial, TrialJob } from "./trial-job.ts";

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

function runTrialProcess(
  job: TrialJob,
  stop: AbortSignal,
  onMessage: (message: FromTrial) => void,
): Promise<"done" | "stopped"> {
  return new Promise((resolve, reject) => {
    // In the repository the sources run directly; in the package they are built.
    const suffix = import.meta.url.endsWith(".ts") ? "ts" : "js";
    const child = fork(new URL(`./trial-process.${suffix}`, import.meta.url));
    let end: "done" | "stopped" | Error | undefined;
    const send = (message: ToTrial): void => {
      if (child.connected) child.send(message);
    };
    const onStop = (): void => send({ kind: "stop" });
    stop.addEventListener("abort", onStop);
    child.on("message", (message: FromTrial) => {
      onMessage(message);
      if (message.kind === "done" || message.kind === "stopped") end = message.kind;
      if (message.kind === "failed") end = failureOf(job, message);
    });
    child.on("error", (cause) => {
      // Of a process that was started, the exit says more: a message to one that has ended is an error too.
      if (child.pid === undefined)
        reject(new RunError(`${trialName(job)}: ${cause.message}`, { cause }));
    });
    child.on("exit", (code, exitSignal) => {
      stop.removeEventListener("abort", onStop);
      if (end === "done" || end === "stopped") return resolve(end);
      // Ctrl-C may reach a process before it has loaded what would hear it.
      if (end === undefined && (exitSignal === "SIGINT" || exitSignal === "SIGTERM"))
        return resolve("stopped");
      reject(end ?? died(job, child, code, exitSignal));
    });
    send({ kind: "start", job });
    if (stop.aborted) onStop();
  });
}

function failureOf(job: TrialJob, failed: { message: string; exitCode: number }): Error {
  const text = `${trialName(job)}: ${failed.message}`;
  return failed.exitCode === 2 ? new InputError(text) : new RunError(text);
}

function died(
  job: TrialJob,
  child: ChildProcess,
  code: number | null,
  signal: NodeJS.Signals | null,
): RunError {
  const how = signal ? `was killed by ${signal}` : `ended with code ${code}`;
  return new RunError(
    `${trialName(job)}: its process ${child.pid ?? ""} ${how}. Run the same command again to go on from the ` +
      `last checkpoint; if it was out of memory, lower --batch or --processes.`,
  );
}
