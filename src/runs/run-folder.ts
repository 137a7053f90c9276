/**
 * The output folder of a run, which one process at a time may write to.
 *
 * A folder belongs to relpos if relpos made it or found it empty (it then has the file `.relpos`), or if it has a
 * `run.json` or `results.json`. Any other folder that is not empty is refused, because files are replaced here.
 *
 * Locks: each process first creates its own lock file in the folder and then looks for those of others. If two do so
 * at once, each sees the other's file, so at most one continues; the lock file of a process that has died is removed.
 * A single shared lock file would have a race between checking and creating it.
 *
 * @module
 */
import { randomBytes } from "node:crypto";
import { unlinkSync } from "node:fs";
import fs from "node:fs/promises";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { InputError, RunError } from "../errors.ts";
import { errorCode, writeError } from "../files/file-errors.ts";
import { flushFolder, writeAtomically } from "../files/files.ts";
import { isTemporary, removeTemporaries } from "../files/temporary-files.ts";
import type { ProcessIdentity } from "../files/process-identity.ts";
import { isRunning, thisProcess } from "../files/process-identity.ts";

const MARKER = ".relpos";
const SIGNS_OF_OURS: readonly string[] = [MARKER, "run.json", "results.json"];
const LOCK = /^\.relpos-lock-(\d+)-[0-9a-f]{8}$/;
const ATTEMPTS = 5;

/** A folder that only this process writes to until it releases it. */
export interface FolderClaim {
  readonly path: string;
  /** Allows other processes to write here. A folder that the claim made and that stayed empty is removed. */
  release(): Promise<void>;
}

interface Lock extends ProcessIdentity {
  readonly file: string;
}

/** Lock files of this process; removed if it exits without releasing them. */
const held = new Set<string>();
let watchingExit = false;

/**
 * Makes an output folder, or uses an existing one, and locks it. Temporary files of processes that died are removed.
 *
 * @throws {InputError} the path is a file, a folder with files that are not from relpos, or cannot be written to
 * @throws {RunError} another process writes there
 */
export async function claimFolder(folder: string): Promise<FolderClaim> {
  const made = await makeFolder(folder);
  await checkOurs(folder);
  const lock = await lockFolder(folder);
  try {
    const entries = await fs.readdir(folder);
    const marked = !entries.some((entry) => SIGNS_OF_OURS.includes(entry));
    if (marked)
      await writeAtomically(
        path.join(folder, MARKER),
        "This folder holds results of relpos, which may replace its files.\n",
      );
    await removeTemporaries(folder);
    return { path: folder, release: () => release(folder, lock, { made, marked }) };
  } catch (error) {
    await unlock(lock);
    throw refusedBySystem(folder, error);
  }
}

/** Makes the folder; false if it existed. */
async function makeFolder(folder: string): Promise<boolean> {
  try {
    return await makePath(folder);
  } catch (error) {
    const code = errorCode(error);
    if (code !== "EEXIST" && code !== "ENOTDIR") throw refusedBySystem(folder, error);
    const fault = code === "EEXIST" ? "is a file" : "cannot be made: a part of its path is a file";
    throw new InputError(
      `the output folder ${folder} ${fault}. Choose another folder, or remove that file.`,
      { cause: error },
    );
  }
}

/** Like fs.mkdir with `recursive`, which in Node 24 never returns for a path in /proc. */
async function makePath(folder: string): Promise<boolean> {
  const make = async (): Promise<unknown> => {
    return await fs.mkdir(folder).then(
      () => undefined,
      (error: unknown) => error,
    );
  };
  let failure = await make();
  const parent = path.dirname(folder);
  if (errorCode(failure) === "ENOENT" && parent !== folder) {
    await makePath(parent);
    failure = await make();
  }
  if (failure === undefined) {
    await flushFolder(parent);
    return true;
  }
  if (await isFolder(folder)) return false; // it existed, or another process has just made it
  throw failure as Error;
}

