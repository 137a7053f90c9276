/**
 * `run.json`: written once, by the process that begins a run, and read by everything that goes on with it or opens it.
 *
 * @module
 */
import fs from "node:fs/promises";
import path from "node:path";
import { InputError, RunError, unknownName, refuseUnknownNames } from "../errors.ts";
import type { NamesOf } from "../errors.ts";
import { errorCode, readError } from "../files/file-errors.ts";
import { readJson, writeAtomically } from "../files/files.ts";
import { schemaFault } from "../files/schema-fault.ts";
import { version } from "../version.ts";
import { checkpointFileName, readCheckpoint, requireSameRun } from "./checkpoint-file.ts";
import { runKinds, runSchema } from "./run-document.ts";
import type { RunDocument } from "./run-document.ts";
import { differencesOf, differenceWords } from "./run-differences.ts";
import type { Difference, Origin } from "./run-differences.ts";
import { runSchemas } from "./run-schema.ts";

/** The file's name in the folder of a run. */
export const runFileName = "run.json";

/** How a run is taken up whose settings are not those of its folder. */
export interface KeepOptions {
  /** Whether a setting may be changed; all that differ must. Default: none may. */
  readonly allows?: (difference: Difference, before: RunDocument) => boolean;
  /** Steps done so far, which a change is recorded with. */
  readonly stepsDone?: () => Promise<number>;
  /** Called before a change is written, with what is changed. */
  readonly onChange?: (differences: readonly Difference[]) => Promise<void>;
  /** Where the values are from, for messages. Default: all were given. */
  readonly originOf?: (name: string) => Origin;
  /** What else can be done about differences that are refused, a sentence. */
  readonly hint?: string;
}

const names: NamesOf<KeepOptions> = {
  allows: true,
  stepsDone: true,
  onChange: true,
  originOf: true,
  hint: true,
};

/**
 * Records what a run is. In a folder without `run.json` the file is written; in the folder of the same run nothing
 * changes. Where files are (keys named `path` or `paths`) may differ; what they hold may not. Settings that may be
 * changed are replaced, and the change is recorded under `changes`. Where `run.json` was removed, a checkpoint must be of
 * this run.
 *
 * @param folder exists and is claimed (`claimFolder`)
 * @returns what `run.json` holds now
 * @throws {InputError} the folder holds a run, or a checkpoint, with other settings: each is named with both values
 * @throws {RunError} the file is damaged, or cannot be written
 * @throws {RangeError} the document could not be read back: a key is missing, unknown or out of its bounds
 */
export async function keepRunFile(
  folder: string,
  document: RunDocument,
  options: KeepOptions = {},
): Promise<RunDocument> {
  refuseUnknownNames("keepRunFile", options, names);
  const { allows, stepsDone, onChange, originOf, hint } = options;
  const file = path.join(folder, runFileName);
  const text = textOf(document);
  const now = JSON.parse(text) as RunDocument;
  const checked = runSchemas[document.kind].safeParse(now);
  if (!checked.success) throw new RangeError(`run.json: ${schemaFault(checked.error, now)}.`);
  if (!(await isFile(file))) {
    await requireOwnCheckpoint(folder, now);
    await writeAtomically(file, text);
    return now;
  }
  const before = await readRunFile(folder);
  const ways = "Choose another folder, or give the settings that the run was made with.";
  if (before.kind !== now.kind)
    throw new InputError(
      `${folder} holds a run that differs in the kind of run ("${before.kind}" there, "${now.kind}" given). ${ways}`,
    );
  const differences = differencesOf(before, now);
  if (differences.length === 0) return before;
  const refused = differences.filter((each) => !allows?.(each, before));
  if (refused.length > 0)
    throw new InputError(
      `${folder} holds a run that differs in ${differenceWords(refused, { originOf })}. ` +
        `${ways}${hint === undefined ? "" : ` ${hint}`}`,
    );
  const step = await stepsDone?.();
  const changes = differences.map((each) => ({ ...(step === undefined ? {} : { step }), ...each }));
  await onChange?.(differences);
  const { atime, mtime } = await fs.stat(file);
  const changed = { ...now, changes: [...(before.changes ?? []), ...changes] };
  await writeAtomically(file, textOf(changed));
  await fs.utimes(file, atime, mtime); // its time is that at which the run began
  return changed;
}

