/**
 * A comparison's folder: its settings, when it began, and its trials.
 *
 * @module
 */
import { createHash } from "node:crypto";
import fs from "node:fs/promises";
import path from "node:path";
import { parseTrial, ResultsError } from "../comparison/parse-results.ts";
import type { Configuration } from "../comparison/results.ts";
import type { ComparisonSettings } from "../comparison/settings.ts";
import type { Trial } from "../comparison/trial-record.ts";
import { InputError, RunError } from "../errors.ts";
import { readJson, writeAtomically } from "../files/files.ts";
import { version } from "../version.ts";
import { resultFile, resultSchema } from "./trial-job.ts";
import type { TrialJob } from "./trial-job.ts";

/** What run.json of a comparison holds. */
interface RunDocument {
  /** The version of relpos that began the run. */
  readonly relpos: string;
  readonly kind: "compare";
  /** Hash of the corpus; absent where none is read. */
  readonly corpus?: string | undefined;
  readonly settings: ComparisonSettings;
}

/** The folder of a comparison whose settings are all that names it: `runs/compare-1f0c9a2e`. */
export function defaultFolder(settings: ComparisonSettings): string {
  return path.join("runs", `compare-${settingsDigest(settings)}`);
}

/** Eight hexadecimal digits that differ between settings. */
export function settingsDigest(settings: ComparisonSettings): string {
  return createHash("sha256").update(JSON.stringify(settings)).digest("hex").slice(0, 8);
}

/**
 * Writes run.json, or checks that the folder's run.json is of this comparison.
 *
 * @param corpus hash of the corpus, where one is read
 * @throws {InputError} naming what differs, or the version that began the run
 */
export async function keepSettings(
  folder: string,
  settings: ComparisonSettings,
  corpus: string | undefined,
): Promise<void> {
  const file = path.join(folder, "run.json");
  const document: RunDocument = { relpos: version, kind: "compare", corpus, settings };
  if (!(await exists(file))) {
    await writeAtomically(file, `${JSON.stringify(document, null, 2)}\n`);
    return;
  }
  const before = (await readJson(file)) as Partial<RunDocument> | null;
  const differing =
    before?.kind === "compare" ? differences(before, document) : ["the kind of run"];
  if (differing.length > 0)
    throw new InputError(
      `${folder} holds a run that differs in ${differing.join(", ")}. ` +
        `Give another --out, or the settings it was made with.`,
    );
  if (before?.relpos !== version)
    throw new InputError(
      `${folder} holds a run of relpos ${before?.relpos ?? "of an unknown version"}, and this is relpos ${version}, ` +
        `whose numbers may differ. Give another --out, or use the version that began the run.`,
    );
}

function differences(before: Partial<RunDocument>, now: RunDocument): string[] {
  const { encodingFiles: filesBefore = [], ...settingsBefore } = before.settings ?? {};
  const { encodingFiles = [], ...settings } = now.settings;
  const changed = encodingFiles.filter(
    ({ id, sha256 }) => filesBefore.find((file) => file.id === id)?.sha256 !== sha256,
  );
  return [
    ...(before.corpus === now.corpus ? [] : ["the text"]),
    ...Object.entries(settings)
      .filter(
        ([name, value]) =>
          JSON.stringify((settingsBefore as Record<string, unknown>)[name]) !==
          JSON.stringify(value),
      )
      .map(([name]) => name),
    ...changed.map(({ path: name }) => `what ${name} holds`),
  ];
}

/** When the comparison began, ISO 8601. */
export async function startTime(folder: string): Promise<string> {
  return (await fs.stat(path.join(folder, "run.json"))).mtime.toISOString();
}

/**
 * The record of a finished trial, undefined for one that is not finished. A file of an earlier version is read as
 * one of this version.
 *
 * @throws {RunError} the file is damaged; the message names the place
 */
export async function finishedTrial(
  { folder }: TrialJob,
  configuration: Configuration,
): Promise<Trial | undefined> {
  const file = path.join(folder, resultFile);
  if (!(await exists(file))) return undefined;
  const value = await readJson(file);
  const schema = (value as { readonly schema?: unknown } | null)?.schema;
  if (schema !== undefined && schema !== resultSchema)
    throw new RunError(
      `${file} has the schema ${JSON.stringify(schema)}; this version reads "${resultSchema}". Remove this file, and ` +
        `the same command measures the trial again.`,
    );
  try {
    return parseTrial(value, configuration, schema === undefined ? 1 : 2);
  } catch (error) {
    if (!(error instanceof ResultsError)) throw error;
    throw new RunError(
      `${file} is damaged: ${error.message.replace(/^results: | Run the .*$/g, "")} ` +
        `Remove this file, and the same command measures the trial again.`,
      { cause: error },
    );
  }
}

/** Writes the record of a finished trial. Numbers that are not finite become null. */
export async function writeTrial(folder: string, trial: Trial): Promise<void> {
  const record = JSON.stringify({ schema: resultSchema, ...trial });
  await writeAtomically(path.join(folder, resultFile), record);
}

async function exists(file: string): Promise<boolean> {
  return await fs.access(file).then(
    () => true,
    () => false,
  );
}
