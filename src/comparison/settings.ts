/**
 * The settings of a comparison: plain data, complete, the same in `run.json` and in every trial.
 *
 * @module
 */
import { encodingById } from "../encodings/index.ts";
import type { EncodingDefinition } from "../encodings/position-encoding.ts";
import { asInputError, InputError } from "../errors.ts";
import type { EncodingFile } from "../loading/encoding-record.ts";
import { transformerConfig } from "../model/config.ts";
import type { TransformerConfig } from "../model/config.ts";
import { languageModel } from "../model/transformer.ts";
import type { Device } from "../onnx/devices.ts";
import { rowWidth } from "../tasks/batches.ts";
import { taskNamed } from "../tasks/index.ts";
import { adamW } from "../training/optimiser.ts";
import type { LanguagePlan } from "../training/language-objective.ts";

/** Everything that decides the numbers of a comparison. */
export type ComparisonSettings = TextSettings | TaskSettings;

/** What models are compared and how they are trained, on whatever. */
export interface ModelSettings {
  /** Ids, with options where some are chosen: `rope(rotated=8)`. */
  readonly encodings: readonly string[];
  /** Those of `encodings` that are not in the list but in files; absent where there are none. */
  readonly encodingFiles?: readonly EncodingFile[];
  readonly seeds: readonly number[];
  readonly trainLength: number;
  readonly testLengths: readonly number[];
  readonly steps: number;
  readonly batch: number;
  readonly width: number;
  readonly heads: number;
  readonly layers: number;
  readonly learningRate: number;
  readonly warmup: number;
  readonly weightDecay: number;
  readonly clipNorm: number;
  readonly device: Device;
  /** Threads of one trial. */
  readonly threads: number;
}

/** A comparison on text. */
export interface TextSettings extends ModelSettings {
  /** Text files, or the name of a corpus. */
  readonly corpus: { readonly text: readonly string[] } | { readonly name: string };
  readonly tokenizer: string;
  readonly stride: number;
  /** Validation tokens judged at most. */
  readonly evaluationTokens: number;
}

/** A comparison on a task, whose lengths are the task's own. */
export interface TaskSettings extends ModelSettings {
  /** The task's id, with options where some are chosen: `counting(variables=5)`. */
  readonly task: string;
  /** Samples judged at each length under each condition. */
  readonly evaluationSamples: number;
}

/** Whether a comparison is on a task. */
export function isTaskSettings(settings: ComparisonSettings): settings is TaskSettings {
  return "task" in settings;
}

/** The defaults of the command, chosen so that it ends within four minutes on two cores. */
export const defaultSettings: Omit<TextSettings, "corpus" | "encodings" | "threads"> = {
  tokenizer: "byte",
  seeds: [1],
  trainLength: 64,
  testLengths: [64, 128, 256, 512],
  steps: 600,
  batch: 16,
  width: 128,
  heads: 4,
  layers: 3,
  learningRate: 3e-3,
  warmup: 60,
  weightDecay: 0.1,
  clipNorm: 1,
  stride: 64,
  evaluationTokens: 16384,
  device: "cpu",
};

/** The defaults on a task; test lengths are once, one and a half times and twice the train length. */
export const defaultTaskSettings: Omit<
  TaskSettings,
  "task" | "encodings" | "threads" | "testLengths"
> = {
  seeds: [1],
  trainLength: 20,
  steps: 1500,
  batch: 32,
  width: 64,
  heads: 4,
  layers: 3,
  learningRate: 3e-3,
  warmup: 100,
  weightDecay: 0.1,
  clipNorm: 1,
  evaluationSamples: 256,
  device: "cpu",
};

/**
 * Raises an InputError for settings that cannot be, before anything is loaded or trained.
 *
 * @param find the encoding of an id; asks the list unless said otherwise
 */
export function checkSettings(
  settings: ComparisonSettings,
  vocab = 256,
  find: (id: string) => EncodingDefinition = encodingById,
): void {
  const { trainLength, testLengths, seeds, encodings } = settings;
  for (const name of [
    "trainLength",
    "steps",
    "batch",
    "width",
    "heads",
    "layers",
    "threads",
  ] as const)
    positive(name, settings[name]);
  if (isTaskSettings(settings)) positive("evaluationSamples", settings.evaluationSamples);
  else {
    positive("stride", settings.stride);
    positive("evaluationTokens", settings.evaluationTokens);
  }
  for (const length of testLengths) {
    positive("test length", length);
    if (length < trainLength)
      throw new InputError(
        `test length ${length} is shorter than the train length ${trainLength}. ` +
          `Test at the train length and beyond, such as ${trainLength},${2 * trainLength}.`,
      );
  }
  if (testLengths.length === 0) throw new InputError("give at least one test length.");
  if (!(settings.learningRate > 0))
    throw new InputError(`the learning rate must be above 0, got ${settings.learningRate}.`);
  if (seeds.length === 0 || seeds.some((seed) => !Number.isSafeInteger(seed) || seed < 0))
    throw new InputError(
      `seeds must be whole numbers of 0 or more, got ${seeds.join(",") || "none"}.`,
    );
  requireDifferent("seed", seeds);
  requireDifferent("encoding", encodings);
  requireDifferent("test length", testLengths);
  if (encodings.length === 0) throw new InputError("give at least one encoding.");
  const kinds = isTaskSettings(settings) ? taskNamed(settings.task).vocabulary.length : vocab;
  const config = asInputError(() => modelConfig(settings, kinds));
  const length = rowLength(settings);
  for (const id of encodings) asInputError(() => languageModel(config, find(id), length));
}

/** Tokens in a row of training. */
export function rowLength(settings: ComparisonSettings): number {
  return isTaskSettings(settings)
    ? rowWidth(taskNamed(settings.task), settings.trainLength)
    : settings.trainLength;
}

/** The model every trial trains; the head is untied, since some encodings narrow the token table. */
export function modelConfig(
  { width, heads, layers }: Pick<ModelSettings, "width" | "heads" | "layers">,
  vocab: number,
): TransformerConfig {
  return transformerConfig({ vocab, model: width, heads, layers, tiedHead: false });
}

/** How every trial trains. */
export function trainingPlan(settings: ComparisonSettings, seed: number): LanguagePlan {
  const { steps, batch, learningRate, warmup, weightDecay, clipNorm } = settings;
  return {
    steps,
    batch,
    length: rowLength(settings),
    accumulate: 1,
    optimiser: adamW({ weightDecay }),
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

function positive(name: string, value: number): void {
  if (!Number.isSafeInteger(value) || value < 1)
    throw new InputError(`${name} must be a whole number of 1 or more, got ${value}.`);
}

function requireDifferent(kind: string, values: readonly (string | number)[]): void {
  const twice = values.find((value, position) => values.indexOf(value) !== position);
  if (twice !== undefined) throw new InputError(`${kind} ${twice} is given twice. Give it once.`);
}
