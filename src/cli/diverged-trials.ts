/**
 * What can be done where training diverged in some trials of a comparison, or in all.
 *
 * @module
 */
import { commandLine } from "../comparison/command.ts";
import type { ComparisonSettings } from "../comparison/settings.ts";
import { isDiverged } from "../comparison/trial.ts";
import type { Trial } from "../comparison/trial-record.ts";
import { trialName } from "../sweep/trial-job.ts";
import type { CompareOptions } from "./compare-choices.ts";

/** A comparison that is done. */
interface Done {
  readonly settings: ComparisonSettings;
  readonly trials: readonly Trial[];
  readonly folder: string;
  /** Those that made it, its encodings and seeds among them. */
  readonly options: CompareOptions;
}

/** One sentence or two, where training diverged in every trial; undefined elsewhere. */
export function allDivergedWords({ settings, trials, folder }: Done): string | undefined {
  if (!trials.every(isDiverged)) return undefined;
  const { learningRates: rates, learningRate } = settings;
  return (
    `training diverged in every trial. Lower ` +
    `${rates ? `--learning-rates (the lowest was ${rates[0]})` : `--learning-rate (it was ${learningRate})`} ` +
    `or raise --warmup; with --out ${folder} all trials begin again there.`
  );
}

/**
 * Where training diverged in some trials and not in others: the results of the others are kept, so other rates need
 * another folder. Gives the commands; undefined elsewhere.
 */
export function someDivergedWords({ settings, trials, folder, options }: Done): string | undefined {
  const diverged = trials.filter(isDiverged);
  if (diverged.length === 0 || diverged.length === trials.length) return undefined;
  const { learningRate, learningRates } = settings;
  const others = Object.fromEntries(
    Object.entries(options).filter(([name]) => !/^learningRates?$/.test(name)),
  );
  const out = `${folder}-lower`;
  const lower = (rate: number, by: number): number => Number((rate / by).toPrecision(2));
  const one = { ...others, learningRate: lower(learningRate, 4), out };
  const highest = learningRates?.at(-1) ?? learningRate;
  const several = {
    ...others,
    learningRates: [lower(highest, 16), lower(highest, 4), ...(learningRates ? [] : [highest])],
    out,
  };
  return (
    `training diverged in ${diverged.map(trialName).join(", ")}; the other trials keep their results in ${folder}. ` +
    `Other rates need another folder. ` +
    (learningRates ? "" : `A lower one for all: ${commandLine(one)} ; `) +
    `${learningRates ? "Lower rates" : "the best of several for each encoding"}: ${commandLine(several)}`
  );
}
