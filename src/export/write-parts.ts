/**
 * A large file, written part by part, so that it is in memory nowhere as a whole.
 *
 * @module
 */
import fs from "node:fs/promises";
import { writeError } from "../files/file-errors.ts";

/** Bytes, and where they begin. */
export interface FilePart {
  readonly offset: number;
  readonly bytes: Uint8Array;
}

/** One call writes at most so many bytes. */
const most = 2 ** 26;

/**
 * Writes a new file and flushes it to the disk; bytes between parts are 0.
 *
 * @param parts each made when it is written
 * @throws {RunError} the disk is full or fails
 */
export async function writeParts(
  file: string,
  parts: Iterable<FilePart>,
  signal?: AbortSignal,
): Promise<void> {
  try {
    const handle = await fs.open(file, "wx");
    try {
      for (const { offset, bytes } of parts)
        for (let at = 0; at < bytes.length;) {
          signal?.throwIfAborted();
          const length = Math.min(most, bytes.length - at);
          const { bytesWritten } = await handle.write(bytes, at, length, offset + at);
          at += bytesWritten;
        }
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (signal?.aborted === true) throw error;
    throw writeError(file, error, "Nothing was written.");
  }
}
