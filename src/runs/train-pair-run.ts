/**
 * A run in a folder that trains a model from texts to texts; exactly resumable.
 *
 * @module
 */
import { completeBuiltIn } from "../data/pairs/built-in.ts";
import { loadPairs } from "../data/pairs/load-pairs.ts";
import { encodePairs, pairSymbols } from "../data/pairs/pair-tokens.ts";
import type { EncodedPair, PairSymbols } from "../data/pairs/pair-tokens.ts";
import type { PairSet, TextPair } from "../data/pairs/pair.ts";
import type { Tokenizer } from "../data/tokenizer.ts";
import { asInputError, InputError, refuseUnknownNames } from "../errors.ts";
import type { NamesOf } from "../errors.ts";
import { grouped } from "../format.ts";
import type { EncoderDecoder } from "../model/encoder-decoder.ts";
import type { EncoderModel } from "../model/encoder-model.ts";
import type { LanguageModel } from "../model/transformer.ts";
import { compile as compileInNode } from "../runtime/node.ts";
import type { Weights } from "../parameters/weights.ts";
import type { Compile, CompileOptions } from "../runtime/session.ts";
import type { StepMetrics } from "../training/train.ts";
import { completePairSettings } from "./complete-pair-settings.ts";
import type { CompletePairSettings } from "./complete-pair-settings.ts";
import { planOf } from "./complete-settings.ts";
import { pairSubjects } from "./pair-architectures.ts";
import type { PairSubject } from "./pair-architectures.ts";
import type { PairRunSettings } from "./pair-settings.ts";
import { tokenizerOfPairs } from "./pair-tokenizer.ts";
import { versionsHere } from "./recorded.ts";
import { recordedPairsOf } from "./recorded-pairs.ts";
import { runSchema } from "./run-document.ts";
import type { PairRun } from "./run-document.ts";
import { spanSubject } from "./span-subject.ts";
import { recordedSettings } from "./take-up.ts";
import { trainInFolder } from "./train-in-folder.ts";
import type { RunEvaluation, RunSubject } from "./train-in-folder.ts";

/** A run of pairs to begin, or to go on with. */
export interface TrainPairRunRequest {
  /** Made if it does not exist; it must be empty, or hold this very run. */
  readonly folder: string;
  /** What is not given has the values of `defaultPairSettings`. What may be changed in a run's folder, see `TrainRunRequest`. */
  readonly settings?: Partial<PairRunSettings>;
  /** Called once before the first step, with what a user should know of the pairs. */
  readonly onNotes?: (notes: readonly string[]) => void;
  /** Called after each step. */
  readonly onStep?: (metrics: StepMetrics) => void;
  /** Stops after the current step, with a checkpoint. */
  readonly signal?: AbortSignal;
  /** Default: ONNX Runtime in Node. */
  readonly compile?: Compile;
}

const names: NamesOf<TrainPairRunRequest> = {
  ...{ folder: true, settings: true, onNotes: true, onStep: true, signal: true, compile: true },
};

/** A trained model of pairs, and what its run measured. */
export interface TrainedPairRun {
  readonly model: EncoderDecoder | LanguageModel | EncoderModel;
  readonly weights: Weights;
  readonly tokenizer: Tokenizer;
  readonly symbols: PairSymbols;
  /** Steps done in all; fewer than planned where `signal` stopped the run. */
  readonly step: number;
  /** undefined where the run was stopped before its last step. */
  readonly evaluation: RunEvaluation | undefined;
}

/**
 * Trains a model on pairs of texts, evaluates it on the validation pairs, and keeps all of it in a folder. A run that was stopped or killed goes on with the same call and ends with the same numbers.
 *
 * @throws {InputError} a setting, the pairs or the folder cannot be used; nothing was written
 * @throws {RunError} the folder's files are damaged, the disk is full, or another process writes there
 * @throws {TrainingDiverged} the loss or a gradient became NaN or infinite
 */
export async function trainPairRun(request: TrainPairRunRequest): Promise<TrainedPairRun> {
  refuseUnknownNames("trainPairRun", request, names, (message) => new InputError(message));
  const { folder, onStep, signal, compile = compileInNode } = request;
  const settings = completePairSettings(request.settings ?? {}, await recordedSettings(folder));
  const plan = asInputError(() => planOf(settings));
  const compileOptions = { device: settings.device, threads: settings.threads };
  const prepared = await prepare(settings, { compile, compileOptions });
  if (prepared.notes.length > 0) request.onNotes?.(prepared.notes);
  const trained = await trainInFolder(prepared, {
    ...{ folder, plan, compile, compileOptions, onStep, signal },
    given: request.settings ?? {},
    validateEvery: settings.validateEvery,
    patience: settings.patience,
  });
  const { model, tokenizer, symbols } = prepared;
  return { ...trained, model, tokenizer, symbols };
}

interface Prepared extends RunSubject {
  readonly model: PairSubject["model"] | EncoderModel;
  readonly tokenizer: Tokenizer;
  readonly symbols: PairSymbols;
  readonly notes: readonly string[];
}

