/**
 * Temporary files that a write makes beside its target.
 *
 * Their names are random: numbers of processes repeat, always where each start is process 1 of a new container.
 *
 * @module
 */
import { randomInt } from "node:crypto";
import { unlinkSync } from "node:fs";
import fs from "node:fs/promises";
import path from "node:path";

const PATTERN = /^\..+\.relpos\.\d+-\d+\.tmp$/;

/** Temporary files being written now; removed if the process exits meanwhile. */
const unfinished = new Set<string>();
let watchingExit = false;

/** A new name beside a file, such as `.run.json.relpos.1-162039485721.tmp`. */
export function temporaryBeside(file: string): string {
  const token = randomInt(2 ** 48 - 1);
  return path.join(
    path.dirname(file),
    `.${path.basename(file)}.relpos.${process.pid}-${token}.tmp`,
  );
}

/** Whether a file's name is one of `temporaryBeside`. */
export function isTemporary(name: string): boolean {
  return PATTERN.test(name);
}

/** Runs a write to a temporary file, which is removed if the process exits meanwhile. */
export async function whileUnfinished(
  temporary: string,
  write: () => Promise<void>,
): Promise<void> {
  unfinished.add(temporary);
  if (!watchingExit) {
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
  try {
    await write();
  } finally {
    unfinished.delete(temporary);
  }
}

/**
 * Removes what processes that have died left in a folder.
 *
 * @param folder no other process writes there now; one that does not exist has nothing
 */
export async function removeTemporaries(folder: string): Promise<void> {
  const entries = await fs.readdir(folder).catch(() => []);
  for (const entry of entries) {
    const file = path.join(folder, entry);
    if (isTemporary(entry) && !unfinished.has(file))
      await fs.rm(file, { recursive: true, force: true });
  }
}
