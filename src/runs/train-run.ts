/**
 * A training run in a folder, from settings to the loss on validation text; exactly resumable.
 *
 * @module
 */
import { loadCorpus } from "../data/corpus-files.ts";
import { checkWindowsFit } from "../data/split.ts";
import type { Tokenizer } from "../data/tokenizer.ts";
import { chooseTokenizer } from "../data/tokenizer-files.ts";
import { encodeNamed, trainingTexts } from "../data/validation-text.ts";
import { evaluationSpans } from "../data/windows.ts";
import { asInputError, InputError, refuseUnknownNames } from "../errors.ts";
import type { NamesOf } from "../errors.ts";
import { chooseEncoding } from "../loading/encoding-file.ts";
import { transformerConfig } from "../model/config.ts";
import type { TransformerConfig } from "../model/config.ts";
import type { TrainedModel } from "../model/trained-model.ts";
import { languageModel } from "../model/transformer.ts";
import type { LanguageModel } from "../model/transformer.ts";
import { compile as compileInNode } from "../runtime/node.ts";
import type { Weights } from "../parameters/weights.ts";
import type { Compile, CompileOptions } from "../runtime/session.ts";
import { languageTraining } from "../training/language-objective.ts";
import type { StepMetrics } from "../training/train.ts";
import { completeSettings, planOf } from "./complete-settings.ts";
import type { CompleteSettings } from "./complete-settings.ts";
import { requireEffect } from "./require-effect.ts";
import { newTextRun } from "./new-text-run.ts";
import { recordedEncodingOf } from "./recorded.ts";
import { readRunFile } from "./run-file.ts";
import { refuseTooLarge, refuseTooLargeEvaluation, refuseTooLargeModel } from "./size-limit.ts";
import { recordedSettings } from "./take-up.ts";
import { textLossEvaluator } from "./text-loss.ts";
import { trainInFolder } from "./train-in-folder.ts";
import type { RunEvaluation, RunSubject } from "./train-in-folder.ts";
import type { TrainRunSettings } from "./train-settings.ts";

/** A run to begin, or to go on with. */
export interface TrainRunRequest {
  /** Made if it does not exist; it must be empty, or hold this very run. */
  readonly folder: string;
  /**
   * What is not given has the values of `defaultTrainSettings`. In the folder of a run they must be the run's own, but
   * for more `steps`, another `patience` or `checkpointEvery`, and, after it diverged, other rates, warm-up and clipping.
   */
  readonly settings?: Partial<TrainRunSettings>;
  /** Called after each step. */
  readonly onStep?: (metrics: StepMetrics) => void;
  /** Stops after the current step, with a checkpoint. */
  readonly signal?: AbortSignal;
  /** Default: ONNX Runtime in Node. */
  readonly compile?: Compile;
}

const names: NamesOf<TrainRunRequest> = { folder: true, settings: true, onStep: true, signal: true, compile: true };

/** A trained model, and what its run measured. */
export interface TrainedRun extends TrainedModel {
  readonly tokenizer: Tokenizer;
  /** Steps done in all; fewer than planned where `signal` stopped the run. */
  readonly step: number;
  /** undefined where the run was stopped before its last step. */
  readonly evaluation: RunEvaluation | undefined;
}

/**
 * Trains a model on a text, evaluates it on the text's end, and keeps all of it in a folder. A run that was stopped or
 * killed goes on with the same call and ends with the same numbers.
 *
 * @throws {InputError} a setting, the text or the folder cannot be used; nothing was written
 * @throws {RunError} the folder's files are damaged, the disk is full, or another process writes there
 * @throws {TrainingDiverged} the loss or a gradient became NaN or infinite
 */
