/**
 * Runs experiments one after the other: each is a comparison in a folder of its own, which goes on where it was
 * stopped, and a record in the folder of results.
 *
 * @module
 */
import fs from "node:fs/promises";
import path from "node:path";
import { writeAtomically } from "../src/files/files.ts";
import { commandLine } from "../src/cli/compare-document.ts";
import { runComparison } from "../src/cli/compare-run.ts";
import { digest, processesOf } from "../src/cli/compare-settings.ts";
import { checkSettings } from "../src/comparison/settings.ts";
import type { ComparisonSettings } from "../src/comparison/settings.ts";
import { encodingById } from "../src/encodings/index.ts";
import type { Experiment } from "./experiment.ts";
import { recordOf, writeRecord } from "./record.ts";

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
    checkSettings(settings);
    say(`${experiment.id}: ${settings.encodings.length} encodings, ${settings.seeds.length} seeds`);
    const results = await runComparison({
      settings,
      folder: path.join(folder, `${experiment.id}-${digest(settings)}`),
      processes: processesOf(
        given.processes === undefined ? {} : { processes: given.processes },
        settings,
      ),
      command: commandOf(settings),
      signal,
    });
    if (results === undefined) break;
    await fs.mkdir(out, { recursive: true });
    const record = recordOf(experiment.id, settings, results, skipped);
    await writeAtomically(path.join(out, `${experiment.id}.json`), writeRecord(record));
    written.push(experiment.id);
  }
  return written;
}

/** The settings with the encodings that there are, and the ids of those that there are not. */
export function available({ settings }: Experiment): {
  readonly settings: ComparisonSettings;
  readonly skipped: readonly string[];
} {
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

/** The command line that makes one experiment alone. */
export function commandOf(settings: ComparisonSettings): string {
  const { encodings, seeds, trainLength, testLengths, steps, batch, width, heads, layers } =
    settings;
  const { learningRate, warmup } = settings;
  const shared = {
    ...{ encodings, seeds, trainLength, testLengths, steps, batch, width, heads, layers },
    ...{ learningRate, warmup },
  };
  if ("task" in settings) {
    const { task, evaluationSamples } = settings;
    return commandLine({ task, ...shared, evaluationSamples });
  }
  const { stride, evaluationTokens, corpus } = settings;
  const source = "text" in corpus ? { text: corpus.text } : { corpus: corpus.name };
  return commandLine({ ...source, ...shared, stride, evaluationTokens });
}
