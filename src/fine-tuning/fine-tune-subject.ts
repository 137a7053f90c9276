/**
 * What a run trains that goes on from a model: all its weights or adapters, on which text, judged on which.
 *
 * @module
 */
import { loadCorpus } from "../data/corpus-files.ts";
import { checkWindowsFit } from "../data/split.ts";
import type { Tokenizer } from "../data/tokenizer.ts";
import { encodeCounted, trainingTexts } from "../data/validation-text.ts";
import { evaluationSpans } from "../data/windows.ts";
import { asInputError, InputError } from "../errors.ts";
import { transformerConfig } from "../model/config.ts";
import { unsupportedReason } from "../model/length-limit.ts";
import { mergedWeights, withAdapters } from "../model/low-rank.ts";
import type { AdaptedModel } from "../model/low-rank.ts";
import { languageModel } from "../model/transformer.ts";
import type { LanguageModel } from "../model/transformer.ts";
import { initialValues } from "../parameters/initialise.ts";
import type { Weights } from "../parameters/weights.ts";
import type { Compile, CompileOptions } from "../runtime/session.ts";
import { newTextRun } from "../runs/new-text-run.ts";
import { refuseTooLargeEvaluation, refuseTooLargeModel } from "../runs/size-limit.ts";
import { textLossEvaluator } from "../runs/text-loss.ts";
import type { RunSubject } from "../runs/train-in-folder.ts";
import { languageTraining } from "../training/language-objective.ts";
import type { CompleteFineTuneSettings } from "./complete-settings.ts";
import { adapterFiles, writeAdapterFiles } from "./adapter-files.ts";
import { defaultLoraTargets, longestDefaultLength } from "./settings.ts";
import type { FineTuneSource } from "./source.ts";

/** What is trained. */
export interface FineTuneSubject extends RunSubject {
  readonly model: LanguageModel;
  readonly tokenizer: Tokenizer;
  /** Where adapters alone are trained: they, and the model. */
  readonly adapted: AdaptedModel | undefined;
}

/** Reads the text and makes the model; nothing is written, so that a wrong setting leaves no folder. */
export async function fineTuneSubject(
  source: FineTuneSource,
  settings: CompleteFineTuneSettings,
  where: {
    readonly folder: string;
    readonly compile: Compile;
    readonly compileOptions: CompileOptions;
  },
): Promise<FineTuneSubject> {
  const { folder, ...running } = where;
  const { batch, cut, seed } = settings;
  const { tokenizer, tokenizerDocument, definition, encoding, record, weights } = source;
  const length = settings.trainLength ?? Math.min(source.length, longestDefaultLength);
  const { dropout = source.config.dropout } = settings;
  const config = asInputError(() => transformerConfig({ ...source.config, dropout }));
  const model = asInputError(() => languageModel(config, definition, record.encodingLength));
  requireLength(source, model, length);
  const adapted = adaptedOf(model, settings);
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
  // Of adapters alone little is held beside the model.
  if (!adapted) refuseTooLargeModel(model, { batch, length });
  refuseTooLargeEvaluation(model, { length, whileTraining: true });
  // A hook that fails does so before a folder is made.
  const trainingOf = (size: number): ReturnType<typeof languageTraining> =>
    languageTraining(adapted?.model ?? model, training.tokens, {
      ...{ batch: size, length },
      ...(adapted && { adapted }),
    });
  asInputError(() => trainingOf(1));
  const document = newTextRun(
    settings,
    { corpus, own },
    {
      ...{ tokenizer: tokenizer.config, model: config, encoding, trainLength: length },
      source: record,
      ...(adapted && { adapter: adapted.config }),
    },
  );
  const limit = settings.evaluationTokens;
  const { spans, description } = evaluationSpans(tokens.length, { longest: length, limit });
  const on = { tokenizer: validation, tokens, length, spans, seed, ...running };
  const plain = (given: Weights): Weights => (adapted ? mergedWeights(adapted, given) : given);
  return {
    ...{ model, tokenizer, document, tokenizerDocument, judged: description, adapted },
    ...(adapted ? startOf(adapted, weights, seed) : { weights }),
    ...trainingOf(batch),
    ...(adapted && adapterFiles(source) && { finish: writeAdapterFiles(folder, source, adapted) }),
    async evaluator(first) {
      const compiled = await textLossEvaluator({ model, weights: plain(first) }, on);
      const lossOf = async (now: Weights): Promise<number> =>
        (await compiled.lossOf(plain(now))).nats;
      return { lossOf, dispose: () => compiled.dispose() };
    },
  };
}

/** The model with the adapters that the settings ask for. */
function adaptedOf(
  model: LanguageModel,
  { loraRank: rank, loraAlpha, loraTargets: targets }: CompleteFineTuneSettings,
): AdaptedModel | undefined {
  if (rank === undefined) return undefined;
  const config = { rank, alpha: loraAlpha ?? rank, targets: targets ?? defaultLoraTargets };
  return asInputError(() => withAdapters(model, config));
}

/** What a run of adapters keeps and starts from. */
function startOf(
  { parameters, trainable }: AdaptedModel,
  base: Weights,
  seed: number,
): Pick<RunSubject, "stored" | "weights"> {
  const own = parameters.specs.filter(trainable);
  const values = own.map((spec) => {
    return [spec.name, { shape: spec.shape, data: initialValues(spec, seed) }] as const;
  });
  const learned = own.reduce((total, { shape }) => total + shape[0]! * shape[1]!, 0);
  return { stored: { parameters, learned }, weights: new Map([...base, ...values]) };
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
