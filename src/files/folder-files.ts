/**
 * The files of a folder by name.
 *
 * @module
 */
import fs from "node:fs/promises";
import path from "node:path";
import { InputError } from "../errors.ts";
import { errorCode, readError } from "./file-errors.ts";

/**
 * The names of what is in a folder.
 *
 * @throws {InputError} there is no such folder, or it may not be read
 */
export async function namesIn(folder: string): Promise<ReadonlySet<string>> {
  try {
    return new Set(await fs.readdir(folder));
  } catch (error) {
    if (errorCode(error) === "ENOTDIR")
      throw new InputError(`${folder} is no folder. Give the folder that the file is in.`, {
        cause: error,
      });
    throw readError(folder, error);
  }
}

/** The path of a file in a folder. */
export function fileIn(folder: string, name: string): string {
  return path.join(folder, name);
}
