/**
 * `relpos train`: settings from options, the run, one line at the end.
 *
 * @module
 */
import { InputError } from "../errors.ts";
import { fineTuneRun } from "../fine-tuning/fine-tune-run.ts";
import { defaultFineTuneSettings } from "../fine-tuning/settings.ts";
import type { FineTuneSettings } from "../fine-tuning/settings.ts";
import { interruptOnceListening, Interrupted } from "../runs/interrupt.ts";
import { defaultPairSettings } from "../runs/pair-settings.ts";
import type { PairRunSettings } from "../runs/pair-settings.ts";
import { trainPairRun } from "../runs/train-pair-run.ts";
import { trainRun } from "../runs/train-run.ts";
import type { TrainedRun } from "../runs/train-run.ts";
import { defaultTrainSettings } from "../runs/train-settings.ts";
import type { TrainRunSettings } from "../runs/train-settings.ts";
import type { StepMetrics } from "../training/train.ts";
import { deviceNamed, requireDevice } from "./device.ts";
import { fineTuneOptions, modelOptions } from "./fine-tune-options.ts";
import { pairChoice } from "./pair-choice.ts";
import { StepProgress } from "./step-progress.ts";
import { pairOptions, textOptions } from "./train-options.ts";
import type { TrainOptions } from "./train-options.ts";
import { printError, printOutput } from "./print.ts";

/** Runs the command. */
export async function train(options: TrainOptions): Promise<void> {
  const { out, json, device: deviceName } = options;
  if (out === undefined)
    throw new InputError("--out is missing. Name the folder of the run, such as --out runs/first.");
  const device = deviceName === undefined ? undefined : deviceNamed(deviceName);
  const { begin, defaults } = kindOf(options);
  await requireDevice(device ?? defaultTrainSettings.device);
  const steps = options.steps ?? defaults.steps;
  const interrupt = interruptOnceListening();
  const progress = new StepProgress(steps);
  try {
    const { step, evaluation } = await begin({
      folder: out,
      ...(device ? { device } : {}),
      signal: interrupt.signal,
      onStep: (metrics) => {
        interrupt.listen();
        progress.update(metrics);
      },
    });
    progress.end();
    if (evaluation === undefined)
      throw new Interrupted(
        `stopped after ${step} of ${steps} steps; the same command goes on from there.`,
      );
    const { parameters, validationLoss, judged } = evaluation;
    printOutput(
      json
        ? `${JSON.stringify(evaluation)}\n`
        : `${evaluation.steps} steps, ${parameters} parameters, validation loss ` +
            `${validationLoss.toFixed(4)} nats a token (${judged})\n`,
    );
  } finally {
    progress.end();
    interrupt.release();
  }
}

/** What both kinds of run are given. */
interface RunCall {
  readonly folder: string;
  readonly device?: TrainRunSettings["device"];
  readonly signal: AbortSignal;
  readonly onStep: (metrics: StepMetrics) => void;
}

type Begin = (call: RunCall) => Promise<Pick<TrainedRun, "step" | "evaluation">>;

/** What kind of run the options are for. */
function kindOf(options: TrainOptions): { begin: Begin; defaults: { readonly steps: number } } {
  const { from, task } = options;
  if (from === undefined)
    refuseOthers(options, fineTuneOptions, "is for training further. Add --from");
  else if (task !== undefined)
    throw new InputError(
      `--task trains a new model, and --from ${from} goes on from a language model. Leave one of them out.`,
    );
  if (from !== undefined)
    return { begin: furtherRun(from, options), defaults: defaultFineTuneSettings };
  return task === undefined
    ? { begin: textRun(options), defaults: defaultTrainSettings }
    : { begin: pairRun(options), defaults: defaultPairSettings };
}

/** A trained model that is trained further. */
function furtherRun(from: string, options: TrainOptions): Begin {
  refuseOthers(options, pairOptions, "is for training from texts to texts. Leave --from out");
  refuseOthers(options, ["length"], "is for a new model. Give --train-length with --from");
  refuseOthers(options, modelOptions, "is decided by the model of --from. Leave it out.", "");
  const { text, corpus: name, ...rest } = options;
  const corpus = text ? { text } : name === undefined ? undefined : { name };
  return ({ device, ...call }) =>
    fineTuneRun({
      ...call,
      settings: {
        ...(settingsOf(rest) as Partial<FineTuneSettings>),
        from,
        ...(corpus ? { corpus } : {}),
        ...(device ? { device } : {}),
      },
    });
}

/** A language model trained on a text. */
function textRun(options: TrainOptions): Begin {
  refuseOthers(options, pairOptions, "is for training from texts to texts. Add --task translate");
  const { text, corpus: name, ...rest } = options;
  const corpus = text ? { text } : name === undefined ? undefined : { name };
  return ({ device, ...call }) =>
    trainRun({
      ...call,
      settings: {
        ...(settingsOf(rest) as Partial<TrainRunSettings>),
        ...(corpus ? { corpus } : {}),
        ...(device ? { device } : {}),
      },
    });
}

/** An encoder-decoder trained on pairs of texts. */
function pairRun(options: TrainOptions): Begin {
  const settings = pairSettingsOf(options);
  return ({ device, ...call }) =>
    trainPairRun({
      ...call,
      settings: { ...settings, ...(device ? { device } : {}) },
      onNotes: (notes) => printError(`${notes.join("\n")}\n`),
    });
}

/**
 * The settings of a run of pairs as options say them, without the device.
 *
 * @throws {InputError} an option is of language models, or validation pairs are named without training pairs
 */
export function pairSettingsOf(options: TrainOptions): Partial<PairRunSettings> {
  refuseOthers(options, textOptions, "is for language models, and --task trains on --data");
  const { data: files, validationData, columns, ...rest } = options;
  if (files === undefined && validationData !== undefined)
    throw new InputError(
      "--validation-data was given without --data. Name the training pairs too.",
    );
  if (files === undefined && columns !== undefined)
    throw new InputError("--columns was given without --data. Name the files of pairs too.");
  const data = files && pairChoice(files, { validation: validationData, columns });
  return { ...(settingsOf(rest) as Partial<PairRunSettings>), ...(data ? { data } : {}) };
}

/** The options that are settings of a run, without those of the call. */
function settingsOf(options: object): object {
  const ofTheCall = ["out", "json", "device"];
  return Object.fromEntries(Object.entries(options).filter(([name]) => !ofTheCall.includes(name)));
}

function refuseOthers(
  options: TrainOptions,
  others: readonly string[],
  why: string,
  otherwise = ", or leave it out.",
): void {
  const given = others.find((name) => Object.hasOwn(options, name));
  if (given === undefined) return;
  const flag = given.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  throw new InputError(`--${flag} ${why}${otherwise}`);
}
