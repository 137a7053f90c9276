/**
 * Whether the process that left a lock behind still runs.
 *
 * @module
 */
import { readFileSync } from "node:fs";
import os from "node:os";

/** Names one process on one machine, across reuse of its number. */
export interface ProcessIdentity {
  readonly pid: number;
  readonly host: string;
  /** When the system started it, in the system's own words; null where the system does not tell (not Linux). */
  readonly started: string | null;
}

export function thisProcess(): ProcessIdentity {
  return { pid: process.pid, host: os.hostname(), started: startOf(process.pid) };
}

/** Whether it runs; undefined when it is, or was, on another machine and cannot be asked. */
export function isRunning({ pid, host, started }: ProcessIdentity): boolean | undefined {
  if (host !== os.hostname()) return undefined;
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: it runs, but belongs to somebody else.
    if ((error as NodeJS.ErrnoException).code !== "EPERM") return false;
  }
  // Its number may have gone to another program since.
  return started === null || startOf(pid) === null || startOf(pid) === started;
}

function startOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    // The name in parentheses may hold anything; the start is the 20th field after it.
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? null;
  } catch {
    return null;
  }
}
