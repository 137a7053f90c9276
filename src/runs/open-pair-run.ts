/**
 * A run that was trained from texts to texts, as a model to translate, summarise or answer with.
 *
 * @module
 */
import path from "node:path";
import { pairSymbols } from "../data/pairs/pair-tokens.ts";
import type { PairSymbols } from "../data/pairs/pair-tokens.ts";
import type { Tokenizer } from "../data/tokenizer.ts";
import { InputError, RunError } from "../errors.ts";
import { transformerConfig } from "../model/config.ts";
import { encoderDecoderConfig } from "../model/encoder-decoder-config.ts";
import { encoderDecoder } from "../model/encoder-decoder.ts";
import type { EncoderDecoder } from "../model/encoder-decoder.ts";
import { languageModel } from "../model/transformer.ts";
import type { LanguageModel } from "../model/transformer.ts";
import { recordedEncoding } from "./recorded-encoding.ts";
import type { DecoderOnlyRun, EncoderDecoderRun } from "./run-document.ts";
import { readRunFile, runFileName } from "./run-file.ts";
import { recordedTokenizer } from "./run-tokenizer.ts";
import { trainedState } from "./trained-state.ts";
import type { TrainedState } from "./trained-state.ts";

/** What is opened of a run of pairs, beside its model. */
export interface OpenedPairs extends TrainedState {
  /** The run's folder. */
  readonly folder: string;
  /** Of both sides. */
  readonly tokenizer: Tokenizer;
  /**
   * A source ends with `end`; a target begins with `begin` and ends with `end`. A decoder-only model reads source, `begin` and
   * target as one sequence.
   */
  readonly symbols: PairSymbols;
}

/** A trained encoder-decoder with all that its run recorded. */
export interface OpenedEncoderDecoder extends OpenedPairs {
  readonly architecture: "encoder-decoder";
  readonly model: EncoderDecoder;
  /** What `run.json` holds. */
  readonly configuration: EncoderDecoderRun;
}

/** A trained decoder-only model of pairs with all that its run recorded. */
export interface OpenedDecoderOnly extends OpenedPairs {
  readonly architecture: "decoder-only";
  readonly model: LanguageModel;
  /** What `run.json` holds. */
  readonly configuration: DecoderOnlyRun;
}

/** A trained model of pairs with all that its run recorded. */
export type OpenedPairRun = OpenedEncoderDecoder | OpenedDecoderOnly;

/**
 * Opens the folder of a run of pairs. The folder may have been moved.
 *
 * @throws {InputError} there is no run, it is of another kind or another version of relpos, or the file of the run's own
 *   encoding is gone or changed
 * @throws {RunError} a file of the run is damaged, the weights are of another model, or there is no checkpoint yet
 */
export async function openPairRun(folder: string): Promise<OpenedPairRun> {
  const configuration = await readRunFile(folder);
  if (configuration.kind !== "pairs")
    throw new InputError(
      `${folder} is a run of ${configuration.kind === "compare" ? "a comparison" : "a language model"}, and not one ` +
        `that was trained with --task. Give the folder of relpos train --task.`,
    );
  if (configuration.architecture === "span")
    throw new InputError(
      `${folder} is a run of the architecture span, which finds answers in texts and writes none. Open it with openSpanRun, or ` +
        `give it to relpos evaluate or relpos answer.`,
    );
  const file = path.join(folder, runFileName);
  const tokenizer = await recordedTokenizer(folder, configuration.tokenizer);
  const symbols = pairSymbols(tokenizer);
  requireVocabulary(configuration, { file, tokenizer, symbols });
  const shared = { folder, tokenizer, symbols };
  if (configuration.architecture === "encoder-decoder") {
    const { architecture } = configuration;
    const model = await encoderDecoderOf(configuration, file);
    const state = await trainedState(folder, model, configuration);
    return { ...shared, architecture, model, configuration, ...state };
  }
  const { architecture } = configuration;
  const model = await decoderOnlyOf(configuration, file);
  const state = await trainedState(folder, model, configuration);
  return { ...shared, architecture, model, configuration, ...state };
}

/** @throws {RunError} the model has another vocabulary than the tokenizer with its symbols */
function requireVocabulary(
  run: EncoderDecoderRun | DecoderOnlyRun,
  { file, tokenizer, symbols }: {
    readonly file: string;
    readonly tokenizer: Tokenizer;
    readonly symbols: PairSymbols;
  },
): void {
  const { vocab } = run.model;
  const sourceVocab = run.architecture === "encoder-decoder" ? run.model.sourceVocab : vocab;
  for (const recorded of [vocab, sourceVocab])
    if (recorded !== symbols.vocab)
      throw new RunError(
        `${file} is damaged: its ${tokenizer.id} tokenizer has ${tokenizer.vocab} ids, with both symbols ` +
          `${symbols.vocab}, its model a vocabulary of ${recorded}. Restore it from a copy.`,
      );
}

async function encoderDecoderOf(
  { model, encodings, sourceLength, targetLength }: EncoderDecoderRun,
  file: string,
): Promise<EncoderDecoder> {
  const { encoder, decoder, cross } = encodings;
  const parts = {
    encoder: { definition: await recordedEncoding(encoder, file) },
    decoder: { definition: await recordedEncoding(decoder, file) },
    cross: { definition: await recordedEncoding(cross, file) },
  };
  return made(file, () =>
    encoderDecoder(encoderDecoderConfig(model), { ...parts, sourceLength, targetLength }),
  );
}

async function decoderOnlyOf(
  { model, encodings, trainLength }: DecoderOnlyRun,
  file: string,
): Promise<LanguageModel> {
  const definition = await recordedEncoding(encodings.decoder, file);
  return made(file, () => languageModel(transformerConfig(model), definition, trainLength));
}

/** @throws {RunError} the document describes a model that cannot be */
function made<Model>(file: string, make: () => Model): Model {
  try {
    return make();
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw new RunError(`${file} describes a model that cannot be made: ${cause.message}`, {
      cause,
    });
  }
}
