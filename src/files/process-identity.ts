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
  const fields = statOf(pid);
  // Killed, and nobody has asked how it ended: it holds a number and does nothing more.
  if (fields?.[0] === "Z") return false;
  // Its number may have gone to another program since.
  return started === null || fields === null || fields[19] === started;
}

function startOf(pid: number): string | null {
  return statOf(pid)?.[19] ?? null;
}

/** The kernel's fields after the program's name: its state, and as the 20th its start. */
function statOf(pid: number): string[] | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    // The name in parentheses may hold anything.
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  } catch {
    return null;
  }
}
