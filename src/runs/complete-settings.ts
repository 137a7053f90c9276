/**
 * The settings of a training run, checked and with their defaults.
 *
 * @module
 */
import { z } from "zod";
import { InputError, unknownName } from "../errors.ts";
import { schemaFault } from "../files/schema-fault.ts";
import { optimiserNamed, optimiserNames } from "../training/optimiser-name.ts";
import { trainingPlan } from "../training/plan.ts";
import type { TrainingPlan } from "../training/plan.ts";
import type { ModelRun } from "./run-document.ts";
import { activation, blockForm, count } from "./model-schema.ts";
import { defaultRates, defaultTrainSettings } from "./train-settings.ts";
import type { TrainRunSettings } from "./train-settings.ts";

type WithoutDefault = "headDim" | "keyValueHeads" | "validation";

/** Settings with a value for each name; those of heads have defaults in `transformerConfig`. */
export type CompleteSettings = Required<Omit<TrainRunSettings, WithoutDefault>> &
  Pick<TrainRunSettings, WithoutDefault>;

/** Settings that only runs of a text have. */
type OfText = "corpus" | "validation" | "cut" | "tokenizer" | "length" | "layers";

/** A number that float32 can hold, as everything in a graph must. */
const amount = z.number().min(0).max(3.4e38);

/** Settings that every training run has. */
export const sharedFields: Readonly<
  Record<Exclude<keyof CompleteSettings, OfText>, z.ZodType>
> = {
  encoding: z.string(),
  steps: count,
  batch: count,
  accumulate: count,
  width: count,
  heads: count,
  headDim: z.exactOptional(count),
  keyValueHeads: z.exactOptional(count),
  hidden: count,
  norm: z.enum(["layer", "rms"]),
  form: blockForm,
  activation,
  bias: z.boolean(),
  tiedHead: z.boolean(),
  dropout: z.number().min(0),
  optimiser: z.enum(optimiserNames),
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
const fields = {
  corpus: z.union([
    z.strictObject({ text: z.array(z.string()) }),
    z.strictObject({ name: z.exactOptional(z.string()) }),
  ]),
  validation: z.exactOptional(z.array(z.string()).min(1)),
  cut: z.enum(["paragraph", "line", "exact"]),
  tokenizer: z.string(),
  length: count,
  layers: count,
  ...sharedFields,
};
const schema = z.strictObject(fields) as z.ZodType<CompleteSettings>;

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
  refuseUnknownSettings(given, Object.keys(fields));
  const settings: CompleteSettings = withSchedule(
    { ...defaultTrainSettings, ...defined(given) },
    recorded,
  );
  return checkedSettings(schema, settings);
}

/** @throws {InputError} a setting does not exist */
export function refuseUnknownSettings(given: object, names: readonly string[]): void {
  const unknown = Object.keys(given).find((name) => !names.includes(name));
  if (unknown !== undefined) throw unknownName("setting", unknown, names);
}

/**
 * The settings, once their values and their rates are known to be possible.
 *
 * @throws {InputError} a value cannot be
 */
export function checkedSettings<Settings extends Parameters<typeof checkRates>[0]>(
  schema: z.ZodType<Settings>,
  settings: Settings,
): Settings {
  const checked = schema.safeParse(settings);
  if (!checked.success)
    throw new InputError(`settings: ${schemaFault(checked.error, settings)}. Change the setting.`);
  checkRates(settings);
  return settings;
}

/** Settings whose defaults follow from others. */
type Derived = Required<
  Pick<
    TrainRunSettings,
    "hidden" | "learningRate" | "minLearningRate" | "warmup" | "decaySteps" | "validateEvery"
  >
>;

/** Settings with those that follow from others; a run that is taken up has its own. */
export function withSchedule<
  Chosen extends Pick<TrainRunSettings, "steps" | "optimiser" | "width"> & Partial<Derived>,
>(chosen: Chosen, recorded: ModelRun["settings"]): Chosen & Derived {
  const kept = (name: string, otherwise: number): number => {
    const value = recorded[name];
    return typeof value === "number" ? value : otherwise;
  };
  const { steps: planned, learningRate: highest = defaultRates[chosen.optimiser] } = chosen;
  const decaySteps = chosen.decaySteps ?? kept("decaySteps", kept("steps", planned));
  return {
    hidden: 4 * chosen.width,
    minLearningRate:
      kept("learningRate", highest) === highest
        ? kept("minLearningRate", highest / 10)
        : highest / 10,
    warmup: kept("warmup", Math.min(100, Math.floor(Math.min(planned, decaySteps) / 10))),
    validateEvery: kept("validateEvery", Math.max(1, Math.ceil(planned / 5))),
    ...chosen,
    learningRate: highest,
    decaySteps,
  };
}

/** @throws {InputError} rates and steps that make no schedule */
function checkRates(
  settings: Pick<CompleteSettings, "learningRate" | "minLearningRate" | "warmup" | "steps" | "decaySteps">,
): void {
  const { learningRate, minLearningRate, warmup, steps: all, decaySteps } = settings;
  if (learningRate === 0)
    throw new InputError(`settings: "learningRate" must be above 0, got 0. Raise it.`);
  for (const steps of [all, decaySteps])
    if (warmup >= steps)
      throw new InputError(
        `the warm-up of ${warmup} steps must be shorter than the ${steps} steps. Lower warmup (--warmup).`,
      );
  if (minLearningRate > learningRate)
    throw new InputError(
      `the last rate ${minLearningRate} must not be above the highest, ${learningRate}. ` +
        `Lower minLearningRate (--min-learning-rate).`,
    );
}

/** The settings that a plan is made of. */
export type PlanSettings = Pick<
  CompleteSettings,
  | ("steps" | "accumulate" | "seed" | "checkpointEvery" | "beta2" | "weightDecay" | "clip")
  | ("optimiser" | "learningRate" | "minLearningRate" | "warmup" | "decaySteps")
>;

/** How the training goes that the settings describe. */
export function planOf(settings: PlanSettings): TrainingPlan {
  const { steps, accumulate, seed, checkpointEvery } = settings;
  const { learningRate, minLearningRate, warmup, decaySteps, clip } = settings;
  const { optimiser, beta2, weightDecay } = settings;
  return trainingPlan({
    ...{ steps, accumulate, seed, checkpointEvery },
    optimiser: optimiserNamed(optimiser, { beta2, weightDecay }),
    schedule: { maximum: learningRate, minimum: minLearningRate, warmup, decaySteps },
    clipNorm: clip,
  });
}

/** Without the names whose value is undefined: they have the default. */
export function defined<Given extends object>(given: Given): Given {
  return Object.fromEntries(
    Object.entries(given).filter(([, value]) => value !== undefined),
  ) as Given;
}
