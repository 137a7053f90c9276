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
import { isRunning } from "./process-identity.ts";

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

/**
 * Says that a temporary file is being written: it is removed if the process exits meanwhile.
 *
 * @returns what says that it is finished
 */
export function markUnfinished(temporary: string): () => void {
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
  return () => void unfinished.delete(temporary);
}

/** Runs a write to a temporary file, which is removed if the process exits meanwhile. */
export async function whileUnfinished(
  temporary: string,
  write: () => Promise<void>,
): Promise<void> {
  const finished = markUnfinished(temporary);
  try {
    await write();
  } finally {
    finished();
  }
}

/**
 * A temporary file of a process that is not found is left for so long, since it may be of another container, where the process
 * still writes; one of a process that is found, since its number may be another's by now, for a day.
 */
const silenceMs = { unknown: 60_000, found: 24 * 60 * 60 * 1000 } as const;

/** Removes what processes that were killed left beside a file that they were to replace; other processes may write there. */
export async function removeTemporariesOf(file: string): Promise<void> {
  const folder = path.dirname(file);
  const start = `.${path.basename(file)}.relpos.`;
  for (const entry of await fs.readdir(folder).catch(() => [])) {
    const place = path.join(folder, entry);
    if (!entry.startsWith(start) || !isTemporary(entry) || unfinished.has(place)) continue;
    const pid = Number.parseInt(entry.slice(start.length), 10);
    const stats = await fs.stat(place).catch(() => undefined);
    if (stats === undefined || !stats.isFile()) continue;
    const silence = silenceMs[isRunning({ pid }) ? "found" : "unknown"];
    // Another user's file stays.
    if (Date.now() - stats.mtimeMs > silence)
      await fs.rm(place, { force: true }).catch(() => undefined);
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
