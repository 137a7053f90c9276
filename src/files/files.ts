/**
 * Reading files, and writing them atomically: a reader sees the whole old content or the whole new one, even if the
 * writer was killed.
 *
 * @module
 */
import fs from "node:fs/promises";
import { unlinkSync } from "node:fs";
import path from "node:path";
import { InputError, RunError } from "../errors.ts";
import { readError, writeError } from "./file-errors.ts";
import { refuseSpecialFile } from "./regular-file.ts";

const UNTOUCHED = "Nothing was overwritten.";

/** Temporary files being written now; removed if the process exits meanwhile. */
const unfinished = new Set<string>();
let watchingExit = false;
let counter = 0;

/**
 * Replaces a file's content in one step: a temporary file in the same folder is written, flushed to the disk
 * and renamed over the old one, then the folder is flushed. A symbolic link keeps pointing where it did.
 *
 * @throws {RunError} the disk is full or fails; the old file is unchanged and the temporary file removed
 * @throws {InputError} the path cannot be written to
 */
export async function writeAtomically(file: string, content: Uint8Array | string): Promise<void> {
  const target = await followLink(file);
  const folder = path.dirname(target);
  const temporary = path.join(folder, `.${path.basename(target)}.${process.pid}-${counter++}.tmp`);
  removeAtExit(temporary);
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
  } finally {
    unfinished.delete(temporary);
  }
  await flushFolder(folder);
}

/** The process that wrote a temporary file of `writeAtomically`, by the file's name; undefined for other files. */
export function writerOfTemporary(name: string): number | undefined {
  const match = /^\..+\.(\d+)-\d+\.tmp$/.exec(name);
  return match === null ? undefined : Number(match[1]);
}

/**
 * Adds a line to a file, which need not exist. If an earlier process was killed while it wrote a line, the
 * unfinished line is removed first. If the disk is full, the new line is removed.
 *
 * @param line without a line break
 * @throws {RunError} the disk is full or fails
 * @throws {InputError} the line has a line break, or the path cannot be written to
 */
export async function appendLine(file: string, line: string): Promise<void> {
  if (line.includes("\n"))
    throw new InputError(
      `a line for ${file} contains a line break. Write it as JSON, which escapes it.`,
    );
  let handle: fs.FileHandle | undefined;
  let end: number | undefined;
  try {
    handle = await fs.open(file, "a+");
    end = await endOfLastLine(handle);
    await handle.truncate(end);
    await handle.writeFile(`${line}\n`);
  } catch (error) {
    if (end !== undefined) await handle?.truncate(end).catch(() => undefined);
    throw writeError(file, error, "The lines before are as they were.");
  } finally {
    await handle?.close();
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
 * @throws {InputError} it is missing or may not be read
 * @throws {RunError} it is not JSON
 */
export async function readJson(file: string): Promise<unknown> {
  await refuseSpecialFile(file);
  let text: string;
  try {
    text = await fs.readFile(file, "utf8");
  } catch (error) {
    throw readError(file, error);
  }
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch (cause) {
    const fault = text.trim() === "" ? "it is empty" : (cause as Error).message;
    throw new RunError(
      `${file} is not JSON: ${fault}. Restore it from a copy, or remove it and start over.`,
      { cause },
    );
  }
}

async function followLink(file: string): Promise<string> {
  return await fs.realpath(file).catch(() => file); // does not exist yet
}

async function endOfLastLine(handle: fs.FileHandle): Promise<number> {
  const { size } = await handle.stat();
  const piece = Buffer.alloc(4096);
  for (let end = size; end > 0; end -= piece.length) {
    const start = Math.max(0, end - piece.length);
    const { bytesRead } = await handle.read(piece, 0, end - start, start);
    const lineBreak = piece.subarray(0, bytesRead).lastIndexOf(0x0a);
    if (lineBreak !== -1) return start + lineBreak + 1;
  }
  return 0;
}

/** Flushes a folder, so that a rename survives a power cut. Not possible on Windows and on some network disks. */
async function flushFolder(folder: string): Promise<void> {
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

function removeAtExit(temporary: string): void {
  unfinished.add(temporary);
  if (watchingExit) return;
  watchingExit = true;
  process.once("exit", () => {
    for (const left of unfinished)
      try {
        unlinkSync(left);
      } catch {
        // The file does not exist yet, or was renamed.
      }
  });
}
