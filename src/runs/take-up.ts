/**
 * Taking up a training run in its folder: which settings may be other than they were, and what is said of one that
 * diverged.
 *
 * More steps change nothing of what was trained: the schedule is as long as it was (`decaySteps`), and further steps
 * have its last rate. So the run ends as one that was planned with these steps and that schedule.
 *
 * @module
 */
import path from "node:path";
import type { TrainingDiverged } from "../training/train.ts";
import { afterDivergence, hasDiverged, recordDivergence } from "./divergence-record.ts";
import { originByNames } from "./run-differences.ts";
import type { ModelRun } from "./run-document.ts";
import { readRunFile } from "./run-file.ts";
import type { KeepOptions } from "./run-file.ts";
import { checkpointFileName, readCheckpoint } from "./run-storage.ts";

/** How a run's settings may be changed when it is taken up. */
export async function changesOf(
  folder: string,
  given: object,
): Promise<KeepOptions> {
  const free = (await hasDiverged(folder)) ? afterDivergence : [];
  const names = Object.entries(given).flatMap(([name, value]: [string, unknown]) =>
    value === undefined ? [] : [name],
  );
  return {
    allows({ name: leaf, before, now }, run) {
      const [place, name = ""] = leaf.split(".");
      if (place !== "settings") return false;
      if (name === "steps") return Number(now) > Number(before);
      // Folders from before there was this setting, and the optimiser.
      if (name === "decaySteps") return before === undefined && now === run.settings["steps"];
      if (name === "optimiser") return before === undefined && now === "adamw";
      // The best weights are kept from the first step on, or never.
      if (name === "patience") return Number(before) > 0;
      return name === "checkpointEvery" || free.includes(name);
    },
    stepsDone: async () => (await readCheckpoint(path.join(folder, checkpointFileName)))?.step ?? 0,
    originOf: originByNames(names),
    hint:
      "More steps can be given in this folder, fewer cannot; other rates only after training diverged.",
  };
}

/** The settings in the `run.json` of a training run; none where there is no such file. */
export async function recordedSettings(folder: string): Promise<ModelRun["settings"] | undefined> {
  const run = await readRunFile(folder).catch(() => undefined); // `keepRunFile` says what is wrong
  return run?.kind === "train" || run?.kind === "pairs" ? run.settings : undefined;
}

/** Records that training diverged, and says how the run goes on. */
export async function diverged(folder: string, error: TrainingDiverged): Promise<TrainingDiverged> {
  await recordDivergence(folder, error);
  const from = error.kept === undefined ? "begins again" : `goes on from step ${error.kept}`;
  return error.withNext(
    `With such a change (learningRate, minLearningRate, warmup or clip) the run ${from} in ${folder}.`,
  );
}
