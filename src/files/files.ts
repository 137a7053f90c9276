/**
 * Reading files, and writing them atomically: a reader sees the whole old content or the whole new one, even if the
 * writer was killed.
 *
 * @module
 */
import fs from "node:fs/promises";
import path from "node:path";
import { RunError } from "../errors.ts";
import { parseJson } from "../json.ts";
import { errorCode, readError, writeError } from "./file-errors.ts";
import { refuseSpecialFile } from "./regular-file.ts";
import { removeTemporariesOf, temporaryBeside, whileUnfinished } from "./temporary-files.ts";

const UNTOUCHED = "Nothing was overwritten.";

/**
 * Replaces a file's content in one step: a temporary file in the same folder is written, flushed to the disk
 * and renamed over the old one, then the folder is flushed. A symbolic link keeps pointing where it did.
 *
 * @throws {RunError} the disk is full or fails; the old file is unchanged and the temporary file removed
 * @throws {InputError} the path cannot be written to
 */
export async function writeAtomically(file: string, content: Uint8Array | string): Promise<void> {
  const target = await followLink(file);
  const temporary = temporaryBeside(target);
  await whileUnfinished(temporary, async () => {
    try {
      const handle = await fs.open(temporary, "wx");
      try {
        await handle.writeFile(content);
        await handle.sync();
      } finally {
        await handle.close();
      }
      await fs.rename(temporary, target);
    } catch (error) {
      await fs.rm(temporary, { force: true }).catch(() => undefined); // the first error is reported
      throw writeError(file, error, UNTOUCHED);
    }
  });
  await flushFolder(path.dirname(target));
}

/**
 * Writes a file that a user named, in a folder of the user's: as `writeAtomically`, and removes what a process that was killed
 * while it wrote this file left beside it.
 *
 * @throws {RunError} the disk is full or fails; the old file is unchanged
 * @throws {InputError} the path cannot be written to
 */
export async function writeNamed(file: string, content: Uint8Array | string): Promise<void> {
  await writeAtomically(file, content);
  await removeTemporariesOf(await followLink(file));
}

/**
 * Replaces what follows the first `start` bytes of a file, and flushes it to the disk. If the disk is full, the file
 * ends after those bytes.
 *
 * @param start at most the size of the file
 * @throws {RunError} the disk is full or fails, or the file is shorter
 * @throws {InputError} the file cannot be written to
 */
export async function writeFrom(file: string, start: number, content: string): Promise<void> {
  let handle: fs.FileHandle | undefined;
  let size: number | undefined;
  try {
    handle = await fs.open(file, "a");
    ({ size } = await handle.stat());
    if (size < start)
      throw new RunError(
        `${file} has ${size} bytes and had ${start}: something else has changed it. ` +
          `Run the same command again to go on from the last checkpoint.`,
      );
    if (size > start) await handle.truncate(start);
    await handle.writeFile(content);
    await handle.sync();
  } catch (error) {
    if (error instanceof RunError) throw error;
    if (size !== undefined) await handle?.truncate(start).catch(() => undefined);
    throw writeError(file, error, "What was in it before is as it was.");
  } finally {
    await handle?.close();
  }
}

/**
 * Makes a folder with those above it, and flushes what it is made in; false if it existed. Like fs.mkdir with
 * `recursive`, which in Node 24 never returns for a path in /proc.
 *
 * @throws what the file system throws
 */
export async function makeFolder(folder: string): Promise<boolean> {
  const make = async (): Promise<unknown> => {
    return await fs.mkdir(folder).then(
      () => undefined,
      (error: unknown) => error,
    );
  };
  let failure = await make();
  const parent = path.dirname(folder);
  if (errorCode(failure) === "ENOENT" && parent !== folder) {
    await makeFolder(parent);
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

/** Flushes a folder, so that a rename survives a power cut. Not possible on Windows and on some network disks. */
export async function flushFolder(folder: string): Promise<void> {
  try {
    const handle = await fs.open(folder, "r");
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch {
    // The file is whole either way; the system decides when the rename reaches the disk.
  }
}

/**
 * The bytes of a file of any size.
 *
 * @throws {InputError} it is missing, a folder, or may not be read
 */
export async function readBytes(file: string): Promise<Uint8Array> {
  await refuseSpecialFile(file);
  let handle: fs.FileHandle | undefined;
  try {
    handle = await fs.open(file, "r");
    const { size } = await handle.stat();
    const bytes = new Uint8Array(size);
    let filled = 0;
    while (filled < size) {
      // One call reads at most 2^31 bytes.
      const { bytesRead } = await handle.read(
        bytes,
        filled,
        Math.min(size - filled, 2 ** 30),
        filled,
      );
      if (bytesRead === 0) break; // the file became shorter while it was read
      filled += bytesRead;
    }
    return bytes.subarray(0, filled);
  } catch (error) {
    throw readError(file, error);
  } finally {
    await handle?.close();
  }
}

/**
 * The value of a JSON file.
 *
 * @param mend what to do about one that is damaged, as a whole sentence
 * @throws {InputError} it is missing or may not be read
 * @throws {RunError} it is not JSON
 */
export async function readJson(file: string, mend = "Restore it from a copy."): Promise<unknown> {
  await refuseSpecialFile(file);
  let text: string;
  try {
    text = await fs.readFile(file, "utf8");
  } catch (error) {
    throw readError(file, error);
  }
  try {
    return parseJson(text.replace(/^\uFEFF/, ""));
  } catch (cause) {
    const fault = text.trim() === "" ? "it is empty" : (cause as Error).message;
    throw new RunError(`${file} is not JSON: ${fault}. ${mend}`, { cause });
  }
}

async function followLink(file: string): Promise<string> {
  return await fs.realpath(file).catch(() => file); // does not exist yet
}
