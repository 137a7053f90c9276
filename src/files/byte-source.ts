/**
 * A file that is read piece by piece, so that no more of it is in memory than is needed at a time.
 *
 * @module
 */
import fs from "node:fs/promises";
import { RunError } from "../errors.ts";
import { readError } from "./file-errors.ts";
import { refuseSpecialFile } from "./regular-file.ts";

/** A file that is open for reading. */
export interface ByteSource {
  /** Its path, for messages. */
  readonly file: string;
  /** In bytes. */
  readonly size: number;
  /**
   * The bytes from `begin` up to `end`, in memory of their own.
   *
   * @throws {RunError} the file has become shorter since it was opened, or the disk fails
   */
  read(begin: number, end: number): Promise<Uint8Array>;
  close(): Promise<void>;
}

/** One call of the system reads at most 2³¹ bytes. */
const mostAtOnce = 2 ** 30;

/**
 * Opens a file. Close it after use.
 *
 * @throws {InputError} it is missing, a folder, or may not be read
 */
export async function openBytes(file: string): Promise<ByteSource> {
  await refuseSpecialFile(file);
  let handle: fs.FileHandle;
  let size: number;
  try {
    handle = await fs.open(file, "r");
    const found = await handle.stat();
    if (found.isDirectory()) {
      await handle.close();
      throw Object.assign(new Error("a folder"), { code: "EISDIR" });
    }
    ({ size } = found);
  } catch (error) {
    throw readError(file, error);
  }
  return {
    file,
    size,
    async read(begin, end) {
      const bytes = new Uint8Array(end - begin);
      for (let filled = 0; filled < bytes.length;) {
        const most = Math.min(bytes.length - filled, mostAtOnce);
        const { bytesRead } = await handle
          .read(bytes, filled, most, begin + filled)
          .catch((error: unknown) => {
            throw readError(file, error);
          });
        if (bytesRead === 0)
          throw new RunError(
            `${file} became shorter while it was read: it had ${size} bytes. Copy it again, and try again.`,
          );
        filled += bytesRead;
      }
      return bytes;
    },
    close: () => handle.close(),
  };
}
