/**
 * Where the lines of a command go: to standard output as they come, or to a new file that has its name only once it is whole.
 *
 * @module
 */
import { LineFile } from "../files/line-file.ts";
import { requireNewFiles } from "./new-files.ts";
import { printOutput } from "./print.ts";

/** Where lines go. */
export interface LineOutput {
  write(line: string): Promise<void>;
  /** All lines are written: the file gets its name. */
  finish(): Promise<void>;
  /** No more lines come, and some are missing: those that were written are kept in the file that it names; undefined where there is none. */
  stop(): Promise<string | undefined>;
  /** Removes what has no name yet, as after an error. */
  discard(): Promise<void>;
}

/** The file of the lines of a command that was stopped before its end. */
function partOf(file: string): string {
  return `${file}.part`;
}

/**
 * Standard output, or the file of `--out`.
 *
 * @throws {InputError} the file is there already, or its folder is not
 * @throws {RunError} it cannot be written, now or later
 */
export async function lineOutput(file: string | undefined): Promise<LineOutput> {
  if (file === undefined)
    return {
      write: (line) => Promise.resolve(printOutput(line)),
      finish: () => Promise.resolve(),
      stop: () => Promise.resolve(undefined),
      discard: () => Promise.resolve(),
    };
  await requireNewFiles({ "--out": file });
  const lines = await LineFile.begin(file);
  let written = false;
  return {
    async write(line) {
      await lines.write(line);
      written = true;
    },
    finish: () => lines.finish(),
    async stop() {
      if (!written) return undefined;
      await lines.finish(partOf(file));
      return partOf(file);
    },
    discard: () => lines.discard(),
  };
}
