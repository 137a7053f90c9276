/**
 * The settings of a comparison: plain data, complete, the same in `run.json` and in every trial.
 *
 * @module
 */
import { encodingById } from "../encodings/index.ts";
import type { EncodingDefinition } from "../encodings/position-encoding.ts";
import { asInputError, InputError, refuseUnknownNames } from "../errors.ts";
import type { NamesOf } from "../errors.ts";
import { transformerConfig } from "../model/config.ts";
import type { TransformerConfig } from "../model/config.ts";
import { encodingHasEffect } from "../model/encoding-effect.ts";
import { languageModel } from "../model/transformer.ts";
import type { Value } from "../tensor/tensor.ts";
import { optimiserNamed } from "../training/optimiser-name.ts";
import type { LanguagePlan } from "../training/language-objective.ts";
import { trainingPlan } from "../training/plan.ts";
import type { TrainingPlan } from "../training/plan.ts";
import { kindOf } from "./kinds/index.ts";
import type { ComparisonSettings } from "./kinds/index.ts";
import type { Kind } from "./kinds/kind.ts";
import { requirePositive } from "./model-settings.ts";
import type { ModelSettings } from "./model-settings.ts";
import { tuningSeed } from "./tuning.ts";

export type { ComparisonSettings } from "./kinds/index.ts";
export type { AnswerEnd, PairMeasure } from "./kinds/pairs-settings.ts";
export { defaultPairsSettings } from "./kinds/pairs-settings.ts";
export type { PairsSettings } from "./kinds/pairs-settings.ts";
export { defaultTaskSettings } from "./kinds/task-settings.ts";
export type { TaskSettings } from "./kinds/task-settings.ts";
export { defaultSettings } from "./kinds/text-settings.ts";
export type { TextSettings } from "./kinds/text-settings.ts";
export type { EncodingFile } from "../loading/encoding-record.ts";
export type { ModelSettings } from "./model-settings.ts";

/** Some of the settings of a comparison; the others have defaults. */
export type ComparisonChoices = Partial<ComparisonSettings>;

/** The settings that every kind of comparison has. */
const sharedNames: NamesOf<ModelSettings> = {
  encodings: true,
  encodingFiles: true,
  seeds: true,
  trainLength: true,
  testLengths: true,
  steps: true,
  batch: true,
  width: true,
  heads: true,
  layers: true,
  learningRate: true,
  learningRates: true,
  optimiser: true,
  warmup: true,
  weightDecay: true,
  clipNorm: true,
  device: true,
  threads: true,
};

/** An encoding as it is named everywhere: `t5(buckets=16,maxDistance=64)`, whatever the order of its options. */
function inOrder(encoding: string): string {
  try {
    return encodingById(encoding).id;
  } catch {
    return encoding; // of a user's file, or unknown, which `checkSettings` says
  }
}

/** Vocabulary with which settings are checked where the text decides it: that of bytes. */
const assumedVocabulary = 256;

/**
 * Whole settings from some of them: a comparison on a task where `task` is given, on pairs of texts where `pairs` is, and on
 * text elsewhere. On pairs the lengths depend on the data; `withDataChoices` gives them.
 *
 * @throws {InputError} a setting does not exist, or the warm-up is longer than half of the run
 */
