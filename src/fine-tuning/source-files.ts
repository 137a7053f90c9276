/**
 * The files of a folder that make its model, and whether they are still what a run began from.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { InputError } from "../errors.ts";
import { readError } from "../files/file-errors.ts";
import { fileIn, namesIn } from "../files/folder-files.ts";
import type { RecordedSource } from "../runs/run-document.ts";
import { readRunFile } from "../runs/run-file.ts";

/** Files of a run that make its model. */
const ofRun = ["run.json", "checkpoint.safetensors", "best.safetensors", "tokenizer.json"];
/** Files of a pretrained model, beside its weights. */
const ofCheckpoint = ["config.json", "generation_config.json", "tokenizer.json"];
const weights = /\.safetensors(\.index\.json)?$/;

/**
 * The SHA-256 of each file that makes the model.
 *
 * @throws {InputError} a file may not be read
 */
export async function sourceFiles(folder: string): Promise<RecordedSource["files"]> {
  const names = [...(await namesIn(folder))].sort();
  const own = names.includes("run.json")
    ? names.filter((name) => ofRun.includes(name))
    : names.filter((name) => ofCheckpoint.includes(name) || weights.test(name));
  const files: { name: string; sha256: string }[] = [];
  for (const name of own) files.push({ name, sha256: await digestOf(fileIn(folder, name)) });
  return files;
}

async function digestOf(file: string): Promise<string> {
  const hash = createHash("sha256");
  try {
    for await (const piece of createReadStream(file)) hash.update(piece as Uint8Array);
  } catch (error) {
    throw readError(file, error);
  }
  return hash.digest("hex");
}

/**
 * Refuses a source that is not what a run began from.
 *
 * @param folder of the run, which need not exist
 * @throws {InputError} a file of the source is another, or is gone
 */
export async function refuseChangedSource(
  folder: string,
  from: string,
  files: RecordedSource["files"],
): Promise<void> {
  const run = await readRunFile(folder).catch(() => undefined); // `keepRunFile` says what is wrong
  if (run?.kind !== "train" || run.source === undefined) return;
  const before = new Map(run.source.files.map(({ name, sha256 }) => [name, sha256]));
  const now = new Map(files.map(({ name, sha256 }) => [name, sha256]));
  const names = [...new Set([...before.keys(), ...now.keys()])];
  const differing = names.filter((name) => before.get(name) !== now.get(name));
  if (differing.length === 0) return;
  throw new InputError(
    `${from} is not the model that ${folder} was begun from: ${differing.join(", ")} ` +
      `${differing.length === 1 ? "is another file" : "are other files"} (SHA-256). ` +
      `Restore the folder as it was, or choose another --out.`,
  );
}
