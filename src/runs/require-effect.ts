/**
 * Refuses to train with an encoding that does nothing, before the run has a folder.
 *
 * @module
 */
import type { EncodingDefinition } from "../encodings/position-encoding.ts";
import { InputError } from "../errors.ts";
import type { TransformerConfig } from "../model/config.ts";
import { encodingHasEffect } from "../model/encoding-effect.ts";
import { languageModel } from "../model/transformer.ts";
import type { LanguageModel } from "../model/transformer.ts";

/** Some encodings begin to act after thousands of positions, where the run may be evaluated. */
const furthest = 100_000;
/** Kinds of tokens that are asked: the effect of some encodings depends on few of them, such as digits. */
const mostTokens = 512;
/** Parameters of a model that is computed in float64 within a few seconds; larger ones are not asked. */
const mostParameters = 3e7;

/**
 * Compares the model with the same model without its encoding, both with few tokens and narrow feed-forward layers: those
 * do not decide whether the encoding does anything.
 *
 * @throws {InputError} both compute the same, to the last digit
 */
export function requireEffect(
  definition: EncodingDefinition,
  config: TransformerConfig,
  trainLength: number,
): void {
  if (definition.family === "none") return;
  const vocab = Math.min(config.vocab, mostTokens);
  const asked = smallest(definition, { ...config, vocab, hidden: 1, dropout: 0 }, trainLength);
  if (asked.parameters.count > mostParameters) return;
  if (encodingHasEffect(asked, { trainLength, furthest })) return;
  throw new InputError(
    `encoding ${definition.id} changes nothing that this model computes up to length ${furthest}: it would train as none ` +
      `does, to the last digit. Train with none, or mend the encoding (relpos check says how).`,
  );
}

/** One layer where the encoding permits that: all layers have the same encoding then. */
function smallest(
  definition: EncodingDefinition,
  config: TransformerConfig,
  trainLength: number,
): LanguageModel {
  const whole = languageModel(config, definition, trainLength);
  return whole.encoding.at === undefined
    ? languageModel({ ...config, layers: 1 }, definition, trainLength)
    : whole;
}