/** A checkpoint whose `run.json` is gone says itself what it was made with. */
async function requireOwnCheckpoint(folder: string, document: RunDocument): Promise<void> {
  const file = path.join(folder, checkpointFileName);
  const checkpoint = await readCheckpoint(file);
  if (checkpoint !== undefined) requireSameRun(checkpoint, document, file);
}

function textOf(document: RunDocument): string {
  return `${JSON.stringify(document, null, 2)}\n`;
}

/**
 * What `run.json` in a folder says.
 *
 * @throws {InputError} there is no such folder or file, or the file is of another program or another version of relpos
 * @throws {RunError} the file is damaged: the first missing, unknown or wrong key is named
 */
export async function readRunFile(folder: string): Promise<RunDocument> {
  await requireFolder(folder);
  const file = path.join(folder, runFileName);
  if (!(await isFile(file)))
    throw new InputError(
      (await isFile(path.join(folder, checkpointFileName)))
        ? `${folder} has a checkpoint and no ${runFileName}. Restore it from a copy, or train in this folder with the ` +
          `settings of the run, which writes it again.`
        : `${folder} holds no run: it has no ${runFileName}. Give the folder that relpos train or compare wrote.`,
    );
  const value = await readJson(
    file,
    "Restore it from a copy, or start again in another folder.",
  );
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new InputError(
      `${file} is not of relpos: it must be an object, got ${Array.isArray(value) ? "a list" : JSON.stringify(value)}. ` +
        `Choose another folder, or restore the file from a copy.`,
    );
  const { schema, kind } = value as { readonly schema?: unknown; readonly kind?: unknown };
  requireVersion(file, schema, value);
  const known = runKinds.find((candidate) => candidate === kind);
  if (known === undefined)
    throw typeof kind === "string"
      ? new InputError(`${file}: ${unknownName("kind of run", kind, runKinds).message}`)
      : damaged(file, `"kind" is ${kind === undefined ? "missing" : "no text"}`);
  const checked = runSchemas[known].safeParse(value);
  if (!checked.success) throw damaged(file, schemaFault(checked.error, value));
  return checked.data;
}

function requireVersion(file: string, schema: unknown, document: object): void {
  if (schema === runSchema) return;
  const writer = (document as { readonly versions?: { readonly relpos?: unknown } }).versions;
  const by = typeof writer?.relpos === "string" ? ` by relpos ${writer.relpos}` : "";
  const ways =
    "Open it with that version, restore it from a copy if it was changed, or train again in another folder.";
  if (schema === undefined)
    throw new InputError(
      `${file} has no "schema": it was written by relpos before it recorded one, and relpos ${version} reads ` +
        `"${runSchema}". ${ways}`,
    );
  throw new InputError(
    `${file} was written${by} as ${JSON.stringify(schema)}; relpos ${version} reads "${runSchema}". ${ways}`,
  );
}

function damaged(file: string, fault: string): RunError {
  return new RunError(
    `${file} is damaged: ${fault}. Restore it from a copy, or start again in another folder.`,
  );
}

async function requireFolder(folder: string): Promise<void> {
  const found = await fs.stat(folder).catch((error: unknown) => {
    throw readError(folder, error);
  });
  if (!found.isDirectory())
    throw new InputError(`${folder} is a file. Give the folder of a run, which holds ${runFileName}.`);
}

async function isFile(file: string): Promise<boolean> {
  try {
    await fs.access(file);
    return true;
  } catch (error) {
    if (errorCode(error) === "ENOENT") return false;
    throw readError(file, error);
  }
}
