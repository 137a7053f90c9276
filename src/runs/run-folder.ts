/**
 * The output folder of a run, which one process at a time may write to.
 *
 * A folder belongs to relpos if relpos made it or found it empty (it then has the file `.relpos`), or if it has a
 * `run.json` or `results.json`. Any other folder that is not empty is refused, because files are replaced here.
 *
 * @module
 */
import fs from "node:fs/promises";
import path from "node:path";
import { InputError, RunError } from "../errors.ts";
import { errorCode, writeError } from "../files/file-errors.ts";
import { flushFolder, writeAtomically } from "../files/files.ts";
import { isTemporary, removeTemporaries } from "../files/temporary-files.ts";
import { isLock, lockFolder } from "./folder-lock.ts";
import type { FolderLock } from "./folder-lock.ts";

const MARKER = ".relpos";
const SIGNS_OF_OURS: readonly string[] = [MARKER, "run.json", "results.json"];

/** A folder that only this process writes to until it releases it. */
export interface FolderClaim {
  readonly path: string;
  /** Allows other processes to write here. A folder that the claim made and that stayed empty is removed. */
  release(): Promise<void>;
}

/**
 * Makes an output folder, or uses an existing one, and locks it. Temporary files of processes that died are removed.
 *
 * @throws {InputError} the path is a file, a folder with files that are not from relpos, or cannot be written to
 * @throws {RunError} another process writes there
 */
export async function claimFolder(folder: string): Promise<FolderClaim> {
  const made = await makeFolder(folder);
  await checkOurs(folder);
  const lock = await lockFolder(folder).catch((error: unknown) => {
    throw refusedBySystem(folder, error);
  });
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
    await lock.release();
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
  entries = entries.filter((entry) => !isLock(entry) && !isTemporary(entry));
  if (entries.length === 0) return;
  const shown = entries.sort().slice(0, 3).join(", ") + (entries.length > 3 ? ", …" : "");
  throw new InputError(
    `the output folder ${folder} holds files that are not from relpos (${shown}). ` +
      `Choose a new or empty folder, so that nothing of yours is replaced.`,
  );
}

async function release(
  folder: string,
  lock: FolderLock,
  { made, marked }: { made: boolean; marked: boolean },
): Promise<void> {
  if (marked) {
    const entries = (await fs.readdir(folder).catch(() => [])).filter((entry) => !isLock(entry));
    if (entries.join() === MARKER) await fs.rm(path.join(folder, MARKER), { force: true });
  }
  await lock.release();
  if (made) await fs.rmdir(folder).catch(() => undefined); // fails, as it should, if the folder has files
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
