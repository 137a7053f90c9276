/**
 * Copying files from folder to folder.
 *
 * @module
 */
import fs from "node:fs/promises";
import path from "node:path";
import { writeError } from "./file-errors.ts";

/**
 * Copies files. Where the file system can, a copy shares its blocks with the original until one of them is written to: a
 * hard link would let a program that writes into one change the other.
 *
 * @throws {RunError} the disk is full or fails
 */
export async function copyFiles(
  from: string,
  to: string,
  names: readonly string[],
  signal?: AbortSignal,
): Promise<void> {
  for (const name of names) {
    signal?.throwIfAborted();
    const file = path.join(to, name);
    const flags = fs.constants.COPYFILE_FICLONE | fs.constants.COPYFILE_EXCL;
    await fs.copyFile(path.join(from, name), file, flags).catch((error: unknown) => {
      throw writeError(file, error, "Nothing was written.");
    });
  }
}