export function completeSettings(choices: ComparisonChoices): ComparisonSettings {
  const kind = kindOf(choices);
  refuseUnknownSettings(kind, choices);
  const { defaults, encodings, multiples } = kind;
  const trainLength = choices.trainLength ?? kind.trainLength(choices);
  const steps = choices.steps ?? defaults.steps;
  const warmup = choices.warmup ?? Math.min(defaults.warmup, Math.floor(steps / 10));
  if (warmup > steps / 2)
    throw new InputError(
      `the warm-up of ${warmup} steps must be at most half of the ${steps} steps. ` +
        `Lower --warmup or raise --steps.`,
    );
  // Multiples of a short length may round to one and the same.
  const lengths = choices.testLengths ?? [
    ...new Set(multiples.map((times) => Math.round(times * trainLength))),
  ];
  const rates = choices.learningRates && [...choices.learningRates].sort((a, b) => a - b);
  const shared: ModelSettings = {
    encodings: (choices.encodings ?? encodings).map(inOrder),
    ...(choices.encodingFiles === undefined ? {} : { encodingFiles: choices.encodingFiles }),
    seeds: choices.seeds ?? defaults.seeds,
    trainLength,
    testLengths: [...lengths].sort((a, b) => a - b),
    steps,
    batch: choices.batch ?? defaults.batch,
    width: choices.width ?? defaults.width,
    heads: choices.heads ?? defaults.heads,
    layers: choices.layers ?? defaults.layers,
    learningRate: choices.learningRate ?? rates?.[0] ?? defaults.learningRate,
    ...(rates ? { learningRates: rates } : {}),
    optimiser: choices.optimiser ?? defaults.optimiser,
    warmup,
    weightDecay: choices.weightDecay ?? defaults.weightDecay,
    clipNorm: choices.clipNorm ?? defaults.clipNorm,
    device: choices.device ?? defaults.device,
    threads: choices.threads ?? 1,
  };
  return kind.complete(choices, shared) as ComparisonSettings;
}

/**
 * Refuses settings that are impossible, before anything is loaded or trained.
 *
 * @param find finds the encoding of an id. Default: in the list
 * @throws {InputError} naming the setting, its value and what is possible
 */
export function checkSettings(
  settings: ComparisonSettings,
  find: (id: string) => EncodingDefinition = encodingById,
): void {
  const kind = kindOf(settings);
  refuseUnknownSettings(kind, settings);
  const { trainLength, testLengths, seeds, encodings } = settings;
  const counts = ["trainLength", "steps", "batch", "width", "heads", "layers", "threads"];
  for (const name of [...counts, ...kind.counts]) {
    const value = settings[name as keyof ComparisonSettings];
    if (value !== undefined || !kind.optional.includes(name)) requirePositive(name, value);
  }
  for (const length of testLengths) {
    requirePositive("test length", length);
    if (length < trainLength && kind.shorter !== true)
      throw new InputError(
        `test length ${length} is shorter than the train length ${trainLength}. ` +
          `Test at the train length and beyond, such as ${trainLength},${2 * trainLength}.`,
      );
  }
  if (testLengths.length === 0) throw new InputError("give at least one test length.");
  if (settings.learningRates) checkRates(settings.learningRates, seeds);
  if (!(settings.learningRate > 0))
    throw new InputError(`the learning rate must be above 0, got ${settings.learningRate}.`);
  if (seeds.length === 0 || seeds.some((seed) => !Number.isSafeInteger(seed) || seed < 0))
    throw new InputError(
      `seeds must be whole numbers of 0 or more, got ${seeds.join(",") || "none"}.`,
    );
  requireDifferent("seed", seeds);
  requireDifferent("encoding", encodings);
  // Trials record this name, and are known by it when a comparison goes on.
  const other = encodings.find((id) => inOrder(id) !== id);
  if (other !== undefined)
    throw new InputError(
      `encoding ${other} must have its options in their order: ${inOrder(other)}. Make settings with completeSettings.`,
    );
  requireDifferent("test length", testLengths);
  if (encodings.length === 0) throw new InputError("give at least one encoding.");
  // The rest of the plan, such as more steps or a higher rate than float32 can count: before a folder is made.
  asInputError(() => trainingPlan(planOptions(settings, seeds[0]!)));
  const vocab = kind.vocabulary(settings) ?? assumedVocabulary;
  const config = asInputError(() => modelConfig(settings, vocab));
  const known = new Map<string, Value>();
  for (const id of encodings)
    asInputError(() => {
      requireEffect(settings, config, find(id), known);
    });
}

/** @throws {RangeError} a model cannot have the encoding, a hook fails, or none changes what the model computes */
function requireEffect(
  settings: ComparisonSettings,
  config: TransformerConfig,
  definition: EncodingDefinition,
  known: Map<string, Value>,
): void {
  const trainLength = rowLength(settings);
  kindOf(settings).encoderDecoder?.(settings, config, definition);
  const model = languageModel(config, definition, trainLength);
  const furthest = Math.max(...settings.testLengths, trainLength);
  if (definition.family === "none" || encodingHasEffect(model, { trainLength, furthest, known }))
    return;
  throw new RangeError(
    `encoding ${definition.id} changes nothing that this model computes up to length ${furthest}: it would train as none ` +
      `does, to the last digit, and be ranked beside it. Compare none, test at longer lengths, or mend the encoding (relpos check).`,
  );
}

