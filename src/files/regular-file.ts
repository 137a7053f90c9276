/**
 * Refuses to read what is no file: a pipe in a file's place would be waited for without end, and a device never ends.
 *
 * @module
 */
import type { Stats } from "node:fs";
import fs from "node:fs/promises";
import { InputError } from "../errors.ts";

/**
 * Does nothing where the path is a file, a folder, which reading refuses itself, or missing.
 *
 * @throws {InputError} it is a pipe, a socket or a device
 */
export async function refuseSpecialFile(file: string): Promise<void> {
  const found = await fs.stat(file).catch(() => undefined);
  const kind = found && kindOf(found);
  if (kind !== undefined)
    throw new InputError(
      `${file} is ${kind} and no file. Move it away, or save its content to a file and name that.`,
    );
}

function kindOf(found: Stats): string | undefined {
  if (found.isFIFO()) return "a pipe";
  if (found.isSocket()) return "a socket";
  if (found.isCharacterDevice() || found.isBlockDevice()) return "a device";
  return undefined;
}
