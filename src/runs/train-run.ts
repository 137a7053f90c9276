/**
 * A training run in a folder, from settings to the loss on validation text; exactly resumable.
 *
 * @module
 */
import path from "node:path";
import { loadCorpus } from "../data/corpus-files.ts";
import { checkWindowsFit } from "../data/split.ts";
import type { Tokenizer } from "../data/tokenizer.ts";
import { chooseTokenizer } from "../data/tokenizer-files.ts";
import { encodeNamed, trainingTexts } from "../data/validation-text.ts";
import { evaluationSpans } from "../data/windows.ts";
import { asInputError, InputError, refuseUnknownNames, RunError } from "../errors.ts";
import type { NamesOf } from "../errors.ts";
import { chooseEncoding } from "../loading/encoding-file.ts";
import { transformerConfig } from "../model/config.ts";
import type { TransformerConfig } from "../model/config.ts";
import type { TrainedModel } from "../model/trained-model.ts";
import { languageModel } from "../model/transformer.ts";
import type { LanguageModel } from "../model/transformer.ts";
import { compile as compileInNode } from "../runtime/node.ts";
import type { Weights } from "../parameters/weights.ts";
import type { Compile } from "../runtime/session.ts";
import { languageTraining } from "../training/language-objective.ts";
import { train, TrainingDiverged } from "../training/train.ts";
import type { StepMetrics } from "../training/train.ts";
import { completeSettings, planOf } from "./complete-settings.ts";
import type { CompleteSettings } from "./complete-settings.ts";
import { forgetDivergence } from "./divergence-record.ts";
import { requireEffect } from "./require-effect.ts";
import { recordedCorpusOf, recordedEncodingOf, recordedValidationOf, versionsHere } from "./recorded.ts";
import { runSchema } from "./run-document.ts";
import type { ModelRun } from "./run-document.ts";
import { keepRunFile } from "./run-file.ts";
import { claimFolder } from "./run-folder.ts";
import { requireOwnFiles, writeOwnFiles } from "./own-files.ts";
import { fileStorage, readMetrics } from "./run-storage.ts";
import { keepTokenizer } from "./run-tokenizer.ts";
import { bestFileName, lowest, readBest, RunValidation } from "./run-validation.ts";
import { refuseTooLarge, refuseTooLargeEvaluation, refuseTooLargeModel } from "./size-limit.ts";
import { changesOf, diverged, recordedSettings } from "./take-up.ts";
import { textLossEvaluator } from "./text-loss.ts";
import type { TextLossEvaluator } from "./text-loss.ts";
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

/** What `evaluation.json` holds. */
export interface RunEvaluation {
  /** Steps that were done. */
  readonly steps: number;
  /** With patience: after how many steps the validation loss was lowest. The weights are those. */
  readonly bestStep?: number;
  /** Numbers that are learned. */
  readonly parameters: number;
  /** Of the last step, in nats a token. */
  readonly trainingLoss: number | undefined;
  /** In nats a token. */
  readonly validationLoss: number;
  /** Which part of the validation text was predicted. */
  readonly judged: string;
}

/** A trained model, and what its run measured. */
export interface TrainedRun extends TrainedModel {
  readonly tokenizer: Tokenizer;
  /** Steps done in all; fewer than planned where `signal` stopped the run. */
  readonly step: number;
  /** undefined where the run was stopped before its last step. */
  readonly evaluation: RunEvaluation | undefined;
}