/** Settings with those of their encodings that the model can have, and why it cannot have the others. */
export function fittingSettings(settings: ComparisonSettings): {
  readonly settings: ComparisonSettings;
  /** One sentence for each encoding that was left out. */
  readonly leftOut: readonly string[];
} {
  const config = modelConfig(settings, kindOf(settings).vocabulary(settings) ?? assumedVocabulary);
  const leftOut: string[] = [];
  const known = new Map<string, Value>();
  const fits = (id: string): boolean => {
    try {
      requireEffect(settings, config, encodingById(id), known);
      return true;
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      leftOut.push(error.message);
      return false;
    }
  };
  return { settings: { ...settings, encodings: settings.encodings.filter(fits) }, leftOut };
}

/** Tokens in a row of training. */
export function rowLength(settings: ComparisonSettings): number {
  return kindOf(settings).rowLength(settings);
}

/** The model every trial trains. The head is untied where the kind does not say otherwise, since some encodings narrow the token table. */
export function modelConfig(
  settings: Pick<ModelSettings, "width" | "heads" | "layers">,
  vocab: number,
): TransformerConfig {
  const { width, heads, layers } = settings;
  const { form } = kindOf(settings);
  return transformerConfig({ tiedHead: false, ...form, vocab, model: width, heads, layers });
}

/** How every trial trains. */
export function comparisonPlan(settings: ComparisonSettings, seed: number): LanguagePlan {
  const { batch } = settings;
  return { ...planOptions(settings, seed), batch, length: rowLength(settings) };
}

function planOptions(settings: ComparisonSettings, seed: number): TrainingPlan {
  const { steps, learningRate, optimiser, warmup, weightDecay, clipNorm } = settings;
  const { beta2 } = kindOf(settings);
  const others = beta2 === undefined ? {} : { beta2 };
  return {
    steps,
    accumulate: 1,
    optimiser: optimiserNamed(optimiser, { weightDecay, ...others }),
    schedule: {
      maximum: learningRate,
      minimum: learningRate / 10,
      warmup: Math.min(warmup, Math.floor(steps / 2)),
      decaySteps: steps,
    },
    clipNorm,
    seed,
    checkpointEvery: 50,
  };
}

/** Refuses rates that cannot be compared, and seeds that the choice would share with the result. */
function checkRates(rates: readonly number[], seeds: readonly number[]): void {
  if (rates.length < 2)
    throw new InputError(
      `--learning-rates chooses from two rates or more, got ${rates.join(",") || "none"}. ` +
        `Give more, such as 0.003,0.01,0.03, or one as --learning-rate.`,
    );
  const wrong = rates.find((rate) => !(rate > 0 && Number.isFinite(rate)));
  if (wrong !== undefined)
    throw new InputError(`each learning rate must be above 0, got ${wrong}.`);
  requireDifferent("learning rate", rates);
  if (seeds.includes(tuningSeed))
    throw new InputError(
      `seed ${tuningSeed} is that of the models which learning rates are chosen with. Choose another seed.`,
    );
}

function refuseUnknownSettings(kind: Kind, given: object): void {
  const own = kind.complete({}, {} as ModelSettings);
  const names = Object.fromEntries(
    [...Object.keys(own), ...kind.optional].map((name) => [name, true] as const),
  );
  refuseUnknownNames(
    `comparison on a ${kind.id}`,
    given,
    { ...names, ...sharedNames },
    (message) => new InputError(message),
  );
}

function requireDifferent(kind: string, values: readonly (string | number)[]): void {
  const twice = values.find((value, position) => values.indexOf(value) !== position);
  if (twice !== undefined) throw new InputError(`${kind} ${twice} is given twice. Give it once.`);
}
