/**
 * Locks of folders, which one process at a time writes to.
 *
 * Each process first creates its own lock file in the folder and then looks for those of others. If two do so at
 * once, each sees the other's file, so at most one continues. A single shared lock file would have a race between
 * checking and creating it.
 *
 * The lock of a dead process is removed. Where its number can be looked up, its death is known at once. From another
 * container or machine it cannot; there a lock counts as dead that has not been renewed for a while (`lock-beat.ts`).
 * A process that was only suspended finds its lock gone before it next writes (`requireLock`), and stops.
 *
 * @module
 */
import { randomBytes } from "node:crypto";
import { unlinkSync } from "node:fs";
import fs from "node:fs/promises";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { RunError } from "../errors.ts";
import { errorCode } from "../files/file-errors.ts";
import type { ProcessIdentity } from "../files/process-identity.ts";
import { isFromHere, isOfThisMachine, isRunning, thisProcess } from "../files/process-identity.ts";
import { temporaryBeside, whileUnfinished } from "../files/temporary-files.ts";
import { beatMs, startBeat } from "./lock-beat.ts";

const LOCK = /^\.relpos-lock-(\d+)-[0-9a-f]+$/;
const ATTEMPTS = 5;
/** After how long without a renewal a lock is of a dead process: in another container of this machine, and elsewhere. */
const silenceMs = { near: 10 * beatMs, far: 45 * beatMs } as const;

/** A lock that this process holds. */
export interface FolderLock {
  readonly file: string;
  /** Removes it. */
  release(): Promise<void>;
}

interface OtherLock {
  readonly file: string;
  readonly pid: number;
  /** undefined where the file does not say: its writer was killed before, or the power was cut. */
  readonly identity: ProcessIdentity | undefined;
}

/** Lock files of this process; removed if it exits without releasing them. */
const held = new Set<string>();
let watchingExit = false;

/** Whether a file's name is that of a lock. */
export function isLock(name: string): boolean {
  return LOCK.test(name);
}

/**
 * Locks a folder. Waits, for less than a minute, where only time tells whether another process is dead.
 *
 * @throws {RunError} another process writes there
 * @throws what the file system throws
 */
export async function lockFolder(folder: string): Promise<FolderLock> {
  let before: OtherLock | undefined;
  for (let attempt = 1; ; attempt++) {
    const lock = await putLock(folder);
    try {
      const other = await livingLock(folder, lock.file);
      if (other === undefined) return lock;
      // One that came at the same time has another lock by now.
      if (attempt === ATTEMPTS || other.file === before?.file) throw lockedBy(folder, other);
      before = other;
    } catch (error) {
      await lock.release();
      throw error;
    }
    await lock.release();
    // A random pause, so that two processes that collided do not collide again.
    await wait(20 + Math.random() * 60);
  }
}

/**
 * Refuses to write to a folder whose lock this process held and does not hold any more.
 *
 * @throws {RunError} the lock is gone
 */
export async function requireLock(folder: string): Promise<void> {
  for (const file of held) {
    if (path.dirname(file) !== path.resolve(folder)) continue;
    const there = await fs.access(file).then(
      () => true,
      (error: unknown) => errorCode(error) !== "ENOENT",
    );
    if (!there)
      throw new RunError(
        `${file} is gone, which kept other processes out: the folder was removed, or another process took it over ` +
          `after this one had been suspended. Nothing more is written. Run the same command again.`,
      );
  }
}

async function putLock(folder: string): Promise<FolderLock> {
  const name = `.relpos-lock-${process.pid}-${randomBytes(8).toString("hex")}`;
  const file = path.resolve(folder, name);
  held.add(file);
  if (!watchingExit) {
    watchingExit = true;
    process.once("exit", () => {
      for (const left of held)
        try {
          unlinkSync(left);
        } catch {
          // The file does not exist yet.
        }
    });
  }
  let stopBeat = (): Promise<void> => Promise.resolve();
  const release = async (): Promise<void> => {
    await stopBeat();
    await fs.rm(file, { force: true }).catch(() => undefined); // the folder itself may be gone
    held.delete(file);
  };
  try {
    const temporary = temporaryBeside(file);
    await whileUnfinished(temporary, async () => {
      await fs.writeFile(temporary, JSON.stringify(thisProcess()), { flag: "wx" });
      await fs.rename(temporary, file);
    });
  } catch (error) {
    await release();
    throw error;
  }
  stopBeat = startBeat(file);
  return { file, release };
}

/** A lock of a process that lives. Locks of dead processes are removed. */
async function livingLock(folder: string, mine: string): Promise<OtherLock | undefined> {
  for (const entry of await fs.readdir(folder)) {
    const pid = LOCK.exec(entry)?.[1];
    const file = path.resolve(folder, entry);
    if (pid === undefined || file === mine) continue;
    const other = { file, pid: Number(pid), identity: await readIdentity(file) };
    if (held.has(file) || (await lives(other, mine))) return other;
    await fs.rm(file, { force: true });
  }
  return undefined;
}

async function lives({ file, identity }: OtherLock, mine: string): Promise<boolean> {
  const fromHere = identity !== undefined && isFromHere(identity);
  if (fromHere && !isRunning(identity)) return false;
  // Without a start time, it may be a later process of that number.
  if (fromHere && identity.started !== null) return true;
  const near = fromHere || (identity !== undefined && isOfThisMachine(identity));
  return await isRenewed(file, mine, near ? silenceMs.near : silenceMs.far);
}

/** Waits until a lock is renewed, or has not been for so long. */
async function isRenewed(file: string, mine: string, silence: number): Promise<boolean> {
  const [first, now] = [await renewal(file), await renewal(mine)];
  if (first === undefined) return false;
  // Both times are of the disk's clock, which is one, whatever the clocks of the machines say.
  const age = Math.max(0, (now ?? first) - first);
  const end = performance.now() + silence - age;
  while (performance.now() < end) {
    await wait(Math.min(beatMs / 4, Math.max(1, end - performance.now())));
    const last = await renewal(file);
    if (last === undefined) return false;
    if (last !== first) return true;
  }
  return false;
}

/** When a lock was renewed, in milliseconds; undefined where it is gone. Opening a file asks a network disk anew. */
async function renewal(file: string): Promise<number | undefined> {
  try {
    const handle = await fs.open(file, "r");
    try {
      return (await handle.stat()).mtimeMs;
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (errorCode(error) === "ENOENT") return undefined;
    throw error;
  }
}

async function readIdentity(file: string): Promise<ProcessIdentity | undefined> {
  try {
    const value = JSON.parse(await fs.readFile(file, "utf8")) as Partial<ProcessIdentity>;
    const { pid, host, started = null, boot = null, space = null } = value;
    if (typeof pid !== "number" || typeof host !== "string") return undefined;
    return { pid, host, started, boot, space };
  } catch {
    return undefined;
  }
}

function lockedBy(folder: string, { file, pid, identity }: OtherLock): RunError {
  const ways = "Wait until it ends, or choose another folder.";
  if (held.has(file) || (identity !== undefined && isFromHere(identity)))
    return new RunError(`process ${pid} is writing to ${folder}. ${ways}`);
  const host = identity === undefined ? "" : ` on ${identity.host}`;
  return new RunError(
    `process ${pid}${host}, in another container or on another machine, is writing to ${folder}: ` +
      `it renews its lock ${file}. ${ways}`,
  );
}
