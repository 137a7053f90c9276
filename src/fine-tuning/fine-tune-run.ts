/**
 * Training that goes on from a trained model, in a folder of its own; exactly resumable.
 *
 *     await fineTuneRun({ folder: "runs/longer", settings: { from: "models/tiny-llama-4x", trainLength: 512, corpus } })
 *
 * @module
 */
import path from "node:path";
import { loadCorpus } from "../data/corpus-files.ts";
import { checkWindowsFit } from "../data/split.ts";
import type { Tokenizer } from "../data/tokenizer.ts";
import { encodeCounted, trainingTexts } from "../data/validation-text.ts";
import { evaluationSpans } from "../data/windows.ts";
import { asInputError, InputError, refuseUnknownNames } from "../errors.ts";
import type { NamesOf } from "../errors.ts";
import { transformerConfig } from "../model/config.ts";
import { unsupportedReason } from "../model/length-limit.ts";
import { languageModel } from "../model/transformer.ts";
import type { LanguageModel } from "../model/transformer.ts";
import type { Weights } from "../parameters/weights.ts";
import { compile as compileInNode } from "../runtime/node.ts";
import type { Compile, CompileOptions } from "../runtime/session.ts";
import { planOf } from "../runs/complete-settings.ts";
import { recordedCorpusOf, recordedValidationOf, versionsHere } from "../runs/recorded.ts";
import { runSchema } from "../runs/run-document.ts";
import type { ModelRun } from "../runs/run-document.ts";
import { refuseTooLargeEvaluation, refuseTooLargeModel } from "../runs/size-limit.ts";
import { recordedSettings } from "../runs/take-up.ts";
import { textLossEvaluator } from "../runs/text-loss.ts";
import { trainInFolder } from "../runs/train-in-folder.ts";
import type { RunSubject } from "../runs/train-in-folder.ts";
import { otherSettings } from "../runs/train-run.ts";
import type { TrainedRun } from "../runs/train-run.ts";
import { languageTraining } from "../training/language-objective.ts";
import type { StepMetrics } from "../training/train.ts";
import { completeFineTuneSettings } from "./complete-settings.ts";
import type { CompleteFineTuneSettings } from "./complete-settings.ts";
import { refuseChangedSource } from "./source-files.ts";
import { openSource } from "./source.ts";
import type { FineTuneSource } from "./source.ts";
import { longestDefaultLength } from "./settings.ts";
import type { FineTuneSettings } from "./settings.ts";

/** A run to begin, or to go on with. */
export interface FineTuneRequest {
  /** Made if it does not exist; it must be empty, or hold this very run. */
  readonly folder: string;
  /** What is not given has the values of `defaultFineTuneSettings`; what may be changed in a run is as in `trainRun`. */
  readonly settings: Partial<FineTuneSettings> & Pick<FineTuneSettings, "from">;
  /** Called after each step. */
  readonly onStep?: (metrics: StepMetrics) => void;
  /** Stops after the current step, with a checkpoint. */
  readonly signal?: AbortSignal;
  /** Default: ONNX Runtime in Node. */
  readonly compile?: Compile;
}

const names: NamesOf<FineTuneRequest> = {
  ...{ folder: true, settings: true, onStep: true, signal: true, compile: true },
};

/**
 * Trains a model further on a text, with its own tokenizer, and keeps all of it in a folder, which `openRun` opens as any
 * other. A run that was stopped or killed goes on with the same call and ends with the same numbers.
 *
 * @throws {InputError} a setting, the model, the text or the folder cannot be used, or the model's files have changed since
 *   the run began; nothing was written
 * @throws {RunError} the folder's files are damaged, the disk is full, or another process writes there
 * @throws {TrainingDiverged} the loss or a gradient became NaN or infinite
 */
