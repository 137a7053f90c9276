/**
 * How a process that works for a comparison lives: it stops when it is asked to, and does not outlive its parent.
 *
 * @module
 */
import { Worker } from "node:worker_threads";
import { stopSignals } from "../runs/interrupt.ts";

/** How long a process whose parent has died may take to end its step. */
const graceMs = 60_000;

/**
 * Looks for the parent from a thread of its own: the process hears nothing while a user's hook never returns or the
 * runtime prepares a large model, and would run on alone and keep its lock.
 */
const program = `
  const { graceMs, parent } = require("node:worker_threads").workerData;
  let since;
  setInterval(() => {
    if (process.ppid === parent) return;
    since ??= performance.now();
    if (performance.now() - since > graceMs) process.kill(process.pid, "SIGKILL");
  }, 500);
`;

/** Asks the process to stop when a signal says so or its parent ends; ends it if it hears nothing of that. */
export function liveAsChild(stop: AbortController, grace: number = graceMs): void {
  const watch = new Worker(program, {
    eval: true,
    workerData: { graceMs: grace, parent: process.ppid },
    execArgv: [],
  });
  watch.on("error", () => undefined);
  watch.unref();
  // A signal reaches the whole group. It must not cut a write short, nor lose the steps since the last checkpoint.
  for (const signal of stopSignals) process.on(signal, () => stop.abort());
  process.on("disconnect", () => stop.abort());
}

/** Ends the process, whatever a user's file left running; what was sent arrives first. */
export function endChild(): void {
  if (!process.connected) process.exit();
  process.on("disconnect", () => process.exit());
  process.disconnect();
}
