/**
 * From the options of `relpos compare` to settings.
 *
 * @module
 */
import { completeSettings, fittingSettings } from "../comparison/settings.ts";
import type {
  AnswerEnd,
  ComparisonChoices,
  ComparisonSettings,
  PairMeasure,
} from "../comparison/settings.ts";
import { isTokenizerFile, readTokenizerFile } from "../data/tokenizer-files.ts";
import { encodings } from "../encodings/index.ts";
import { InputError, unknownName } from "../errors.ts";
import { chooseEncoding } from "../loading/encoding-file.ts";
import type { ChosenEncoding } from "../loading/encoding-file.ts";
import { pairTasks } from "../runs/run-document.ts";
import { refuseLargeSettings } from "../sweep/comparison-size.ts";
import { tasks } from "../tasks/index.ts";
import { withDataChoices } from "../sweep/data-choices.ts";
import { deviceNamed } from "./device.ts";
import { flagOf } from "./generation-flags.ts";
import { pairChoice } from "./pair-choice.ts";

/** Options as commander hands them over; what was not given is absent. */
export interface CompareOptions {
  readonly task?: string;
  readonly data?: string;
  readonly validationData?: string;
  readonly columns?: string;
  readonly measure?: PairMeasure;
  readonly decoderEncoding?: string;
  readonly targetLength?: number;
  readonly answerEnd?: AnswerEnd;
  readonly text?: readonly string[];
  readonly corpus?: string;
  readonly validation?: readonly string[];
  readonly tokenizer?: string;
  readonly encodings?: readonly string[];
  readonly trainLength?: number;
  readonly testLengths?: readonly number[];
  readonly seeds?: readonly number[];
  readonly steps?: number;
  readonly batch?: number;
  readonly width?: number;
  readonly heads?: number;
  readonly layers?: number;
  readonly learningRate?: number;
  readonly learningRates?: readonly number[];
  readonly optimiser?: "adamw" | "muon";
  readonly warmup?: number;
  readonly stride?: number;
  readonly evaluationTokens?: number;
  readonly evaluationSamples?: number;
  readonly device?: string;
  readonly threads?: number;
  readonly processes?: number;
  readonly out?: string;
  readonly json?: boolean;
}

/**
 * The settings that the options mean. With `--encodings all`, encodings that the model cannot have are left out: some
 * ask for a vocabulary of bytes, or for sizes that the model does not have.
 *
 * @param leftOut called with the reason for each encoding that is left out
 */
export async function settingsOf(
  options: CompareOptions,
  leftOut: (reason: string) => void,
): Promise<ComparisonSettings> {
  const settings = completeSettings(await withDataChoices(await choicesOf(options)));
  refuseLargeSettings(settings, 1); // not as the reason why each encoding is left out
  if (!asksForAll(options.encodings)) return settings;
  const fitting = fittingSettings(settings);
  fitting.leftOut.forEach(leftOut);
  return fitting.settings;
}

/** The names of the settings that the options give. */
export function givenSettings(options: CompareOptions): readonly string[] {
  const names: Readonly<Record<string, string>> = {
    text: "corpus",
    validationData: "data",
    columns: "data",
  };
  return Object.keys(options).map((name) => names[name] ?? name);
}

/** Options that say how a comparison runs, and not what it is. */
const optionsOfTheCall: readonly string[] = ["processes", "out", "json"];

/** Options of comparisons on pairs alone. */
const optionsOfPairs = [
  ...(["data", "validationData", "columns", "measure", "decoderEncoding"] as const),
  ...(["targetLength", "answerEnd"] as const),
];

async function choicesOf({ task, ...options }: CompareOptions): Promise<ComparisonChoices> {
  const pairTask = pairTasks.find((name) => name === task);
  if (task !== undefined && pairTask === undefined) requireTask(task);
  const {
    text,
    corpus,
    device,
    encodings: names,
    data,
    validationData,
    columns,
    ...settings
  } = options;
  const wrong = optionsOfPairs.find(
    (name) => pairTask === undefined && options[name] !== undefined,
  );
  if (wrong !== undefined)
    throw new InputError(
      `${flagOf(wrong)} is for comparisons on pairs of texts. Add --task with one of ${pairTasks.join(", ")}, or leave it out.`,
    );
  if (settings.tokenizer !== undefined && task !== undefined && pairTask === undefined)
    throw new InputError(
      `--tokenizer is for texts, and the task ${task} has symbols of its own. Leave it out.`,
    );
  if (data === undefined && validationData !== undefined)
    throw new InputError(
      "--validation-data was given without --data. Name the training pairs too.",
    );
  if (data === undefined && columns !== undefined)
    throw new InputError("--columns was given without --data. Name the files of pairs too.");
  if (settings.evaluationSamples !== undefined && task === undefined)
    throw new InputError(
      "--evaluation-samples counts the samples or pairs of a task. Give --task with it, or --evaluation-tokens for text.",
    );
  const given = {
    ...settings,
    ...(pairTask === undefined
      ? { task }
      : {
          pairs: {
            task: pairTask,
            data: pairChoice(data ?? "dates", { validation: validationData, columns }),
          },
        }),
    corpus: text ? { text } : corpus === undefined ? undefined : { name: corpus },
    device: device === undefined ? undefined : deviceNamed(device),
    ...(pairTask === undefined ? await tokenizerHash(settings.tokenizer) : {}),
    ...(await encodingChoices(names)),
  };
  return Object.fromEntries(
    Object.entries(given).filter(
      ([name, value]) => value !== undefined && !optionsOfTheCall.includes(name),
    ),
  );
}

/** @throws {InputError} there is no task of that name, neither one with samples of its own nor one on pairs of texts */
function requireTask(written: string): void {
  const [name = ""] = /^[^(\s]*/.exec(written) ?? [];
  const known = [...tasks.map(({ id }) => id), ...pairTasks];
  if (!known.includes(name)) throw unknownName("task", name, known);
}

/** What is in the file of a tokenizer that is in one. */
async function tokenizerHash(
  name: string | undefined,
): Promise<{ readonly tokenizerSha256?: string }> {
  if (name === undefined || !isTokenizerFile(name)) return {};
  const { config } = (await readTokenizerFile(name)).tokenizer;
  return config.id === "file" ? { tokenizerSha256: config.sha256 } : {};
}

/** The encodings that were named, and the files of those that are in files. */
async function encodingChoices(
  names: readonly string[] | undefined,
): Promise<Pick<ComparisonChoices, "encodings" | "encodingFiles">> {
  if (names === undefined) return {};
  if (asksForAll(names)) return { encodings: encodings.map(({ id }) => id) };
  const chosen: ChosenEncoding[] = [];
  for (const name of names) chosen.push(await chooseEncoding(name));
  const encodingFiles = chosen.flatMap(({ file }) => (file ? [file] : []));
  return {
    encodings: chosen.map(({ definition }) => definition.id),
    ...(encodingFiles.length > 0 ? { encodingFiles } : {}),
  };
}

function asksForAll(names: readonly string[] | undefined): boolean {
  return names?.length === 1 && names[0] === "all";
}
