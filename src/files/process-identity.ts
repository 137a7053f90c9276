/**
 * Identifies processes, to find out whether the process that wrote a lock file still runs.
 *
 * @module
 */
import { readFileSync } from "node:fs";
import os from "node:os";

/** One process on one machine; its start time distinguishes it from a later process with the same number. */
export interface ProcessIdentity {
  readonly pid: number;
  readonly host: string;
  /** Its start time, in clock ticks since the machine started; null where this is not known (not Linux). */
  readonly started: string | null;
}

/** The identity of this process. */
export function thisProcess(): ProcessIdentity {
  return { pid: process.pid, host: os.hostname(), started: startOf(process.pid) };
}

/** Whether a process runs; undefined if it is of another machine, where this cannot be found out. */
export function isRunning({ pid, host, started }: ProcessIdentity): boolean | undefined {
  if (host !== os.hostname()) return undefined;
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: it runs, but belongs to somebody else.
    if ((error as NodeJS.ErrnoException).code !== "EPERM") return false;
  }
  const fields = statOf(pid);
  // A zombie: it has ended, and its parent has not read its exit code.
  if (fields?.[0] === "Z") return false;
  // Another program may have been given its number.
  return started === null || fields === null || fields[19] === started;
}

function startOf(pid: number): string | null {
  return statOf(pid)?.[19] ?? null;
}

/** The fields of /proc/<pid>/stat after the program's name: the first is its state, the 20th its start time. */
function statOf(pid: number): string[] | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    // The name is in parentheses and may contain any character.
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  } catch {
    return null;
  }
}
