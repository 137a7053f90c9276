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
import { encoderDecoderConfig } from "../model/encoder-decoder-config.ts";
import { encoderDecoder } from "../model/encoder-decoder.ts";
import type { EncoderDecoder } from "../model/encoder-decoder.ts";
import { recordedEncoding } from "./recorded-encoding.ts";
import type { PairRun } from "./run-document.ts";
import { readRunFile, runFileName } from "./run-file.ts";
import { recordedTokenizer } from "./run-tokenizer.ts";
import { trainedState } from "./trained-state.ts";
import type { TrainedState } from "./trained-state.ts";

/** A trained encoder-decoder with all that its run recorded. */
export interface OpenedPairRun extends TrainedState {
  /** What the model is; other architectures may follow. */
  readonly architecture: "encoder-decoder";
  /** The run's folder. */
  readonly folder: string;
  readonly model: EncoderDecoder;
  /** Of both sides. */
  readonly tokenizer: Tokenizer;
  /** A source ends with `end`; a target begins with `begin` and ends with `end`. */
  readonly symbols: PairSymbols;
  /** What `run.json` holds. */
  readonly configuration: PairRun;
}

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
  const { architecture } = configuration;
  const file = path.join(folder, runFileName);
  const tokenizer = await recordedTokenizer(folder, configuration.tokenizer);
  const symbols = pairSymbols(tokenizer);
  for (const vocab of [configuration.model.vocab, configuration.model.sourceVocab])
    if (vocab !== symbols.vocab)
      throw new RunError(
        `${file} is damaged: its ${tokenizer.id} tokenizer has ${tokenizer.vocab} ids, with both symbols ` +
          `${symbols.vocab}, its model a vocabulary of ${vocab}. Restore it from a copy.`,
      );
  const model = await modelOf(configuration, file);
  const state = await trainedState(folder, model, configuration);
  return { architecture, folder, model, tokenizer, symbols, configuration, ...state };
}

async function modelOf(
  { model, encodings, sourceLength, targetLength }: PairRun,
  file: string,
): Promise<EncoderDecoder> {
  const { encoder, decoder, cross } = encodings;
  const parts = {
    encoder: { definition: await recordedEncoding(encoder, file) },
    decoder: { definition: await recordedEncoding(decoder, file) },
    cross: { definition: await recordedEncoding(cross, file) },
  };
  try {
    return encoderDecoder(encoderDecoderConfig(model), { ...parts, sourceLength, targetLength });
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw new RunError(`${file} describes a model that cannot be made: ${cause.message}`, {
      cause,
    });
  }
}