async function isFolder(place: string): Promise<boolean> {
  return await fs.stat(place).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

async function checkOurs(folder: string): Promise<void> {
  let entries: string[];
  try {
    entries = await fs.readdir(folder);
  } catch (error) {
    throw refusedBySystem(folder, error);
  }
  if (entries.some((entry) => SIGNS_OF_OURS.includes(entry))) return;
  // What a process leaves that is killed at the beginning.
  entries = entries.filter((entry) => !LOCK.test(entry) && !isTemporary(entry));
  if (entries.length === 0) return;
  const shown = entries.sort().slice(0, 3).join(", ") + (entries.length > 3 ? ", …" : "");
  throw new InputError(
    `the output folder ${folder} holds files that are not from relpos (${shown}). ` +
      `Choose a new or empty folder, so that nothing of yours is replaced.`,
  );
}

async function lockFolder(folder: string): Promise<string> {
  for (let attempt = 1; ; attempt++) {
    const mine = path.join(folder, `.relpos-lock-${process.pid}-${randomBytes(4).toString("hex")}`);
    try {
      await putLock(mine);
      const other = await livingLock(folder, mine);
      if (other === undefined) return mine;
      await unlock(mine);
      if (attempt === ATTEMPTS) throw lockedBy(folder, other);
    } catch (error) {
      await unlock(mine);
      if (error instanceof RunError) throw error;
      throw refusedBySystem(folder, error);
    }
    // A random pause, so that two processes that collided do not collide again.
    await wait(20 + Math.random() * 60);
  }
}

async function putLock(file: string): Promise<void> {
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
  await fs.writeFile(file, JSON.stringify(thisProcess()), { flag: "wx" });
}

/** A lock of another process that runs, or may run on another machine. Locks of dead processes are removed. */
async function livingLock(folder: string, mine: string): Promise<Lock | undefined> {
  for (const entry of await fs.readdir(folder)) {
    const pid = LOCK.exec(entry)?.[1];
    const file = path.join(folder, entry);
    if (pid === undefined || file === mine) continue;
    const lock = { ...(await readIdentity(file, Number(pid))), file };
    const mineOnceMore = lock.pid === process.pid && lock.host === thisProcess().host;
    const alive = mineOnceMore ? held.has(file) : isRunning(lock);
    if (alive !== false) return lock;
    await fs.rm(file, { force: true });
  }
  return undefined;
}

/** The process of a lock. If it was killed while writing the file, only its number is known, from the file's name. */
async function readIdentity(file: string, pid: number): Promise<ProcessIdentity> {
  try {
    const identity = JSON.parse(await fs.readFile(file, "utf8")) as ProcessIdentity;
    return { pid, host: identity.host, started: identity.started };
  } catch {
    return { pid, host: thisProcess().host, started: null };
  }
}

function lockedBy(folder: string, lock: Lock): RunError {
  if (lock.host === thisProcess().host)
    return new RunError(
      `process ${lock.pid} is writing to ${folder}. Wait until it ends, or choose another folder.`,
    );
  return new RunError(
    `process ${lock.pid} on ${lock.host} is writing to ${folder}, as far as can be seen from here. ` +
      `Choose another folder, or, if that process has ended, remove ${lock.file}.`,
  );
}

async function release(
  folder: string,
  lock: string,
  { made, marked }: { made: boolean; marked: boolean },
): Promise<void> {
  if (marked) {
    const entries = (await fs.readdir(folder).catch(() => [])).filter((entry) => !LOCK.test(entry));
    if (entries.join() === MARKER) await fs.rm(path.join(folder, MARKER), { force: true });
  }
  await unlock(lock);
  if (made) await fs.rmdir(folder).catch(() => undefined); // fails, as it should, if the folder has files
}

async function unlock(lock: string): Promise<void> {
  await fs.rm(lock, { force: true }).catch(() => undefined); // the folder itself may be gone
  held.delete(lock);
}

function refusedBySystem(folder: string, error: unknown): InputError | RunError {
  if (error instanceof InputError || error instanceof RunError) return error;
  if (errorCode(error) === "ENOENT")
    return new InputError(
      `the output folder ${folder} cannot be made there. Choose another folder.`,
      {
        cause: error,
      },
    );
  return writeError(folder, error, "Nothing was overwritten.");
}