/** The name of the file with the evaluation. */
export const evaluationFileName = "evaluation.json";

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
  const settings = completeSettings(request.settings ?? {}, await recordedSettings(folder));
  const plan = asInputError(() => planOf(settings));
  const prepared = await prepare(settings);
  const { model, tokenizer, training, validation, document } = prepared;
  const compileOptions = { device: settings.device, threads: settings.threads };

  const claim = await claimFolder(folder);
  let evaluator: TextLossEvaluator | undefined;
  try {
    await requireOwnFiles(folder, [evaluationFileName]);
    const run = await keepRunFile(
      folder,
      document,
      await changesOf(folder, request.settings ?? {}),
    );
    await keepTokenizer(folder, prepared.tokenizerDocument);
    const { batch, length, evaluationTokens: limit, patience } = settings;
    const { spans, description } = evaluationSpans(validation.length, { longest: length, limit });
    const on = { tokenizer, tokens: validation, length, spans, seed: settings.seed };
    const prepare = async (weights: Weights): Promise<void> => {
      evaluator ??= await textLossEvaluator({ model, weights }, { ...on, compile, compileOptions });
    };
    const lossOf = async (weights: Weights): Promise<number> => {
      await prepare(weights);
      return (await evaluator!.lossOf(weights)).nats;
    };
    const measured = new RunValidation({
      ...{ folder, patience, prepare, lossOf, run },
      every: settings.validateEvery,
    });
    const result = await train({
      ...languageTraining(model, training, { batch, length }),
      plan,
      compile,
      compileOptions,
      storage: fileStorage(folder, { model, run }),
      validation: measured,
      ...(signal ? { signal } : {}),
      ...(onStep ? { onStep } : {}),
    }).catch(async (error: unknown) => {
      if (error instanceof TrainingDiverged) throw await diverged(folder, error);
      throw error instanceof RangeError ? new RunError(error.message, { cause: error }) : error;
    });
    await forgetDivergence(folder);
    const { step } = result;
    const stoppedEarly = step < plan.steps && (await measured.enough());
    if (step < plan.steps && !stoppedEarly)
      return { model, weights: result.weights, tokenizer, step, evaluation: undefined };

    const losses = await measured.losses();
    const chosen = patience > 0 ? lowest(losses)! : losses.at(-1)!;
    const last = { step, weights: result.weights };
    const best = chosen.step === step ? last : await readBest(folder, { model, run });
    if (best?.step !== chosen.step)
      throw new RunError(
        `${path.join(folder, bestFileName)} is not of step ${chosen.step}, whose validation loss is the lowest. ` +
          `Restore it from a copy, or train again in another folder.`,
      );
    const trained = { model, tokenizer, ...best };
    const evaluation: RunEvaluation = {
      steps: step,
      ...(patience > 0 ? { bestStep: chosen.step } : {}),
      parameters: model.parameters.count,
      trainingLoss: (await readMetrics(folder)).at(-1)?.loss,
      validationLoss: chosen.loss,
      judged: description,
    };
    const text = `${JSON.stringify(evaluation, null, 2)}\n`;
    await writeOwnFiles(folder, [{ path: evaluationFileName, text }]);
    return { ...trained, evaluation };
  } finally {
    await evaluator?.dispose();
    await claim.release();
  }
}

interface Prepared {
  readonly model: LanguageModel;
  readonly tokenizer: Tokenizer;
  readonly training: Int32Array;
  readonly validation: Int32Array;
  readonly document: ModelRun;
  /** The text of the tokenizer's file, if it has one. */
  readonly tokenizerDocument: string | undefined;
}

/** Reads the text and makes the model; nothing is written, so that a wrong setting leaves no folder. */
async function prepare(settings: CompleteSettings): Promise<Prepared> {
  const { length, cut, seed } = settings;
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
  const document: ModelRun = {
    schema: runSchema,
    versions: versionsHere,
    kind: "train",
    corpus: recordedCorpusOf(corpus, settings.corpus, cut),
    ...(own && files ? { validation: recordedValidationOf(own, files) } : {}),
    tokenizer: tokenizer.config,
    model: config,
    encoding: recordedEncodingOf(encoding),
    trainLength: length,
    seed,
    settings: otherSettings(settings),
  };
  return { model, tokenizer, training, validation, document, tokenizerDocument };
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

/** The settings that have no place of their own in a run's document. */
function otherSettings(settings: CompleteSettings): ModelRun["settings"] {
  const { steps, batch, accumulate, learningRate, minLearningRate, warmup, beta2 } = settings;
  const { weightDecay, clip, checkpointEvery, evaluationTokens, device, threads } = settings;
  const { validateEvery, patience, decaySteps } = settings;
  return {
    ...{ steps, batch, accumulate, learningRate, minLearningRate, warmup, decaySteps },
    ...{ beta2, weightDecay },
    ...{ clip, checkpointEvery, validateEvery, patience, evaluationTokens, device, threads },
  };
}
