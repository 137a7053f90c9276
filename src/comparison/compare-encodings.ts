/**
 * From trials to judgement, on text and on a task: which numbers are compared, and how sure they are.
 *
 * With two seeds or more the samples are seeds, paired by seed, and the text is taken as given. With one
 * seed the samples are batches of neighbouring windows, paired by place, or a task's samples, and the
 * initialisation is taken as given. `over` says which. How a ranking comes of it stands in `ranking.ts`.
 *
 * @module
 */
import { rank } from "./ranking.ts";
import type { Measure } from "./ranking.ts";
import type { Compared, Configuration, Measured, Trial } from "./results.ts";
import { protocols } from "./results.ts";
import { meanOfShares, pairedShares, unpairedShares } from "./shares.ts";
import { meanOfSeeds, meanOfText, pairedSeeds, pairedText } from "./statistics.ts";
import type { TaskCompared, TaskConfiguration, TaskMeasured, TaskTrial } from "./task-results.ts";

/** One row for each encoding, length and protocol that was tried, in that nesting, protocol outermost. */
export function compareEncodings(
  configuration: Configuration,
  trials: readonly Trial[],
): readonly Compared[] {
  return rank({ configuration, protocols, trials, measure: bitsPerByte }).map((row) => {
    if ("failed" in row) return row;
    const { encoding, length, protocol, score, ...judged } = row;
    return { encoding, length, protocol, bitsPerByte: score, ...judged };
  });
}

/** The same on a task, where a condition takes the protocol's place. */
export function compareOnTask(
  configuration: TaskConfiguration,
  trials: readonly TaskTrial[],
): readonly TaskCompared[] {
  const conditions = configuration.task.conditions.map(({ id }) => id);
  return rank({ configuration, protocols: conditions, trials, measure: exactMatch }).map((row) => {
    if ("failed" in row) return row;
    const { encoding, length, protocol, score, ...judged } = row;
    return { encoding, length, protocol, exactMatch: score, ...judged };
  });
}

const textApart: Measure<Measured>["apart"] = (a, b) =>
  a.length > 1
    ? pairedSeeds(
        a.map((run) => run.bitsPerByte),
        b.map((run) => run.bitsPerByte),
      )
    : pairedText(a[0]!.windows, b[0]!.windows);

const bitsPerByte: Measure<Measured> = {
  worse: 1,
  score: (run) => run.bitsPerByte,
  over: (seeds) => (seeds > 1 ? "paired seeds" : "paired windows of text"),
  alone: (runs) =>
    runs.length > 1
      ? meanOfSeeds(runs.map((run) => run.bitsPerByte))
      : meanOfText(runs[0]!.windows),
  apart: textApart,
  grown: textApart,
};

const exactMatch: Measure<TaskMeasured> = {
  worse: -1,
  score: (run) => run.exactMatch,
  over: (seeds) => (seeds > 1 ? "paired seeds" : "paired samples"),
  alone: meanOfShares,
  apart: pairedShares,
  grown: unpairedShares,
};
