/**
 * Files that a command writes at its end, checked before it begins.
 *
 * @module
 */
import fs from "node:fs/promises";
import path from "node:path";
import { InputError } from "../errors.ts";
import { writeNamed } from "../files/files.ts";

/**
 * Refuses names under which something is, two equal ones, and folders that do not exist.
 *
 * @param files by flag: `{ "--out": "result.json" }`; undefined was not given
 * @throws {InputError} naming the flag and the file
 */
export async function requireNewFiles(
  files: Readonly<Record<string, string | undefined>>,
): Promise<void> {
  const seen = new Map<string, string>();
  for (const [flag, file] of Object.entries(files)) {
    if (file === undefined) continue;
    const place = path.resolve(file);
    const other = seen.get(place);
    if (other !== undefined)
      throw new InputError(`${other} and ${flag} both name ${file}. Give two names.`);
    seen.set(place, flag);
    if (await exists(place))
      throw new InputError(`${file} is there already. Remove it, or give ${flag} another name.`);
    const folder = path.dirname(place);
    if (!(await exists(folder)))
      throw new InputError(`${flag} ${file}: the folder ${folder} does not exist. Make it first.`);
  }
}

/** Writes files whole, and says which on standard error. */
export async function writeFiles(
  files: readonly (readonly [file: string | undefined, text: () => string])[],
  say: (line: string) => void,
): Promise<void> {
  for (const [file, text] of files) {
    if (file === undefined) continue;
    await writeNamed(file, text());
    say(`Wrote ${file}\n`);
  }
}

async function exists(place: string): Promise<boolean> {
  return await fs.lstat(place).then(
    () => true,
    () => false,
  );
}
