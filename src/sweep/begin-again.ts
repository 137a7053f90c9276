/**
 * A comparison whose trials all diverged may be taken up with other rates in its folder: there is nothing to keep, and
 * all trials begin again, because encodings are compared with the same rates from the first step on.
 *
 * @module
 */
import fs from "node:fs/promises";
import path from "node:path";
import { isDiverged } from "../comparison/trial.ts";
import type { Trial } from "../comparison/trial-record.ts";
import { runFileName } from "../runs/run-file.ts";
import { metricsFileName } from "../runs/metrics-file.ts";
import { checkpointFileName } from "../runs/run-storage.ts";
import { costFile, resultFile, trialName } from "./trial-job.ts";
import type { TrialJob } from "./trial-job.ts";

/** The settings that may be changed once all trials have diverged. */
const afterDivergence: readonly string[] = ["learningRate", "warmup", "clipNorm"];

/** Whether a value of a comparison's document may be changed once all its trials have diverged. */
export function mayChangeAfterDivergence(name: string): boolean {
  return afterDivergence.some((setting) => name === `settings.${setting}`);
}

/** Whether there are trials with a result, and the training of all of them diverged. */
export function allDiverged(finished: readonly (Trial | undefined)[]): boolean {
  const results = finished.filter((trial) => trial !== undefined);
  return results.length > 0 && results.every(isDiverged);
}

/**
 * A sentence for a folder in which training diverged in some trials and not in others, whose results are kept;
 * undefined for other folders.
 */
export function someDiverged(finished: readonly (Trial | undefined)[]): string | undefined {
  const results = finished.filter((trial) => trial !== undefined);
  const diverged = results.filter(isDiverged);
  if (diverged.length === 0 || diverged.length === results.length) return undefined;
  return (
    `Training diverged in ${diverged.map(trialName).join(", ")} and not in the other trials, whose results are kept ` +
    `here: give another --out for a comparison with other rates, or for the best of several for each encoding ` +
    `(--learning-rates).`
  );
}

/** Removes what trials have written, so that they begin again. */
export async function forgetTrials(jobs: readonly TrialJob[]): Promise<void> {
  const names = [resultFile, costFile, checkpointFileName, metricsFileName, runFileName];
  for (const { folder } of jobs)
    for (const name of names) await fs.rm(path.join(folder, name), { force: true });
}
