/**
 * A folder that appears whole or not at all: it is made under another name beside its place, and renamed.
 *
 * @module
 */
import { rmSync } from "node:fs";
import fs from "node:fs/promises";
import path from "node:path";
import { InputError } from "../errors.ts";
import { errorCode, readError, writeError } from "../files/file-errors.ts";
import { makeFolder } from "../files/files.ts";
import { temporaryBeside } from "../files/temporary-files.ts";

/**
 * Refuses a place where something is.
 *
 * @throws {InputError} it is a file, or a folder with files
 */
export async function requireFree(folder: string): Promise<void> {
  let names: string[];
  try {
    names = await fs.readdir(folder);
  } catch (error) {
    if (errorCode(error) === "ENOENT") return;
    if (errorCode(error) === "ENOTDIR")
      throw new InputError(`${folder} is no folder, or lies below a file. Choose another place.`, {
        cause: error,
      });
    throw readError(folder, error);
  }
  if (names.length === 0) return;
  throw new InputError(
    `${folder} has files already (${names.sort().slice(0, 3).join(", ")}${names.length > 3 ? ", …" : ""}), and none is ` +
      `replaced. Choose another folder, or remove it.`,
  );
}

/**
 * Makes a folder: `fill` writes into another one beside it, which takes its place at the end, and is removed where `fill`
 * fails or the process ends. Where the process is killed it is left, under a hidden name.
 *
 * @param folder is free, see `requireFree`
 * @throws {InputError} the place cannot be written to
 * @throws what `fill` throws
 */
export async function makeWhole<Result>(
  folder: string,
  fill: (temporary: string) => Promise<Result>,
): Promise<Result> {
  const place = path.resolve(folder);
  const temporary = temporaryBeside(place);
  const remove = (): void => rmSync(temporary, { recursive: true, force: true });
  process.once("exit", remove);
  try {
    const untouched = "Nothing was written.";
    await makeFolder(temporary).catch((error: unknown) => {
      throw writeError(folder, error, untouched);
    });
    const result = await fill(temporary);
    // An empty folder is replaced.
    await requireFree(folder);
    await fs.rename(temporary, place).catch((error: unknown) => {
      throw writeError(folder, error, untouched);
    });
    return result;
  } finally {
    process.off("exit", remove);
    remove();
  }
}
