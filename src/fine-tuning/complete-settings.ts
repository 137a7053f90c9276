/**
 * The settings of a run that goes on from a model, checked and with their defaults.
 *
 * @module
 */
import { z } from "zod";
import { InputError } from "../errors.ts";
import { adapterTargets } from "../model/low-rank.ts";
import {
  checkedSettings,
  defined,
  refuseUnknownSettings,
  sharedFields,
  withSchedule,
} from "../runs/complete-settings.ts";
import { count } from "../runs/model-schema.ts";
import type { ModelRun } from "../runs/run-document.ts";
import { defaultFineTuneSettings, fineTuneRates, loraRateFactor } from "./settings.ts";
import type { FineTuneSettings } from "./settings.ts";

type WithoutDefault =
  "validation" | "trainLength" | "dropout" | "loraRank" | "loraAlpha" | "loraTargets";

/** Settings with a value for each name but for those that the model decides. */
export type CompleteFineTuneSettings = Required<Omit<FineTuneSettings, WithoutDefault>> &
  Pick<FineTuneSettings, WithoutDefault>;

const { steps, batch, accumulate, optimiser, beta2, learningRate, minLearningRate } = sharedFields;
const { warmup, decaySteps, weightDecay, clip, seed, checkpointEvery, validateEvery } =
  sharedFields;
const { patience, evaluationTokens, device, threads, dropout } = sharedFields;

const fields: Readonly<Record<keyof FineTuneSettings, z.ZodType>> = {
  from: z.string().min(1),
  corpus: z.union([
    z.strictObject({ text: z.array(z.string()) }),
    z.strictObject({ name: z.exactOptional(z.string()) }),
  ]),
  validation: z.exactOptional(z.array(z.string()).min(1)),
  cut: z.enum(["paragraph", "line", "exact"]),
  trainLength: z.exactOptional(count),
  dropout: z.exactOptional(dropout as z.ZodType<number>),
  loraRank: z.exactOptional(count),
  loraAlpha: z.exactOptional(z.number().gt(0).max(3.4e38)),
  loraTargets: z.exactOptional(z.array(z.enum(adapterTargets)).min(1)),
  ...{ steps, batch, accumulate, optimiser, beta2, learningRate, minLearningRate },
  ...{ warmup, decaySteps, weightDecay, clip, seed, checkpointEvery, validateEvery },
  ...{ patience, evaluationTokens, device, threads },
};
const schema = z.strictObject(fields) as unknown as z.ZodType<CompleteFineTuneSettings>;

/**
 * The settings with their defaults; of a run that is taken up, those whose defaults follow from others are its own.
 *
 * @param recorded the settings in the `run.json` of the folder, if it has one
 * @throws {InputError} a setting does not exist, or its value cannot be
 */
export function completeFineTuneSettings(
  given: Partial<FineTuneSettings> & Pick<FineTuneSettings, "from">,
  recorded: ModelRun["settings"] = {},
): CompleteFineTuneSettings {
  refuseUnknownSettings(given, Object.keys(fields));
  const chosen = { ...defaultFineTuneSettings, ...defined(given) };
  const { loraRank, optimiser } = chosen;
  const rate = fineTuneRates[optimiser] * (loraRank === undefined ? 1 : loraRateFactor);
  const of = (["loraAlpha", "loraTargets"] as const).find((name) => chosen[name] !== undefined);
  if (loraRank === undefined && of !== undefined)
    throw new InputError(`settings: "${of}" is of adapters. Give loraRank too, or leave it out.`);
  const all = withSchedule({ learningRate: rate, ...chosen, width: 1 }, recorded);
  // Without the width of a new feed-forward layer, and what it was computed from.
  const settings = Object.fromEntries(
    Object.entries(all).filter(([name]) => Object.hasOwn(fields, name)),
  ) as unknown as CompleteFineTuneSettings;
  return checkedSettings(schema, settings);
}
