/**
 * Locks of folders, which one process at a time writes to.
 *
 * Each process first creates its own lock file in the folder and then looks for those of others. If two do so at
 * once, each sees the other's file, so at most one continues. A single shared lock file would have a race between
 * checking and creating it.
 *
 * The lock of a dead process is removed. Where its number can be looked up, its death is known at once. From another
 * container or machine it cannot; there a lock counts as dead that has not been renewed for a while (`lock-beat.ts`),
 * unless the operating system says that its process lives (`system-lock.ts`). A process that was only suspended, on
 * another machine, finds its lock gone before it next writes (`requireLock`), and stops.
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
import { systemLockName, takeSystemLock } from "../files/system-lock.ts";
import type { SystemLock } from "../files/system-lock.ts";
import type { ProcessIdentity } from "../files/process-identity.ts";
import { isFromHere, isOfThisMachine, isRunning, thisProcess } from "../files/process-identity.ts";
import { beatMs, startBeat } from "./lock-beat.ts";

const LOCK = /^\.relpos-lock-(\d+)-[0-9a-f]+$/;
const ATTEMPTS = 5;
/**
 * After how long without a renewal a lock is of a dead process: in another container of this machine, where the system
 * says that nobody holds its lock and where it cannot say so, and elsewhere.
 */
const silenceMs = { free: 2.5 * beatMs, near: 10 * beatMs, far: 45 * beatMs } as const;

/** A lock that this process holds. */
export interface FolderLock {
  readonly file: string;
  /** Removes it. */
  release(): Promise<void>;
}

/** What a lock file holds. */
interface LockRecord extends ProcessIdentity {
  /** The file system on which its process also holds the lock of the operating system; null where it does not. */
  readonly device: number | null;
}

interface OtherLock {
  readonly file: string;
  readonly pid: number;
  /** undefined where the file does not say: its writer was killed before, or the power was cut. */
  readonly identity: LockRecord | undefined;
}

/** Lock files of this process; removed if it exits without releasing them. */
const held = new Map<string, SystemLock>();
/** Lock files that were released and that the system did not remove; tried again when it exits. */
const left = new Set<string>();
let watchingExit = false;

/** Whether a file's name is that of a lock. */
export function isLock(name: string): boolean {
  return LOCK.test(name) || name === systemLockName;
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
    const system = takeSystemLock(folder);
    const lock = await putLock(folder, system);
    try {
      const other = await livingLock(folder, { file: lock.file, system });
      // Busy, though nobody is there: one that has just come, or is about to go.
      const coming = system.state === "busy" && attempt < ATTEMPTS;
      if (other === undefined && !coming) return lock;
      // One that came at the same time has another lock by now.
      if (other !== undefined && (attempt === ATTEMPTS || other.file === before?.file))
        throw lockedBy(folder, other);
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
  for (const file of held.keys()) {
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

async function putLock(folder: string, system: SystemLock): Promise<FolderLock> {
  const name = `.relpos-lock-${process.pid}-${randomBytes(8).toString("hex")}`;
  const file = path.resolve(folder, name);
  held.set(file, system);
  if (!watchingExit) {
    watchingExit = true;
    process.once("exit", () => {
      for (const file of [...held.keys(), ...left])
        try {
          unlinkSync(file);
        } catch {
          // The file does not exist yet.
        }
      for (const ofSystem of held.values()) if (ofSystem.state === "held") ofSystem.release();
    });
  }
  const device = system.state === "held" ? system.device : null;
  const record: LockRecord = { ...thisProcess(), device };
  let stopBeat = (): Promise<void> => Promise.resolve();
  const release = async (): Promise<void> => {
    await stopBeat();
    await fs.rm(file, { force: true }).catch(() => left.add(file)); // the folder itself may be gone
    if (system.state === "held") system.release();
    held.delete(file);
  };
  try {
    await fs.writeFile(file, JSON.stringify(record), { flag: "wx" });
  } catch (error) {
    await release();
    throw error;
  }
  stopBeat = startBeat(file);
  return { file, release };
}

interface MyLock {
  readonly file: string;
  readonly system: SystemLock;
}

/** A lock of a process that lives. Locks of dead processes are removed. */
async function livingLock(folder: string, mine: MyLock): Promise<OtherLock | undefined> {
  for (const entry of await fs.readdir(folder)) {
    const pid = LOCK.exec(entry)?.[1];
    const file = path.resolve(folder, entry);
    if (pid === undefined || file === mine.file) continue;
    const other = { file, pid: Number(pid), identity: await readIdentity(file) };
    if (held.has(file) || (!left.has(file) && (await lives(other, mine)))) return other;
    await fs.rm(file, { force: true });
    left.delete(file);
  }
  return undefined;
}

async function lives({ file, identity }: OtherLock, mine: MyLock): Promise<boolean> {
  const fromHere = identity !== undefined && isFromHere(identity);
  if (fromHere && !isRunning(identity)) return false;
  // Without a start time, it may be a later process of that number.
  if (fromHere && identity.started !== null) return true;
  return await isRenewed(file, mine.file, silenceOf(identity, mine.system, fromHere));
}

/** How long a lock may be silent; Infinity where the operating system says that its process lives. */
function silenceOf(
  identity: LockRecord | undefined,
  system: SystemLock,
  fromHere: boolean,
): number {
  if (fromHere) return silenceMs.near;
  if (identity === undefined || !isOfThisMachine(identity)) return silenceMs.far;
  const known = system.state !== "none" && system.device === identity.device;
  if (!known) return silenceMs.near;
  return system.state === "busy" ? Infinity : silenceMs.free;
}

/** Waits until a lock is renewed, or has not been for so long. */
async function isRenewed(file: string, mine: string, silence: number): Promise<boolean> {
  const [first, now] = [await renewal(file), await renewal(mine)];
  if (first === undefined) return false;
  if (silence === Infinity) return true;
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

async function readIdentity(file: string): Promise<LockRecord | undefined> {
  try {
    const value = JSON.parse(await fs.readFile(file, "utf8")) as Partial<LockRecord>;
    const { pid, host, started = null, boot = null, space = null, device = null } = value;
    if (typeof pid !== "number" || typeof host !== "string") return undefined;
    return { pid, host, started, boot, space, device };
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
