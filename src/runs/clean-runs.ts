/**
 * Finds the runs below a folder, and removes those that are no longer wanted: only folders whose `run.json` is one of
 * relpos, and in them only files that relpos writes.
 *
 * @module
 */
import fs from "node:fs/promises";
import path from "node:path";
import { InputError } from "../errors.ts";
import { readError } from "../files/file-errors.ts";
import type { RecordedEncoding, RunDocument } from "./run-document.ts";
import { readRunFile, runFileName } from "./run-file.ts";
import { claimFolder } from "./run-folder.ts";

/** A run that was found. */
export interface FoundRun {
  readonly folder: string;
  readonly kind: RunDocument["kind"];
  /** "rope", or "rope, alibi" of a comparison. */
  readonly encodings: string;
  /** When one of its files was last written, milliseconds since 1970. */
  readonly changed: number;
  /** Of its own files. */
  readonly bytes: number;
  /** Its own files, by their paths in the folder. */
  readonly files: readonly string[];
  /** Files in the folder that relpos did not write; they are never removed. */
  readonly others: readonly string[];
}

/** How deep below the folder runs are looked for. */
const deepest = 6;

/** What relpos writes into the folder of a run, of a comparison and of its trials. */
const ownFiles: readonly RegExp[] = [
  /^(trials\/[^/]+\/)?(run\.json|metrics\.jsonl|checkpoint\.safetensors|\.relpos|divergence\.json)$/,
  /^(trials\/[^/]+\/)?(\.relpos-lock-[^/]+|\.[^/]+\.tmp)$/,
  /^(best\.safetensors|evaluation\.json|results\.json|report\.html|costs\.json)$/,
  /^trials\/[^/]+\/(result|cost)\.json$/,
  /^report-figures\/[^/]+\.svg$/,
  /^report-tables\/[^/]+\.csv$/,
];

/**
 * The runs in a folder and below, by path. Links are not followed, and a run's own folders are not looked into.
 *
 * @throws {InputError} the folder is missing or may not be read
 */
export async function findRuns(folder: string): Promise<readonly FoundRun[]> {
  const found = await fs.stat(folder).catch((error: unknown) => {
    throw readError(folder, error);
  });
  if (!found.isDirectory())
    throw new InputError(`${folder} is a file. Give a folder with runs, such as runs.`);
  return await search(folder, 0);
}

async function search(folder: string, depth: number): Promise<readonly FoundRun[]> {
  const run = await readRunFile(folder).catch(() => undefined);
  // A trial is removed with its comparison.
  if (run !== undefined) return run.kind === "trial" ? [] : [await describe(folder, run)];
  if (depth === deepest) return [];
  const entries = await fs.readdir(folder, { withFileTypes: true }).catch(() => []);
  const inside: FoundRun[] = [];
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1)))
    if (entry.isDirectory() && entry.name !== "node_modules")
      inside.push(...(await search(path.join(folder, entry.name), depth + 1)));
  return inside;
}

async function describe(folder: string, run: RunDocument): Promise<FoundRun> {
  const entries = await fs.readdir(folder, { recursive: true, withFileTypes: true });
  const files: string[] = [];
  const others: string[] = [];
  let [changed, bytes] = [0, 0];
  for (const entry of entries) {
    if (entry.isDirectory()) continue;
    const full = path.join(entry.parentPath, entry.name);
    const name = path.relative(folder, full).split(path.sep).join("/");
    if (!entry.isFile() || !ownFiles.some((pattern) => pattern.test(name))) {
      others.push(name);
      continue;
    }
    const { size, mtimeMs } = await fs.stat(full);
    files.push(name);
    bytes += size;
    changed = Math.max(changed, mtimeMs);
  }
  const encodings = encodingsOf(run);
  return {
    ...{ folder, kind: run.kind, changed, bytes, files: files.sort(), others: others.sort() },
    encodings: encodings.map(({ id }) => id).join(", "),
  };
}

function encodingsOf(run: RunDocument): readonly RecordedEncoding[] {
  if (run.kind === "compare") return run.encodings;
  return run.kind === "pairs" ? Object.values(run.encodings) : [run.encoding];
}

/**
 * Removes a run's own files, and its folders where nothing else is in them.
 *
 * @throws {RunError} another process writes there
 */
export async function removeRun({ folder, files }: FoundRun): Promise<void> {
  const claim = await claimFolder(folder);
  try {
    // The record goes last: a removal that is interrupted leaves a run that is found again.
    const others = files.filter((name) => name !== runFileName);
    for (const name of [...others, runFileName])
      await fs.rm(path.join(folder, name), { force: true });
    await removeEmpty(folder, [...new Set(files.map((name) => path.posix.dirname(name)))]);
  } finally {
    await claim.release();
  }
  await fs.rmdir(folder).catch(() => undefined); // it holds something else
}

/** Removes folders that are empty now, the inner ones first. */
async function removeEmpty(folder: string, inside: readonly string[]): Promise<void> {
  const all = new Set(inside.flatMap((name) => [name, path.posix.dirname(name)]));
  for (const name of [...all].sort((a, b) => b.length - a.length))
    if (name !== ".") await fs.rmdir(path.join(folder, name)).catch(() => undefined);
}
