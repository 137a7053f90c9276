/**
 * Runs experiments one after the other: each is a comparison in a folder of its own, which goes on where it was
 * stopped, and a record in the folder of results.
 *
 * @module
 */
import { existsSync } from "node:fs";
import fs from "node:fs/promises";
import path from "node:path";
import type { ComparisonSettings } from "../src/comparison/settings.ts";
import { encodingById } from "../src/encodings/index.ts";
import { writeAtomically } from "../src/files/files.ts";
import { settingsDigest } from "../src/sweep/comparison-folder.ts";
import { ComparisonProgress } from "../src/sweep/comparison-progress.ts";
import { runComparison } from "../src/sweep/run-comparison.ts";
import type { Experiment } from "./experiment.ts";
import { recordOf, refuseForeign, studiesFolder, writeRecord } from "./record.ts";

/** What is to be run, and where. */
export interface Reproduction {
  readonly experiments: readonly Experiment[];
  /** Where trials keep their checkpoints. */
  readonly folder: string;
  /** Where records are written. */
  readonly results: string;
  /** Trials at once. Default: one for each core. */
  readonly processes?: number | undefined;
  /** Stops after the current steps; the next run goes on from there. */
  readonly signal: AbortSignal;
  readonly say: (line: string) => void;
}

/** Runs what is not finished. The ids of the experiments whose records were written. */
export async function reproduce(given: Reproduction): Promise<readonly string[]> {
  const { experiments, folder, results: out, signal, say } = given;
  const written: string[] = [];
  for (const experiment of experiments) {
    if (signal.aborted) break;
    const { settings, skipped } = available(experiment);
    for (const id of skipped) say(`${experiment.id}: this version has no ${id}; it is left out.`);
    if (settings.encodings.length === 0) continue;
    const missing = missingFiles(settings);
    if (missing.length > 0) {
      say(`${experiment.id}: skipped, it reads ${missing.join(", ")}, and there is no such file.`);
      continue;
    }
    await refuseForeign(recordFile(out, experiment));
    say(`${experiment.id}: ${settings.encodings.length} encodings, ${settings.seeds.length} seeds`);
    if (experiment.study) {
      const record = await experiment.study({ ...given, settings });
      if (record === undefined) break;
      await fs.mkdir(path.join(out, studiesFolder), { recursive: true });
      await writeAtomically(recordFile(out, experiment), writeRecord(record));
      written.push(experiment.id);
      continue;
    }
    const results = await runComparison({
      settings,
      folder: path.join(folder, `${experiment.id}-${settingsDigest(settings)}`),
      ...(given.processes === undefined ? {} : { processes: given.processes }),
      signal,
      progress: (options) => new ComparisonProgress(options),
    });
    if (results === undefined) break;
    await fs.mkdir(out, { recursive: true });
    const record = recordOf(experiment.id, settings, results, skipped);
    await writeAtomically(recordFile(out, experiment), writeRecord(record));
    written.push(experiment.id);
  }
  return written;
}

function recordFile(out: string, { id, study }: Experiment): string {
  return path.join(out, study ? studiesFolder : "", `${id}.json`);
}

/** Files of pairs that an experiment reads and that are not there: they are no part of relpos. */
export function missingFiles(settings: ComparisonSettings): readonly string[] {
  const data = "pairs" in settings ? settings.pairs.data : undefined;
  const files = data?.name === undefined ? (data?.files ?? []) : [];
  return files.filter((file) => !existsSync(file));
}

/** The settings with the encodings that there are, and the ids of those that there are not. */
export function available({ settings, study }: Experiment): {
  readonly settings: ComparisonSettings;
  readonly skipped: readonly string[];
} {
  if (study) return { settings, skipped: [] };
  const skipped = settings.encodings.filter((id) => !exists(id));
  return {
    settings: { ...settings, encodings: settings.encodings.filter((id) => exists(id)) },
    skipped,
  };
}

/** Whether this version has an encoding, and the base where it goes around another. */
function exists(id: string): boolean {
  const base = /\bbase=([\w-]+)/.exec(id)?.[1];
  const ids = [/^[\w-]+/.exec(id)![0], ...(base && !/^[\d.]/.test(base) ? [base] : [])];
  return ids.every((one) => {
    try {
      encodingById(one);
      return true;
    } catch {
      return false;
    }
  });
}
