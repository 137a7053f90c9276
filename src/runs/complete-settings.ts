/**
 * The settings of a training run, checked and with their defaults.
 *
 * @module
 */
import { z } from "zod";
import { InputError, unknownName } from "../errors.ts";
import { schemaFault } from "../files/schema-fault.ts";
import { adamW } from "../training/optimiser.ts";
import { trainingPlan } from "../training/plan.ts";
import type { TrainingPlan } from "../training/plan.ts";
import type { ModelRun } from "./run-document.ts";
import { activation, blockForm, count } from "./model-schema.ts";
import { defaultTrainSettings } from "./train-settings.ts";
import type { TrainRunSettings } from "./train-settings.ts";

type WithoutDefault = "headDim" | "keyValueHeads" | "validation";

/** Settings with a value for each name; those of heads have defaults in `transformerConfig`. */
export type CompleteSettings = Required<Omit<TrainRunSettings, WithoutDefault>> &
  Pick<TrainRunSettings, WithoutDefault>;

/** A number that float32 can hold, as everything in a graph must. */
const amount = z.number().min(0).max(3.4e38);

const fields = {
  corpus: z.union([
    z.strictObject({ text: z.array(z.string()) }),
    z.strictObject({ name: z.exactOptional(z.string()) }),
  ]),
  validation: z.exactOptional(z.array(z.string()).min(1)),
  cut: z.enum(["paragraph", "line", "exact"]),
  tokenizer: z.string(),
  encoding: z.string(),
  length: count,
  steps: count,
  batch: count,
  accumulate: count,
  width: count,
  heads: count,
  headDim: z.exactOptional(count),
  keyValueHeads: z.exactOptional(count),
  layers: count,
  hidden: count,
  norm: z.enum(["layer", "rms"]),
  form: blockForm,
  activation,
  bias: z.boolean(),
  tiedHead: z.boolean(),
  dropout: z.number().min(0),
  learningRate: amount,
  minLearningRate: amount,
  warmup: z.int().min(0),
  decaySteps: count,
  beta2: amount,
  weightDecay: amount,
  clip: amount,
  seed: z.int().min(0),
  checkpointEvery: count,
  validateEvery: count,
  patience: z.int().min(0),
  evaluationTokens: count,
  device: z.enum(["cpu", "webgpu", "cuda"]),
  threads: z.int().min(0),
};
const schema: z.ZodType<CompleteSettings> = z.strictObject(fields);

/**
 * The settings with their defaults. Those whose defaults follow from others are as the folder's run has them: a run
 * with more steps keeps its schedule.
 *
 * @param recorded the settings in the `run.json` of the folder, if it has one
 * @throws {InputError} a setting does not exist, or its value cannot be
 */
export function completeSettings(
  given: Partial<TrainRunSettings>,
  recorded: ModelRun["settings"] = {},
): CompleteSettings {
  const names = Object.keys(fields);
  for (const name of Object.keys(given))
    if (!names.includes(name)) throw unknownName("setting", name, names);
  const chosen = { ...defaultTrainSettings, ...defined(given) };
  const kept = (name: string, otherwise: number): number => {
    const value = recorded[name];
    return typeof value === "number" ? value : otherwise;
  };
  const { steps: planned, learningRate: highest } = chosen;
  const decaySteps = chosen.decaySteps ?? kept("decaySteps", kept("steps", planned));
  const settings: CompleteSettings = {
    hidden: 4 * chosen.width,
    minLearningRate:
      kept("learningRate", highest) === highest
        ? kept("minLearningRate", highest / 10)
        : highest / 10,
    warmup: kept("warmup", Math.min(100, Math.floor(Math.min(planned, decaySteps) / 10))),
    validateEvery: kept("validateEvery", Math.max(1, Math.ceil(planned / 5))),
    ...chosen,
    decaySteps,
  };
  const checked = schema.safeParse(settings);
  if (!checked.success)
    throw new InputError(`settings: ${schemaFault(checked.error, settings)}. Change the setting.`);
  const { learningRate, minLearningRate, warmup } = settings;
  if (learningRate === 0)
    throw new InputError(`settings: "learningRate" must be above 0, got 0. Raise it.`);
  for (const steps of [settings.steps, decaySteps])
    if (warmup >= steps)
      throw new InputError(
        `the warm-up of ${warmup} steps must be shorter than the ${steps} steps. Lower warmup (--warmup).`,
      );
  if (minLearningRate > learningRate)
    throw new InputError(
      `the last rate ${minLearningRate} must not be above the highest, ${learningRate}. ` +
        `Lower minLearningRate (--min-learning-rate).`,
    );
  return settings;
}

/** How the training goes that the settings describe. */
export function planOf(settings: CompleteSettings): TrainingPlan {
  const { steps, accumulate, seed, checkpointEvery } = settings;
  const { learningRate, minLearningRate, warmup, decaySteps, beta2, weightDecay, clip } = settings;
  return trainingPlan({
    ...{ steps, accumulate, seed, checkpointEvery },
    optimiser: adamW({ beta2, weightDecay }),
    schedule: { maximum: learningRate, minimum: minLearningRate, warmup, decaySteps },
    clipNorm: clip,
  });
}

/** Without the names whose value is undefined: they have the default. */
function defined<Given extends object>(given: Given): Given {
  return Object.fromEntries(
    Object.entries(given).filter(([, value]) => value !== undefined),
  ) as Given;
}
