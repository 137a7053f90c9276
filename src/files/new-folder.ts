/**
 * A folder that appears whole or not at all: it is made under another name beside its place, and renamed.
 *
 * While it is made, its process holds a lock of the operating system on it. Where the process was killed, the lock is free,
 * and the next folder that is made in the same place removes what was left.
 *
 * @module
 */
import { rmSync } from "node:fs";
import fs from "node:fs/promises";
import path from "node:path";
import { InputError, RunError } from "../errors.ts";
import { errorCode, readError, writeError } from "./file-errors.ts";
import { makeFolder } from "./files.ts";
import { systemLockName, takeSystemLock } from "./system-lock.ts";
import { isTemporary, temporaryBeside } from "./temporary-files.ts";

/**
 * Refuses a place where something is.
 *
 * @throws {InputError} it is a file, or a folder with files
 */
export async function requireFree(folder: string): Promise<void> {
  let names: string[];
  try {
    names = await fs.readdir(folder);
  } catch (error) {
    if (errorCode(error) === "ENOENT") return;
    if (errorCode(error) === "ENOTDIR")
      throw new InputError(`${folder} is no folder, or lies below a file. Choose another place.`, {
        cause: error,
      });
    throw readError(folder, error);
  }
  if (names.length === 0) return;
  throw new InputError(
    `${folder} has files already (${names.sort().slice(0, 3).join(", ")}${names.length > 3 ? ", …" : ""}), and none is ` +
      `replaced. Choose another folder, or remove it.`,
  );
}

/**
 * Makes a folder: `fill` writes into another one beside it, which takes its place at the end, and is removed where `fill`
 * fails or the process ends. Where the process is killed it is left, under a hidden name, until another is made here.
 *
 * @param folder is free, see `requireFree`
 * @throws {InputError} the place cannot be written to
 * @throws what `fill` throws
 */
export async function makeWhole<Result>(
  folder: string,
  fill: (temporary: string) => Promise<Result>,
): Promise<Result> {
  const place = path.resolve(folder);
  const temporary = temporaryBeside(place);
  const remove = (): void => {
    try {
      rmSync(temporary, { recursive: true, force: true });
    } catch {
      // It is removed with the next folder that is made here.
    }
  };
  let unlock = (): void => undefined;
  await removeAbandoned(path.dirname(place));
  process.once("exit", remove);
  try {
    const untouched = "Nothing was written.";
    await makeFolder(temporary).catch((error: unknown) => {
      throw writeError(folder, error, untouched);
    });
    const lock = takeSystemLock(temporary);
    if (lock.state === "held") unlock = lock.release;
    const result = await fill(temporary);
    unlock();
    // Others read the folder, so it has no file but theirs.
    await fs.rm(path.join(temporary, systemLockName), { force: true }).catch((error: unknown) => {
      throw writeError(folder, error, untouched);
    });
    // An empty folder is replaced.
    await requireFree(folder);
    await fs.rename(temporary, place).catch((error: unknown) => {
      throw writeError(folder, error, untouched);
    });
    return result;
  } catch (error) {
    throw inWordsOf(folder, temporary, error);
  } finally {
    unlock();
    // An error of removing must not replace the error that `fill` threw.
    await fs.rm(temporary, { recursive: true, force: true }).catch(() => undefined);
    process.off("exit", remove);
  }
}

/** The error with the folder's own name, where it has the hidden one. */
function inWordsOf(folder: string, temporary: string, error: unknown): unknown {
  if (!(error instanceof InputError || error instanceof RunError)) return error;
  if (!error.message.includes(temporary)) return error;
  const message = error.message.replaceAll(temporary, folder);
  const options = { cause: error };
  return error instanceof InputError
    ? new InputError(message, options)
    : new RunError(message, options);
}

/** A folder without a lock is left for so long: its process may be about to take it, or to rename the folder. */
const waitMs = 24 * 60 * 60 * 1000;

/** Removes folders that processes which were killed left in a place. */
async function removeAbandoned(parent: string): Promise<void> {
  const entries = await fs.readdir(parent, { withFileTypes: true }).catch(() => []);
  for (const entry of entries) {
    if (!entry.isDirectory() || !isTemporary(entry.name)) continue;
    const folder = path.join(parent, entry.name);
    const stats = await fs.stat(folder).catch(() => undefined);
    const locked = await fs.access(path.join(folder, systemLockName)).then(
      () => true,
      () => false,
    );
    if (stats === undefined || (!locked && Date.now() - stats.mtimeMs < waitMs)) continue;
    const lock = takeSystemLock(folder);
    if (lock.state !== "held") continue;
    // Another user's folder stays.
    await fs.rm(folder, { recursive: true, force: true }).catch(() => undefined);
    lock.release();
  }
}
