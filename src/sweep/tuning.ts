/**
 * Chooses the learning rates of a comparison: one model for each encoding and rate, in folders of their own, so that a
 * choice that was stopped goes on.
 *
 * @module
 */
import fs from "node:fs/promises";
import path from "node:path";
import { chosenRate, tuningSeed } from "../comparison/tuning.ts";
import type { Tuning } from "../comparison/tuning.ts";
import type { ComparisonSettings } from "../comparison/settings.ts";
import { RunError } from "../errors.ts";
import { errorCode } from "../files/file-errors.ts";
import { readJson, writeAtomically } from "../files/files.ts";
import { trialDocument } from "./comparison-document.ts";
import type { LoadedData } from "./prepare.ts";
import { runOpenTrials } from "./run-open-trials.ts";
import type { OpenTrialsOptions } from "./run-open-trials.ts";
import { resultFile, trialName } from "./trial-job.ts";
import type { TrialJob } from "./trial-job.ts";

const tuningSchema = "relpos-tuning/1";
/** In the folder of a comparison. */
const tuningFolder = "tuning";

/** What rates are chosen for, and how the models are trained. */
export interface TuningRequest extends Omit<OpenTrialsOptions, "steps"> {
  readonly settings: ComparisonSettings;
  readonly data: LoadedData;
  /** The comparison's own. */
  readonly folder: string;
  /** What the losses are measured on, in words. */
  readonly judgedOn: string;
}

/**
 * The choice; undefined where it was stopped.
 *
 * @throws {RunError} a model could not be trained, or a file is damaged
 */
export async function tune(request: TuningRequest): Promise<Tuning | undefined> {
  const { settings, data, folder, judgedOn, processes, signal } = request;
  const rates = settings.learningRates!;
  const jobs = settings.encodings.flatMap((encoding) =>
    rates.map((rate): TrialJob => {
      const job = { encoding, seed: tuningSeed, rate, tuning: true, settings } as const;
      return {
        ...job,
        comparison: folder,
        folder: path.join(folder, tuningFolder, trialName(job)),
        run: trialDocument(job, data),
      };
    }),
  );
  const { steps } = settings;
  const { progress } = request;
  const losses = await runOpenTrials(jobs, readTuned, { steps, processes, signal, progress });
  if (losses === undefined) return undefined;
  const encodings = settings.encodings.map((encoding) => {
    const own = losses.filter((_, at) => jobs[at]!.encoding === encoding);
    return { encoding, rate: chosenRate(rates, own), losses: own };
  });
  return { seed: tuningSeed, judgedOn, rates, encodings };
}

/** Keeps the loss of a model. NaN becomes null. */
export async function writeTuned(job: TrialJob, loss: number): Promise<void> {
  const { encoding, rate, seed, folder } = job;
  const record = { schema: tuningSchema, encoding, rate, seed, loss };
  await writeAtomically(path.join(folder, resultFile), JSON.stringify(record));
}

/** The loss of a model that was trained, NaN where training diverged; undefined for one that is not finished. */
async function readTuned({ encoding, rate, seed, folder }: TrialJob): Promise<number | undefined> {
  const file = path.join(folder, resultFile);
  const found = await fs.access(file).then(
    () => true,
    (error: unknown) => errorCode(error) !== "ENOENT",
  );
  if (!found) return undefined;
  const mend = "Remove this file, and the same command measures the model again.";
  const record = ((await readJson(file, mend)) ?? {}) as Readonly<Record<string, unknown>>;
  const { loss } = record;
  const own = { schema: tuningSchema, encoding, rate, seed };
  const wrong = Object.entries(own).find(([name, value]) => record[name] !== value)?.[0];
  if (wrong !== undefined || (loss !== null && typeof loss !== "number"))
    throw new RunError(
      `${file} is damaged: its "${wrong ?? "loss"}" is not that of ${encoding} at the rate ${rate}. ${mend}`,
    );
  return loss ?? NaN;
}
