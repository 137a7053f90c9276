/**
 * The files of a folder that relpos replaces: those that it wrote there, as they were when it wrote them.
 *
 * `.relpos` marks a folder as one of relpos and lists them, each with its SHA-256, as `sha256sum` does. A file of that
 * name that is not listed, or has changed since, is somebody's own.
 *
 * @module
 */
import { createHash } from "node:crypto";
import fs from "node:fs/promises";
import path from "node:path";
import { InputError } from "../errors.ts";
import { errorCode, readError } from "../files/file-errors.ts";
import { makeFolder, readBytes, writeAtomically } from "../files/files.ts";
import { removeTemporaries } from "../files/temporary-files.ts";

/** The file's name. */
export const markerName = ".relpos";
const firstLine = "This folder holds results of relpos, which may replace its files.";

/** A file to write. */
export interface OwnFile {
  /** Below the folder, with slashes. */
  readonly path: string;
  readonly text: string;
}

/** Digests by path. While files are replaced, those of before and after. */
type Listed = ReadonlyMap<string, readonly string[]>;

/** Marks a folder as one of relpos. */
export async function markFolder(folder: string): Promise<void> {
  await writeMarker(folder, new Map());
}

/** Whether a folder is marked. */
export async function isMarked(folder: string): Promise<boolean> {
  return (await readMarker(folder)) !== undefined;
}

/**
 * Refuses files that `writeOwnFiles` would not replace.
 *
 * @param folder exists and is claimed (`claimFolder`)
 * @throws {InputError} one of them is not relpos's, or was changed since it was written
 */
export async function requireOwnFiles(folder: string, paths: readonly string[]): Promise<void> {
  const listed = (await readMarker(folder)) ?? new Map();
  await requireOwn(folder, paths, listed);
}

/**
 * Writes files into a folder, each in one step, and lists them.
 *
 * @param folder exists and is claimed (`claimFolder`)
 * @throws {InputError} a file of that name is not relpos's, or was changed since it was written; nothing was written
 * @throws {RunError} the disk is full or fails
 */
export async function writeOwnFiles(folder: string, files: readonly OwnFile[]): Promise<void> {
  const listed = (await readMarker(folder)) ?? new Map<string, readonly string[]>();
  await requireOwn(
    folder,
    files.map(({ path: name }) => name),
    listed,
  );
  const after = new Map([
    ...listed,
    ...files.map(({ path: name, text }) => [name, [digest(text)]] as const),
  ]);
  const both = new Map(
    [...after].map(([name, [now]]) => [name, [...new Set([...(listed.get(name) ?? []), now!])]]),
  );
  // Before the files: after a power cut, either content is known.
  await writeMarker(folder, both);
  for (const inner of new Set(files.map(({ path: name }) => path.dirname(name)))) {
    const place = path.join(folder, inner);
    await makeFolder(place);
    await removeTemporaries(place);
  }
  for (const { path: name, text } of files) await writeAtomically(path.join(folder, name), text);
  await writeMarker(folder, after);
}

/** All files that are refused are named at once: where the list of own files is lost, none is known. */
async function requireOwn(folder: string, paths: readonly string[], listed: Listed): Promise<void> {
  const faults = new Map<string, string>();
  for (const name of paths) {
    const fault = await faultOf(path.join(folder, name), listed.get(name));
    if (fault !== undefined) faults.set(path.join(folder, name), fault);
  }
  const [first, ...others] = faults.keys();
  if (first === undefined) return;
  if (others.length === 0)
    throw new InputError(
      `${first} ${faults.get(first)!}, and would be replaced. Move it away and run the same command again, or choose another folder.`,
    );
  throw new InputError(
    `${first} ${faults.get(first)!}, and would be replaced; so would ${others.join(", ")}. ` +
      `Move them away and run the same command again, or choose another folder.`,
  );
}

/** Why a file may not be replaced; undefined where it may, or is not there. */
async function faultOf(file: string, digests: readonly string[] | undefined): Promise<string | undefined> {
  let bytes: Uint8Array;
  try {
    await fs.access(file);
    bytes = await readBytes(file);
  } catch (error) {
    if (errorCode(error) === "ENOENT") return undefined;
    throw errorCode(error) === undefined ? error : readError(file, error);
  }
  if (digests?.includes(digest(bytes))) return undefined;
  return digests === undefined ? "was not written by relpos" : "was changed since relpos wrote it";
}

async function readMarker(folder: string): Promise<Map<string, readonly string[]> | undefined> {
  const text = await fs.readFile(path.join(folder, markerName), "utf8").catch(() => undefined);
  if (text === undefined || !text.startsWith("This folder holds results of relpos")) return undefined;
  const listed = new Map<string, readonly string[]>();
  for (const line of text.split("\n").slice(1)) {
    const [, sum, name] = /^([0-9a-f]{64}) {2}(.+)$/.exec(line) ?? [];
    if (sum !== undefined && name !== undefined) listed.set(name, [...(listed.get(name) ?? []), sum]);
  }
  return listed;
}

async function writeMarker(folder: string, listed: Listed): Promise<void> {
  const lines = [...listed]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([name, digests]) => digests.map((sum) => `${sum}  ${name}`));
  await writeAtomically(path.join(folder, markerName), `${[firstLine, ...lines].join("\n")}\n`);
}

function digest(content: Uint8Array | string): string {
  return createHash("sha256").update(content).digest("hex");
}
