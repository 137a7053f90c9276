/**
 * A lock that the operating system holds for a process, and lets go when the process ends, however that was.
 *
 * Node offers one through SQLite, which locks its file for an exclusive transaction; nothing is written. On Linux such
 * locks hold between containers of a machine, and while a process is suspended. Where the file system has none, or
 * Node lacks SQLite, there is no lock.
 *
 * A process loses its lock if it closes the file that was opened in another way, so nothing else may open it.
 *
 * @module
 */
import { realpathSync, statSync, unlinkSync } from "node:fs";
import path from "node:path";

/** The file's name in the folder that is locked. It is there while a process holds the lock, or was killed with it. */
export const systemLockName = ".relpos-lock";

/** How taking the lock went: who has it, or that there is none to have. */
export type SystemLock =
  | { readonly state: "held"; readonly device: number; readonly release: () => void }
  | { readonly state: "busy"; readonly device: number }
  | { readonly state: "none" };

/** Files that this process has locked. */
const held = new Set<string>();
const none: SystemLock = { state: "none" };
/** SQLite's code for a file that another process has locked. */
const busyCode = 5;

/** Takes the lock of a folder, or says that it is taken. Does not wait and does not throw. */
export function takeSystemLock(folder: string): SystemLock {
  try {
    const { DatabaseSync } = sqlite();
    const file = path.join(realpathSync(folder), systemLockName);
    const { dev: device } = statSync(folder);
    if (held.has(file)) return { state: "busy", device };
    // More than once where the file is new, or another process has just removed it.
    for (let attempt = 0; attempt < 5; attempt++) {
      const before = inodeOf(file);
      const database = new DatabaseSync(file, { timeout: 0 });
      try {
        const opened = inodeOf(file);
        database.exec("PRAGMA journal_mode=OFF; BEGIN EXCLUSIVE");
        if (before === undefined || opened !== before || inodeOf(file) !== before) {
          database.close();
          continue;
        }
      } catch (error) {
        database.close();
        const busy = (error as { readonly errcode?: number }).errcode === busyCode;
        return busy ? { state: "busy", device } : none;
      }
      held.add(file);
      return { state: "held", device, release: () => release(file, database) };
    }
  } catch {
    // No SQLite, or no place for its file.
  }
  return none;
}

function release(file: string, database: { close(): void }): void {
  if (!held.delete(file)) return;
  try {
    unlinkSync(file); // while it is locked: who has opened it meanwhile sees that it is gone
  } catch {
    // The folder itself is gone.
  }
  database.close();
}

function inodeOf(file: string): number | undefined {
  return statSync(file, { throwIfNoEntry: false })?.ino;
}

let loaded: typeof import("node:sqlite") | undefined;

/** Node says at the first use that SQLite is experimental; only what every version does is used here. */
function sqlite(): typeof import("node:sqlite") {
  if (loaded !== undefined) return loaded;
  const warn = process.emitWarning.bind(process);
  process.emitWarning = () => undefined;
  try {
    return (loaded = process.getBuiltinModule("node:sqlite"));
  } finally {
    process.emitWarning = warn;
  }
}