export async function trainRun(request: TrainRunRequest): Promise<TrainedRun> {
  refuseUnknownNames("trainRun", request, names, (message) => new InputError(message));
  const { folder, onStep, signal, compile = compileInNode } = request;
  await refuseFurtherRun(folder);
  const settings = completeSettings(request.settings ?? {}, await recordedSettings(folder));
  const plan = asInputError(() => planOf(settings));
  const compileOptions = { device: settings.device, threads: settings.threads };
  const prepared = await prepare(settings, { compile, compileOptions });

  const trained = await trainInFolder(prepared, {
    ...{ folder, plan, compile, compileOptions, onStep, signal },
    given: request.settings ?? {},
    validateEvery: settings.validateEvery,
    patience: settings.patience,
  });
  return { ...trained, model: prepared.model, tokenizer: prepared.tokenizer };
}

/** @throws {InputError} the folder holds a run that goes on from a trained model */
async function refuseFurtherRun(folder: string): Promise<void> {
  const run = await readRunFile(folder).catch(() => undefined); // `keepRunFile` says what is wrong
  if (run?.kind !== "train" || run.source === undefined) return;
  const { path } = run.source;
  throw new InputError(
    `${folder} goes on from ${path}. Add --from ${path}, or choose another folder.`,
  );
}

interface Prepared extends RunSubject {
  readonly model: LanguageModel;
  readonly tokenizer: Tokenizer;
}

/** Reads the text and makes the model; nothing is written, so that a wrong setting leaves no folder. */
async function prepare(
  settings: CompleteSettings,
  running: { readonly compile: Compile; readonly compileOptions: CompileOptions },
): Promise<Prepared> {
  const { batch, length, cut, seed } = settings;
  const corpus = await loadCorpus(settings.corpus);
  const files = settings.validation;
  const own = files && (await loadCorpus({ text: files }));
  const split = trainingTexts(corpus, own, { cut });
  const chosen = await chooseTokenizer(settings.tokenizer, split.train);
  const { tokenizer, document: tokenizerDocument } = chosen;
  const training = encodeNamed(tokenizer, split.train, `the training part of ${corpus.name}`);
  const validation = encodeNamed(
    tokenizer,
    split.validation,
    own?.name ?? `the validation part of ${corpus.name}`,
  );
  checkWindowsFit({
    training: { tokens: training.length, length },
    validation: { tokens: validation.length, length },
  });
  refuseTooLarge({ ...settings, vocab: tokenizer.vocab, models: 1 });
  const config = asInputError(() => configOf(settings, tokenizer.vocab));
  const encoding = await chooseEncoding(settings.encoding);
  const model = asInputError(() => languageModel(config, encoding.definition, length));
  refuseTooLargeModel(model, settings);
  refuseTooLargeEvaluation(model, { length, whileTraining: true });
  asInputError(() => requireEffect(encoding.definition, config, length));
  // A hook that fails does so before a folder is made.
  asInputError(() => languageTraining(model, training, { batch: 1, length }));
  const document = newTextRun(
    settings,
    { corpus, own },
    {
      ...{ tokenizer: tokenizer.config, model: config, trainLength: length },
      encoding: recordedEncodingOf(encoding),
    },
  );
  const limit = settings.evaluationTokens;
  const { spans, description } = evaluationSpans(validation.length, { longest: length, limit });
  const on = { tokenizer, tokens: validation, length, spans, seed, ...running };
  return {
    ...{ model, tokenizer, document, tokenizerDocument, judged: description },
    ...languageTraining(model, training, { batch, length }),
    async evaluator(weights) {
      const compiled = await textLossEvaluator({ model, weights }, on);
      const lossOf = async (given: Weights): Promise<number> => (await compiled.lossOf(given)).nats;
      return { lossOf, dispose: () => compiled.dispose() };
    },
  };
}

function configOf(settings: CompleteSettings, vocab: number): TransformerConfig {
  const { width, heads, headDim, keyValueHeads, layers, hidden } = settings;
  const { norm, form, activation, bias, tiedHead, dropout } = settings;
  return transformerConfig({
    ...{ vocab, model: width, heads, layers, hidden },
    ...(headDim === undefined ? {} : { headDim }),
    ...(keyValueHeads === undefined ? {} : { keyValueHeads }),
    ...{ norm, form, activation, bias, tiedHead, dropout },
  });
}
