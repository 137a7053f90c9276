/**
 * Refuses a comparison whose models or data do not fit in this machine's memory, before any of them is made.
 *
 * @module
 */
import { kindOf } from "../comparison/kinds/index.ts";
import { modelConfig, rowLength } from "../comparison/settings.ts";
import type { ComparisonSettings } from "../comparison/settings.ts";
import type { EncodingDefinition } from "../encodings/position-encoding.ts";
import { asInputError } from "../errors.ts";
import { languageModel } from "../model/transformer.ts";
import { refuseTooLargePairs } from "../runs/pair-size-limit.ts";
import {
  refuseTooLarge,
  refuseTooLargeEvaluation,
  refuseTooLargeModel,
} from "../runs/size-limit.ts";
import type { LoadedData } from "./prepare.ts";

/**
 * By the settings alone, before a model is made or a text is read.
 *
 * @param models trained at once
 * @throws {InputError} with both numbers and what to lower
 */
export function refuseLargeSettings(settings: ComparisonSettings, models: number): void {
  refuseWith(settings, kindOf(settings).vocabulary(settings) ?? 1, models);
}

/** A comparison whose data are known. */
export interface ComparisonSize {
  readonly settings: ComparisonSettings;
  readonly data: LoadedData;
  readonly definitions: (id: string) => EncodingDefinition;
  /** Trained at once. */
  readonly models: number;
}

/**
 * With the vocabulary of the data and what each encoding learns: training, and judging at each test length.
 *
 * @throws {InputError} naming the encoding, what it needs, the limit and what to lower
 */
export function refuseLargeComparison(comparison: ComparisonSize): void {
  const { settings, data, definitions, models } = comparison;
  refuseWith(settings, data.vocab, models);
  const { encodings, batch, testLengths } = settings;
  const kind = kindOf(settings);
  const config = modelConfig(settings, data.vocab);
  const length = rowLength(settings);
  for (const id of encodings) {
    if ("longest" in data.data) {
      const { longest } = data.data;
      const pair = asInputError(() =>
        kind.encoderDecoder!(settings, config, definitions(id), longest),
      );
      const ways =
        "Lower batch (--batch), the train length (--train-length), the target length (--target-length) or the processes (--processes).";
      refuseTooLargePairs(pair, [{ batch, lengths: longest }], { models, ways });
      continue;
    }
    const model = asInputError(() => languageModel(config, definitions(id), length));
    refuseTooLargeModel(model, { batch, length, models });
    for (const test of testLengths)
      refuseTooLargeEvaluation(model, { ...data.judged(test), models });
  }
}

function refuseWith(settings: ComparisonSettings, vocab: number, models: number): void {
  refuseTooLarge({
    ...settings,
    layers: settings.layers * (kindOf(settings).stacks ?? 1),
    hidden: 4 * settings.width,
    vocab,
    length: rowLength(settings),
    accumulate: 1,
    models,
  });
}
