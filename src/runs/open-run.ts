/**
 * A run that was trained, as a model to evaluate, decode and export.
 *
 * @module
 */
import fs from "node:fs/promises";
import path from "node:path";
import type { Tokenizer } from "../data/tokenizer.ts";
import { InputError, refuseUnknownNames, RunError, unknownName } from "../errors.ts";
import type { NamesOf } from "../errors.ts";
import { transformerConfig } from "../model/config.ts";
import { mergedWeights, withAdapters } from "../model/low-rank.ts";
import type { TrainedModel } from "../model/trained-model.ts";
import { languageModel } from "../model/transformer.ts";
import type { LanguageModel } from "../model/transformer.ts";
import type { StepMetrics } from "../training/train.ts";
import { checkpointFileName } from "./checkpoint-file.ts";
import { requireFinite } from "./checkpoint-weights.ts";
import { recordedEncoding } from "./recorded-encoding.ts";
import type { ComparisonRun, ModelRun } from "./run-document.ts";
import { readRunFile, runFileName } from "./run-file.ts";
import { recordedTokenizer } from "./run-tokenizer.ts";
import { trainedState } from "./trained-state.ts";
import type { TrainedState } from "./trained-state.ts";

/** A trained model with all that its run recorded. */
export interface OpenedRun extends TrainedModel {
  /** The run's folder. */
  readonly folder: string;
  /** undefined where the run was trained on a task, which has symbols of its own. */
  readonly tokenizer: Tokenizer | undefined;
  /** What `run.json` holds. */
  readonly configuration: ModelRun;
  /** Training steps that the weights have had: in a run with patience, up to its lowest validation loss. */
  readonly step: number;
  /** One entry for each of those steps. */
  readonly metrics: readonly StepMetrics[];
  /** Token ids that begin a text, where the run goes on from a pretrained model that has them. */
  readonly beginTokens?: readonly number[];
}

/** How a run is opened. */
export interface OpenRunOptions {
  /** In the folder of a comparison: the trial, such as `"rope-1"`. */
  readonly trial?: string;
  /** Where the file of the user's own encoding is now, if it was moved since the run began. */
  readonly encodingFile?: string;
}

const names: NamesOf<OpenRunOptions> = { trial: true, encodingFile: true };

/** The folder of a comparison that has a folder for each trial. */
export const trialsFolder = "trials";

/**
 * Opens the folder of a training run, or of one trial of a comparison. The folder may have been moved.
 *
 * @throws {InputError} there is no run, it is of another version of relpos, a comparison was opened without naming
 *   a trial, or the file of the run's own encoding is gone or changed
 * @throws {RunError} a file of the run is damaged, the weights are of another model, or there is no checkpoint yet
 */
export async function openRun(folder: string, options: OpenRunOptions = {}): Promise<OpenedRun> {
  refuseUnknownNames("openRun", options, names, (message) => new InputError(message));
  const { trial, encodingFile } = options;
  const configuration = await readRunFile(folder);
  if (configuration.kind === "compare") {
    const inner = await trialFolder(folder, configuration, trial);
    return await openRun(inner, encodingFile === undefined ? {} : { encodingFile });
  }
  if (configuration.kind === "pairs")
    throw new InputError(
      `${folder} is a run that was trained to ${configuration.task}, and not a language model. ` +
        `Open it with ${configuration.architecture === "span" ? "openSpanRun" : "openPairRun"}, or give it to relpos evaluate or relpos ${configuration.task}.`,
    );
  if (trial !== undefined)
    throw new InputError(
      `${folder} is a run of one model and has no trials, but trial "${trial}" was given. Leave it out.`,
    );
  const runFile = path.join(folder, runFileName);
  const tokenizer = await tokenizerOf(configuration, folder);
  const model = await modelOf(configuration, runFile, encodingFile);
  const beginTokens = configuration.source?.beginTokens;
  return {
    ...{ folder, model, tokenizer, configuration },
    ...(beginTokens && { beginTokens }),
    ...(await stateOf(folder, model, configuration)),
  };
}

/** The state of a run; weights of adapters are added to those of the model. */
async function stateOf(
  folder: string,
  model: LanguageModel,
  run: ModelRun,
): Promise<TrainedState> {
  if (run.adapter === undefined) return await trainedState(folder, model, run);
  const adapted = asRunError(path.join(folder, runFileName), () =>
    withAdapters(model, run.adapter!),
  );
  const state = await trainedState(folder, adapted, run);
  const weights = mergedWeights(adapted, state.weights);
  requireFinite(weights, `${path.join(folder, checkpointFileName)}, added to its model`);
  return { ...state, weights };
}

/** The train length that the encoding of a run was made for: a run that goes on from a model keeps that model's tables. */
export function encodingLengthOf({ source, trainLength }: ModelRun): number {
  return source?.encodingLength ?? trainLength;
}

/** The names of a comparison's trials that have begun, in alphabetical order. */
export async function trialsOf(folder: string): Promise<readonly string[]> {
  const place = path.join(folder, trialsFolder);
  const names = await fs.readdir(place).catch(() => []);
  const begun: string[] = [];
  for (const name of names.sort())
    if (await fs.access(path.join(place, name, runFileName)).then(() => true, () => false))
      begun.push(name);
  return begun;
}

/**
 * The folder of a trial.
 *
 * @throws {InputError} there is none of that name, or none was named
 */
export async function trialFolder(
  folder: string,
  { encodings, seeds }: ComparisonRun,
  trial: string | undefined,
): Promise<string> {
  const trials = await trialsOf(folder);
  const [first] = trials;
  if (first === undefined)
    throw new InputError(
      `${folder} is a comparison of ${encodings.length} encodings and ${seeds.length} seeds whose trials have not ` +
        `begun. Run the comparison first.`,
    );
  if (trial === undefined)
    throw new InputError(
      `${folder} is a comparison with the trials ${trials.join(", ")}. Open one of them, as ` +
        `${path.join(folder, trialsFolder, first)} or with { trial: "${first}" }.`,
    );
  if (!trials.includes(trial)) throw unknownName(`trial of ${folder}`, trial, trials);
  return path.join(folder, trialsFolder, trial);
}

async function tokenizerOf(
  { tokenizer, model, source }: ModelRun,
  folder: string,
): Promise<Tokenizer | undefined> {
  if (tokenizer === undefined) return undefined;
  const made = await recordedTokenizer(folder, tokenizer);
  // The table of a pretrained model may have rows that no token uses.
  if (source === undefined ? made.vocab !== model.vocab : made.vocab > model.vocab)
    throw new RunError(
      `${path.join(folder, runFileName)} is damaged: its ${made.id} tokenizer has ${made.vocab} ids, its model a vocabulary of ${model.vocab}. ` +
        `Restore it from a copy.`,
    );
  return made;
}

async function modelOf(
  run: ModelRun,
  file: string,
  encodingFile: string | undefined,
): Promise<LanguageModel> {
  const { model, encoding } = run;
  const definition = await recordedEncoding(encoding, file, encodingFile);
  return asRunError(file, () =>
    languageModel(transformerConfig(model), definition, encodingLengthOf(run)),
  );
}

function asRunError<Result>(file: string, make: () => Result): Result {
  try {
    return make();
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw new RunError(`${file} describes a model that cannot be made: ${cause.message}`, { cause });
  }
}
