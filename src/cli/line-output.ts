/**
 * Where the lines of a command go: to standard output, or to a new file.
 *
 * @module
 */
import fs from "node:fs/promises";
import { InputError, RunError } from "../errors.ts";
import { printOutput } from "./print.ts";

/** Where lines go. */
export interface LineOutput {
  write(line: string): Promise<void>;
  close(): Promise<void>;
}

/**
 * Standard output, or a file that is made.
 *
 * @throws {InputError} the file is there already
 * @throws {RunError} it cannot be written, now or later
 */
export async function lineOutput(file: string | undefined): Promise<LineOutput> {
  if (file === undefined)
    return {
      write: (line) => Promise.resolve(printOutput(line)),
      close: () => Promise.resolve(),
    };
  const handle = await fs.open(file, "wx").catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === "EEXIST")
      throw new InputError(`${file} is there already. Remove it, or give --out another name.`);
    throw new RunError(`${file} cannot be written: ${cause.message}.`, { cause });
  });
  return {
    async write(line) {
      try {
        await handle.write(line);
      } catch (cause) {
        throw new RunError(`${file} cannot be written: ${(cause as Error).message}.`, { cause });
      }
    },
    async close() {
      await handle.close().catch((cause: NodeJS.ErrnoException) => {
        throw new RunError(`${file} cannot be written: ${cause.message}.`, { cause });
      });
    },
  };
}
