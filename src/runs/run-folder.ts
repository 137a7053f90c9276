/**
 * The output folder of a run, which one process at a time may write to.
 *
 * A folder belongs to relpos if relpos made it or found it empty (it then has the file `.relpos`), or if it has a
 * `run.json` or `results.json` that relpos wrote. Any other folder that is not empty is refused, because files are
 * replaced here. `own-files.ts` says which.
 *
 * @module
 */
import fs from "node:fs/promises";
import path from "node:path";
import { InputError, RunError } from "../errors.ts";
import { errorCode, writeError } from "../files/file-errors.ts";
import { makeFolder } from "../files/files.ts";
import { isTemporary, removeTemporaries } from "../files/temporary-files.ts";
import { isLock, lockFolder } from "./folder-lock.ts";
import type { FolderLock } from "./folder-lock.ts";
import { isMarked, markerName, markFolder } from "./own-files.ts";

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
  const made = await makeOutput(folder);
  await checkOurs(folder);
  const lock = await lockFolder(folder).catch((error: unknown) => {
    throw refusedBySystem(folder, error);
  });
  try {
    const marked = !(await isOurs(folder));
    if (marked) await markFolder(folder);
    await removeTemporaries(folder);
    return { path: folder, release: () => release(folder, lock, { made, marked }) };
  } catch (error) {
    await lock.release();
    throw refusedBySystem(folder, error);
  }
}

/**
 * Removes the locks and temporary files that processes which have died left in an output folder. Where another process
 * writes, or nothing may be removed, all stays.
 */
export async function removeLeftovers(folder: string): Promise<void> {
  const entries = await fs.readdir(folder).catch(() => []);
  if (!entries.some((entry) => isLock(entry) || isTemporary(entry))) return;
  await claimFolder(folder).then(
    (claim) => claim.release(),
    () => undefined,
  );
}

/** Makes the folder; false if it existed. */
async function makeOutput(folder: string): Promise<boolean> {
  try {
    return await makeFolder(folder);
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

async function checkOurs(folder: string): Promise<void> {
  let entries: string[];
  try {
    entries = await fs.readdir(folder);
  } catch (error) {
    throw refusedBySystem(folder, error);
  }
  if (await isOurs(folder)) return;
  // What a process leaves that is killed at the beginning.
  entries = entries.filter((entry) => !isLock(entry) && !isTemporary(entry));
  if (entries.length === 0) return;
  const shown = entries.sort().slice(0, 3).join(", ") + (entries.length > 3 ? ", …" : "");
  throw new InputError(
    `the output folder ${folder} holds files that are not from relpos (${shown}). ` +
      `Choose a new or empty folder, so that nothing of yours is replaced.`,
  );
}

/** By what the files hold: other programs write a `run.json` and a `results.json` too. */
async function isOurs(folder: string): Promise<boolean> {
  if (await isMarked(folder)) return true;
  for (const name of ["run.json", "results.json"]) {
    const head = await fs.readFile(path.join(folder, name), "utf8").catch(() => "");
    // Of a file that was cut short, too. An early version wrote no schema.
    if (/^\s*\{\s*"(schema"\s*:\s*"relpos-|relpos"\s*:\s*")/.test(head)) return true;
  }
  return false;
}

async function release(
  folder: string,
  lock: FolderLock,
  { made, marked }: { made: boolean; marked: boolean },
): Promise<void> {
  if (marked) {
    const entries = (await fs.readdir(folder).catch(() => [])).filter((entry) => !isLock(entry));
    if (entries.join() === markerName)
      await fs.rm(path.join(folder, markerName), { force: true }).catch(() => undefined);
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
