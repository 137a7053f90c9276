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
import { keepRunFile, readRunFile, runFileName } from "../runs/run-file.ts";
import { identityDigest } from "../runs/run-identity.ts";
import { resultFile, resultSchema, trialName } from "./trial-job.ts";
import type { TrialJob } from "./trial-job.ts";

/** The folder of a comparison whose settings are all that names it: `runs/compare-1f0c9a2e`. */
export function defaultFolder(settings: ComparisonSettings): string {
  return path.join("runs", `compare-${settingsDigest(settings)}`);
}

/** Eight hexadecimal digits that differ between settings. */
export function settingsDigest(settings: object, ...others: readonly object[]): string {
  const text = [settings, ...others].map((each) => JSON.stringify(each)).join("\n");
  return createHash("sha256").update(text).digest("hex").slice(0, 8);
}

/** When the comparison began, ISO 8601. */
export async function startTime(folder: string): Promise<string> {
  return (await fs.stat(path.join(folder, runFileName))).mtime.toISOString();
}

/**
 * Where `run.json` of a comparison was removed: refuses trials of other settings, before another is written.
 *
 * @param jobs where learning rates are chosen, those with each of the rates: a trial is to be one of its folder's
 * @throws {InputError} a trial was begun with other settings: each is named with both values
 */
export async function requireOwnTrials(folder: string, jobs: readonly TrialJob[]): Promise<void> {
  if (await exists(path.join(folder, runFileName))) return;
  for (const [trial, [first, ...others]] of Map.groupBy(jobs, (job) => job.folder)) {
    if (!(await exists(path.join(trial, runFileName)))) continue;
    const { learningRate } = (await readRunFile(trial)).settings;
    const job = others.find(({ rate }) => rate === learningRate) ?? first!;
    await keepRunFile(trial, job.run);
  }
}

/** What to do about a damaged record of a trial. */
const mend = "Remove this file, and the same command measures the trial again.";

/**
 * The record of a finished trial, undefined for one that is not finished.
 *
 * @throws {RunError} the file is damaged; the message names the place
 */
export async function finishedTrial(
  job: TrialJob,
  configuration: Configuration,
): Promise<Trial | undefined> {
  const file = path.join(job.folder, resultFile);
  if (!(await exists(file))) return undefined;
  const value = await readJson(file, mend);
  const schema = (value as { readonly schema?: unknown } | null)?.schema;
  if (schema !== resultSchema)
    throw new RunError(
      `${file} has ${schema === undefined ? "no schema" : `the schema ${JSON.stringify(schema)}`}; this version reads "${resultSchema}". ${mend}`,
    );
  try {
    const trial = parseTrial(value, configuration);
    const { run } = value as { readonly run?: unknown };
    if (run !== identityDigest(job.run))
      throw new RunError(
        `${file} is not the result of ${trialName(job)} of this comparison, but of ${trialName(trial)} ` +
          `of another run, text or version of relpos. ${mend}`,
      );
    return trial;
  } catch (error) {
    if (!(error instanceof ResultsError)) throw error;
    throw new RunError(
      `${file} is damaged: ${error.message.replace(/^results: | Run the .*$/g, "")} ${mend}`,
      { cause: error },
    );
  }
}

/** What is there of a trial's result, whatever run it is of; undefined where there is none. */
export async function readTrial(
  folder: string,
  configuration: Configuration,
): Promise<Trial | undefined> {
  const file = path.join(folder, resultFile);
  return (await exists(file)) ? parseTrial(await readJson(file, mend), configuration) : undefined;
}

/** Writes the record of a finished trial, bound to its run. Numbers that are not finite become null. */
export async function writeTrial({ folder, run }: TrialJob, trial: Trial): Promise<void> {
  const record = JSON.stringify({ schema: resultSchema, run: identityDigest(run), ...trial });
  await writeAtomically(path.join(folder, resultFile), record);
}

async function exists(file: string): Promise<boolean> {
  return await fs.access(file).then(
    () => true,
    () => false,
  );
}