export async function fineTuneRun(request: FineTuneRequest): Promise<TrainedRun> {
  refuseUnknownNames("fineTuneRun", request, names, (message) => new InputError(message));
  const { folder, settings: given, onStep, signal, compile = compileInNode } = request;
  const settings = completeFineTuneSettings(given, await recordedSettings(folder));
  const plan = asInputError(() => planOf(settings));
  const compileOptions = { device: settings.device, threads: settings.threads };
  if (path.resolve(folder) === path.resolve(settings.from))
    throw new InputError(
      `${folder} holds the model that is to be trained further, and would be replaced. Choose another folder for the run.`,
    );
  const source = await openSource(settings.from, settings.trainLength);
  await refuseChangedSource(folder, settings.from, source.record.files);
  const prepared = await prepare(source, settings, { compile, compileOptions });
  const trained = await trainInFolder(prepared, {
    ...{ folder, given, plan, compile, compileOptions, onStep, signal },
    validateEvery: settings.validateEvery,
    patience: settings.patience,
  });
  return { ...trained, model: prepared.model, tokenizer: prepared.tokenizer };
}

interface Prepared extends RunSubject {
  readonly model: LanguageModel;
  readonly tokenizer: Tokenizer;
}

/** Reads the text and makes the model; nothing is written, so that a wrong setting leaves no folder. */
async function prepare(
  source: FineTuneSource,
  settings: CompleteFineTuneSettings,
  running: { readonly compile: Compile; readonly compileOptions: CompileOptions },
): Promise<Prepared> {
  const { batch, cut, seed } = settings;
  const { tokenizer, tokenizerDocument, definition, encoding, record, weights } = source;
  const length = settings.trainLength ?? Math.min(source.length, longestDefaultLength);
  const { dropout = source.config.dropout } = settings;
  const config = asInputError(() => transformerConfig({ ...source.config, dropout }));
  const model = asInputError(() => languageModel(config, definition, record.encodingLength));
  requireLength(source, model, length);
  const corpus = await loadCorpus(settings.corpus);
  const files = settings.validation;
  const own = files && (await loadCorpus({ text: files }));
  const split = trainingTexts(corpus, own, { cut });
  const training = encodeCounted(tokenizer, split.train, `the training part of ${corpus.name}`);
  const validation = encodeCounted(
    tokenizer,
    split.validation,
    own?.name ?? `the validation part of ${corpus.name}`,
  );
  const { tokens } = validation;
  checkWindowsFit({
    training: { tokens: training.tokens.length, length },
    validation: { tokens: tokens.length, length },
  });
  refuseTooLargeModel(model, { batch, length });
  refuseTooLargeEvaluation(model, { length, whileTraining: true });
  // A hook that fails does so before a folder is made.
  asInputError(() => languageTraining(model, training.tokens, { batch: 1, length }));
  const document: ModelRun = {
    schema: runSchema,
    versions: versionsHere,
    kind: "train",
    corpus: recordedCorpusOf(corpus, settings.corpus, cut),
    ...(own && files ? { validation: recordedValidationOf(own, files) } : {}),
    tokenizer: tokenizer.config,
    model: config,
    encoding,
    trainLength: length,
    seed,
    source: record,
    settings: otherSettings(settings),
  };
  const limit = settings.evaluationTokens;
  const { spans, description } = evaluationSpans(tokens.length, { longest: length, limit });
  const on = { tokenizer: validation, tokens, length, spans, seed, ...running };
  return {
    ...{ model, tokenizer, document, tokenizerDocument, judged: description, weights },
    ...languageTraining(model, training.tokens, { batch, length }),
    async evaluator(first) {
      const compiled = await textLossEvaluator({ model, weights: first }, on);
      const lossOf = async (now: Weights): Promise<number> => (await compiled.lossOf(now)).nats;
      return { lossOf, dispose: () => compiled.dispose() };
    },
  };
}

/** @throws {InputError} the model has no positions for windows of that length, or was not made for them */
function requireLength(source: FineTuneSource, model: LanguageModel, length: number): void {
  const { folder, length: longest, rotary } = source;
  const unsupported = unsupportedReason(model, length);
  if (unsupported !== undefined)
    throw new InputError(
      `${folder} has no positions for a train length of ${length}: ${unsupported}. Give a shorter --train-length.`,
    );
  if (!rotary || length <= longest) return;
  const factor = Math.ceil(length / longest);
  throw new InputError(
    `a train length of ${length} is beyond the ${longest} tokens that ${folder} was made for. Extend it first: ` +
      `relpos extend --model ${folder} --method yarn --factor ${factor} --out ${folder}-longer, and give --from ${folder}-longer.`,
  );
}
