/**
 * From the options of `relpos compare` to settings.
 *
 * @module
 */
import { createHash } from "node:crypto";
import os from "node:os";
import { defaultSettings, defaultTaskSettings } from "../comparison/settings.ts";
import { isTaskSettings, modelConfig, rowLength } from "../comparison/settings.ts";
import type { ComparisonSettings, ModelSettings } from "../comparison/settings.ts";
import { encodingById, encodings } from "../encodings/index.ts";
import { InputError } from "../errors.ts";
import { chooseEncoding } from "../loading/encoding-file.ts";
import type { ChosenEncoding } from "../loading/encoding-file.ts";
import { languageModel } from "../model/transformer.ts";
import { taskNamed } from "../tasks/index.ts";
import type { CompareOptions } from "./compare-options.ts";
import { deviceNamed } from "./device.ts";

/** One or two of each kind: the default run is to end within four minutes. */
const textEncodings: readonly string[] = "none sinusoidal learned distance-row rope alibi t5".split(
  " ",
);

/** The encodings of the NoPE study, whose tasks most of ours are. */
const taskEncodings: readonly string[] = ["none", "sinusoidal", "rope", "alibi", "t5"];

/** The encodings to compare: those that were named, all of the list, or the default of a text or task. */
export async function chooseEncodings({
  encodings: given,
  task,
}: CompareOptions): Promise<ChosenEncoding[]> {
  const names = given ?? (task === undefined ? textEncodings : taskEncodings);
  if (asksForAll(names)) return encodings.map((definition) => ({ definition }));
  const chosen: ChosenEncoding[] = [];
  for (const name of names) chosen.push(await chooseEncoding(name));
  return chosen;
}

function asksForAll(names: readonly string[]): boolean {
  return names.length === 1 && names[0] === "all";
}

/**
 * On a task `all` means all that can be: some encodings ask for a vocabulary of bytes, or sizes that the model
 * has not. `leftOut` is told of each one that is not, with the reason.
 */
export function thoseThatFit(
  settings: ComparisonSettings,
  { encodings: given }: CompareOptions,
  leftOut: (reason: string) => void,
): ComparisonSettings {
  if (!isTaskSettings(settings) || !asksForAll(given ?? [])) return settings;
  const config = modelConfig(settings, taskNamed(settings.task).vocabulary.length);
  const length = rowLength(settings);
  const fits = (id: string): boolean => {
    try {
      languageModel(config, encodingById(id), length);
      return true;
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      leftOut(error.message);
      return false;
    }
  };
  return { ...settings, encodings: settings.encodings.filter(fits) };
}

/** The settings that the options mean. */
export function settingsOf(
  options: CompareOptions,
  chosen: readonly ChosenEncoding[],
): ComparisonSettings {
  if (options.task !== undefined)
    return {
      task: options.task,
      ...modelSettings(options, chosen, { ...defaultTaskSettings, times: [1, 1.5, 2] }),
      evaluationSamples: options.evaluationSamples ?? defaultTaskSettings.evaluationSamples,
    };
  if (options.evaluationSamples !== undefined)
    throw new InputError(
      "--evaluation-samples counts the samples of a task. Give --task with it, or --evaluation-tokens for text.",
    );
  const settings = modelSettings(options, chosen, { ...defaultSettings, times: [1, 2, 4, 8] });
  return {
    corpus: options.text ? { text: options.text } : { name: options.corpus ?? "moby-dick" },
    tokenizer: options.tokenizer ?? defaultSettings.tokenizer,
    ...settings,
    stride: options.stride ?? settings.trainLength,
    evaluationTokens: options.evaluationTokens ?? defaultSettings.evaluationTokens,
  };
}

/** What is the same on text and on a task, but for the defaults; test lengths are `times` the train length. */
function modelSettings(
  options: CompareOptions,
  chosen: readonly ChosenEncoding[],
  defaults: Omit<ModelSettings, "encodings" | "threads" | "testLengths"> & {
    readonly times: readonly number[];
  },
): ModelSettings {
  const trainLength = options.trainLength ?? defaults.trainLength;
  const steps = options.steps ?? defaults.steps;
  const warmup = options.warmup ?? Math.min(defaults.warmup, Math.floor(steps / 10));
  if (warmup > steps / 2)
    throw new InputError(
      `the warm-up of ${warmup} steps must be at most half of the ${steps} steps. ` +
        `Lower --warmup or raise --steps.`,
    );
  const encodingFiles = chosen.flatMap(({ file }) => (file ? [file] : []));
  return {
    encodings: chosen.map(({ definition }) => definition.id),
    ...(encodingFiles.length > 0 ? { encodingFiles } : {}),
    seeds: options.seeds ?? defaults.seeds,
    trainLength,
    testLengths: [
      ...(options.testLengths ?? defaults.times.map((times) => Math.round(times * trainLength))),
    ].sort((a, b) => a - b),
    steps,
    batch: options.batch ?? defaults.batch,
    width: options.width ?? defaults.width,
    heads: options.heads ?? defaults.heads,
    layers: options.layers ?? defaults.layers,
    learningRate: options.learningRate ?? defaults.learningRate,
    warmup,
    weightDecay: defaults.weightDecay,
    clipNorm: defaults.clipNorm,
    device: deviceNamed(options.device ?? defaults.device),
    threads: options.threads ?? 1,
  };
}

/** Trials at once: as many as asked for, or one for each core; never more than there are trials. */
export function processesOf(
  options: Pick<CompareOptions, "processes">,
  settings: ModelSettings,
): number {
  const { threads, encodings: ids, seeds } = settings;
  const fitting = Math.max(1, Math.floor(os.availableParallelism() / threads));
  return Math.min(options.processes ?? fitting, ids.length * seeds.length);
}

/** A short name for settings, for the folder of their results. */
export function digest(settings: ComparisonSettings): string {
  return createHash("sha256").update(JSON.stringify(settings)).digest("hex").slice(0, 8);
}
