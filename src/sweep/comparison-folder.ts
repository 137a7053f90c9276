/**
 * A comparison's folder: its name, when it began, and its trials.
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
import { RunError } from "../errors.ts";
import { readJson, writeAtomically } from "../files/files.ts";
import { runFileName } from "../runs/run-file.ts";
import { resultFile, resultSchema } from "./trial-job.ts";
import type { TrialJob } from "./trial-job.ts";

/** The folder of a comparison whose settings are all that names it: `runs/compare-1f0c9a2e`. */
export function defaultFolder(settings: ComparisonSettings): string {
  return path.join("runs", `compare-${settingsDigest(settings)}`);
}

/** Eight hexadecimal digits that differ between settings. */
export function settingsDigest(settings: ComparisonSettings): string {
  return createHash("sha256").update(JSON.stringify(settings)).digest("hex").slice(0, 8);
}

/** When the comparison began, ISO 8601. */
export async function startTime(folder: string): Promise<string> {
  return (await fs.stat(path.join(folder, runFileName))).mtime.toISOString();
}

/**
 * The record of a finished trial, undefined for one that is not finished.
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
  if (schema !== resultSchema)
    throw new RunError(
      `${file} has ${schema === undefined ? "no schema" : `the schema ${JSON.stringify(schema)}`}; this version reads "${resultSchema}". Remove this file, and ` +
        `the same command measures the trial again.`,
    );
  try {
    return parseTrial(value, configuration);
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
