/**
 * Identifies processes, to find out whether the process that wrote a lock file still runs.
 *
 * @module
 */
import { readFileSync, readlinkSync } from "node:fs";
import os from "node:os";

/**
 * One process. Numbers and host names repeat, above all in containers, where every start is process 1. On Linux, a
 * start of the machine and a space of process numbers tell whether a number means the same here, and the start time
 * tells a process from a later one of that number.
 */
export interface ProcessIdentity {
  readonly pid: number;
  readonly host: string;
  /** Its start time, in clock ticks since the machine started; null where this is not known (not Linux). */
  readonly started: string | null;
  /** The machine's id since it started; null where this is not known (not Linux). */
  readonly boot: string | null;
  /** The space that its number belongs to: containers have their own; null where this is not known. */
  readonly space: string | null;
}

/** The identity of this process. */
export function thisProcess(): ProcessIdentity {
  return { pid: process.pid, host: os.hostname(), started: startOf(process.pid), ...here() };
}

/** Whether the number of a process can be looked up here: it is of this start of the machine, and of this space. */
export function isFromHere({ boot, space, host }: ProcessIdentity): boolean {
  const own = here();
  if (own.boot === null || own.space === null) return boot === null && host === os.hostname();
  return boot === own.boot && space === own.space;
}

/** Whether this machine has not started again since, and is the same: its clocks and its file systems are one. */
export function isOfThisMachine({ boot }: ProcessIdentity): boolean {
  return boot !== null && boot === here().boot;
}

/** Whether a process `isFromHere` runs; without its start time, whether any process has its number. */
export function isRunning({
  pid,
  started = null,
}: Pick<ProcessIdentity, "pid"> & Partial<ProcessIdentity>): boolean {
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

function here(): Pick<ProcessIdentity, "boot" | "space"> {
  try {
    return {
      boot: readFileSync("/proc/sys/kernel/random/boot_id", "latin1").trim(),
      space: readlinkSync("/proc/self/ns/pid"),
    };
  } catch {
    return { boot: null, space: null };
  }
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