/** Reads the pairs and makes the model; nothing is written, so that a wrong setting leaves no folder. */
async function prepare(
  settings: CompletePairSettings,
  running: { readonly compile: Compile; readonly compileOptions: CompileOptions },
): Promise<Prepared> {
  // With the defaults of all options, so that a later version with others goes on with the same pairs.
  const data = settings.data.name === undefined ? settings.data : completeBuiltIn(settings.data);
  const set = await loadPairs(data);
  const { tokenizer, document: tokenizerDocument } = await tokenizerOfPairs(
    settings.tokenizer,
    // Built-in pairs have few characters and words, but the training part need not have all of them.
    settings.data.name !== undefined && ["char", "word"].includes(settings.tokenizer) ? allPairsOf(set) : set.train,
  );
  const symbols = pairSymbols(tokenizer);
  const basics = {
    ...{ schema: runSchema, versions: versionsHere, kind: "pairs", task: settings.task } as const,
    ...{ data: recordedPairsOf(set, data), tokenizer: tokenizer.config, seed: settings.seed },
    settings: otherSettings(settings),
  };
  if (settings.architecture === "span") {
    const { described, ...subject } = await spanSubject(settings, { ...set, tokenizer }, running);
    const document: PairRun = { ...basics, ...described };
    return { ...subject, tokenizer, symbols, document, tokenizerDocument, notes: set.notes };
  }
  const both = { source: tokenizer, target: tokenizer };
  const limits = { source: settings.sourceLength, target: settings.targetLength };
  const training = withinLengths(encodePairs(both, set.train, `the training pairs of ${set.name}`), limits);
  const validation = withinLengths(
    encodePairs(both, set.validation, `the validation pairs of ${set.name}`),
    { source: settings.sourceLength ?? training.longest.source, target: settings.targetLength ?? training.longest.target },
  );
  requirePairs("training", training, set.name);
  requirePairs("validation", validation, set.name);
  const { source: sourceLength, target: targetLength } = training.longest;
  const { seed } = settings;
  const subject = await pairSubjects[settings.architecture](settings, { ...training, symbols });
  const judged = judgedPairs(validation.pairs, settings.evaluationTokens);
  const on = { pairs: judged.pairs, begin: symbols.begin, seed, compile: running.compile };
  const document: PairRun = { ...basics, ...subject.described, sourceLength, targetLength };
  return {
    ...{ tokenizer, symbols, document, tokenizerDocument, judged: judged.description },
    ...subject,
    notes: [...set.notes, ...leftOut("training", training), ...leftOut("validation", validation)],
    async evaluator() {
      const compiled = await subject.evaluator({ ...on, ...running.compileOptions });
      const lossOf = async (weights: Weights): Promise<number> =>
        (await compiled.lossesOf(weights)).nats;
      return { lossOf, dispose: () => compiled.dispose() };
    },
  };
}

function allPairsOf({ train, validation, tests }: PairSet): TextPair[] {
  return [...train, ...validation, ...tests.flatMap(({ pairs }) => pairs)];
}

interface Within {
  readonly pairs: readonly EncodedPair[];
  /** Pairs that were too long. */
  readonly dropped: number;
  /** Of those that are left. */
  readonly longest: { readonly source: number; readonly target: number };
}

/** The pairs that have at most so many tokens, end symbols among them. */
function withinLengths(
  all: readonly EncodedPair[],
  { source = Infinity, target = Infinity }: { readonly source: number | undefined; readonly target: number | undefined },
): Within {
  const pairs = all.filter((pair) => pair.source.length <= source && pair.target.length <= target);
  const longest = { source: 0, target: 0 };
  for (const pair of pairs)
    for (const side of ["source", "target"] as const)
      longest[side] = Math.max(longest[side], pair[side].length);
  return { pairs, dropped: all.length - pairs.length, longest };
}

function requirePairs(part: string, { pairs }: Within, name: string): void {
  if (pairs.length === 0)
    throw new InputError(
      `${name}: no ${part} pair is short enough. Raise sourceLength (--source-length) or targetLength (--target-length).`,
    );
}

function leftOut(part: string, { dropped, pairs }: Within): string[] {
  if (dropped === 0) return [];
  const all = grouped(dropped + pairs.length);
  const limit = part === "training" ? "the lengths that were given" : "the longest of training";
  return [`${grouped(dropped)} of ${all} ${part} pairs are left out: they have more tokens than ${limit}.`];
}

/** The first pairs whose targets have at most so many tokens together; one at least. */
function judgedPairs(
  pairs: readonly EncodedPair[],
  limit: number,
): { readonly pairs: readonly EncodedPair[]; readonly description: string } {
  let tokens = 0;
  const end = pairs.findIndex(({ target }, at) => (tokens += target.length) > limit && at > 0);
  const chosen = end < 0 ? pairs : pairs.slice(0, end);
  const count = chosen.reduce((total, { target }) => total + target.length, 0);
  return {
    pairs: chosen,
    description: `${count} target tokens of ${chosen.length} of ${pairs.length} validation pairs`,
  };
}

/** The settings that have no place of their own in a run's document. */
function otherSettings(settings: CompletePairSettings): PairRun["settings"] {
  const { steps, batch, batchTokens, shapes, accumulate, labelSmoothing, tokenizer } = settings;
  const { learningRate, minLearningRate, warmup, decaySteps } = settings;
  const { optimiser, beta2, weightDecay, clip } = settings;
  const { checkpointEvery, validateEvery, patience, evaluationTokens, device, threads } = settings;
  return {
    ...{ steps, batch, batchTokens, shapes, accumulate, labelSmoothing },
    ...(tokenizer.startsWith("bpe") ? { tokenizer } : {}),
    ...{ learningRate, minLearningRate, warmup, decaySteps },
    ...{ optimiser, beta2, weightDecay, clip },
    ...{ checkpointEvery, validateEvery, patience, evaluationTokens, device, threads },
  };
}
