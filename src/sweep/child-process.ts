/**
 * A process that does one job of a comparison: started, asked to stop, waited for.
 *
 * @module
 */
import { fork } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { stopSignals } from "../runs/interrupt.ts";

/** Processes that run; killed if this one exits, as by a second Ctrl-C, so that none runs on alone. */
const running = new Set<ChildProcess>();
let watchingExit = false;

function killAtExit(child: ChildProcess): void {
  running.add(child);
  if (watchingExit) return;
  watchingExit = true;
  process.once("exit", () => {
    for (const left of running) left.kill("SIGKILL");
  });
}

/** The job, and what is done with the process. */
export interface ChildProcessRequest<Job, From> {
  /** A file of this folder, without its ending. */
  readonly script: string;
  /** Sent as `{ kind: "start", job }`. */
  readonly job: Job;
  readonly onMessage: (message: From) => void;
  /** Sends `{ kind: "stop" }`. */
  readonly stop?: AbortSignal | undefined;
}

/** How a process ended. */
export interface ChildProcessEnd {
  readonly pid: number | undefined;
  /** "was killed by SIGKILL" or "ended with code 3". */
  readonly how: string;
  /** Whether it was a signal that asks to stop: Ctrl-C may reach a process before it has loaded what would hear it. */
  readonly interrupted: boolean;
}

/**
 * Runs a process to its end.
 *
 * @throws {Error} the system could not start it
 */
export function runChildProcess<Job, From>({
  script,
  job,
  onMessage,
  stop,
}: ChildProcessRequest<Job, From>): Promise<ChildProcessEnd> {
  return new Promise((resolve, reject) => {
    // In the repository the sources run directly; in the package they are built.
    const suffix = import.meta.url.endsWith(".ts") ? "ts" : "js";
    const child = fork(new URL(`./${script}.${suffix}`, import.meta.url));
    const send = (message: object): void => {
      if (child.connected) child.send(message);
    };
    const onStop = (): void => send({ kind: "stop" });
    stop?.addEventListener("abort", onStop);
    child.on("message", (message) => onMessage(message as From));
    child.on("error", (cause) => {
      // Of a process that was started, the exit says more: a message to one that has ended is an error too.
      if (child.pid === undefined) reject(cause);
    });
    killAtExit(child);
    child.on("exit", (code, signal) => {
      running.delete(child);
      stop?.removeEventListener("abort", onStop);
      const end = {
        pid: child.pid,
        how: signal ? `was killed by ${signal}` : `ended with code ${code}`,
        interrupted: stopSignals.some((each) => each === signal),
      };
      // What it sent last may still be on its way.
      if (child.connected) child.once("disconnect", () => resolve(end));
      else resolve(end);
    });
    send({ kind: "start", job });
    if (stop?.aborted) onStop();
  });
}
