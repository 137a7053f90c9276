/**
 * The family of transformers that an encoder-decoder trained here is of, if any, and its weights as those of the family.
 *
 * As for decoders, a configuration is written for each family that has the encoding and read as the loader reads it. What the
 * configuration cannot say is put into the weights, exactly but for rounding: factors of scores, and the order of components.
 *
 * @module
 */
import { readChoice } from "../encodings/compose/expression.ts";
import { encodingById } from "../encodings/index.ts";
import { InputError } from "../errors.ts";
import type { ConfigurationValues } from "../families/configuration.ts";
import type { PairDescription, PairFamily } from "../families/family.ts";
import { pairFamilies } from "../families/index.ts";
import { encoderDecoderOf } from "../families/load-encoder-decoder.ts";
import { readFamily } from "../families/read-family.ts";
import { listed } from "../format.ts";
import { halfConfig } from "../model/encoder-decoder-config.ts";
import type { EncoderDecoderConfig } from "../model/encoder-decoder-config.ts";
import type { EncoderDecoder } from "../model/encoder-decoder.ts";
import { readOptions } from "../options/read.ts";
import type { ExportablePair } from "./export-source.ts";
import { pairFamilyValues } from "./families/pair-families.ts";
import type { PairModel } from "./families/pair-families.ts";
import { differencesOf } from "./model-differences.ts";
import { familyWeights } from "./pair-weights.ts";
import { comparesPositions } from "./pair-graph.ts";
import type { Weights } from "../parameters/weights.ts";

/** An encoder-decoder in the words of a family. */
export interface FamilyPair {
  readonly family: PairFamily;
  readonly values: ConfigurationValues;
  readonly description: PairDescription;
  readonly model: EncoderDecoder;
  readonly weights: Weights;
}

const inFamilies = "t5 (T5), learned (Blenderbot) and sinusoidal (Pegasus, Marian)";
const otherwise = "The format onnx takes any encoding whose cache is keys and values.";

/** The options of an encoding by its text, with their defaults. */
function optionsOf(id: string): { readonly id: string; readonly options: PairModel["options"] } {
  const { definition, options = {} } = readChoice(id, encodingById);
  const fields = definition.options ?? {};
  return {
    id: definition.id,
    options: readOptions(definition.id, fields, options),
  };
}

/**
 * The first family that has the model.
 *
 * @throws {InputError} none has it; the message has the reason of each that has the encoding
 */
export function matchingPair(source: ExportablePair): FamilyPair {
  const { model } = source;
  const { config, encoder, decoder, cross } = model;
  if (encoder.id !== decoder.id || comparesPositions(cross))
    throw new InputError(
      `export: families of transformers have one encoding in both halves and none between them, and this model has ` +
        `${encoder.id} in its encoder, ${decoder.id} in its decoder and ${cross.id} between them. ${otherwise}`,
    );
  if (config.embeddings === "separate")
    throw new InputError(
      `export: families of transformers have one table of tokens for both halves, and this model has two. ` +
        `The format onnx takes it as it is.`,
    );
  const { id, options } = optionsOf(encoder.id);
  const candidates = Object.entries(pairFamilyValues[id] ?? {});
  if (candidates.length === 0)
    throw new InputError(
      `export: no family of encoder-decoders of transformers has the encoding ${encoder.id}. Families have ${inFamilies}. ` +
        otherwise,
    );
  refuseOptions(id, options);
  const length = Math.max(encoder.limit?.length ?? 0, decoder.limit?.length ?? 0) || 1024;
  const others: string[] = [];
  for (const [modelType, write] of candidates) {
    const family = pairFamilies.find((each) => each.modelType === modelType)!;
    const found = attempt(family, write({ config, options, length }), { id, options, source });
    if ("family" in found) return found;
    others.push(`${family.name} has ${listed(found.differences)}`);
  }
  throw new InputError(
    `export: no family of transformers has this model. ${others.join("; ")}. The format onnx takes it as it is.`,
  );
}

/** @throws {InputError} no configuration can say the options of an encoding */
function refuseOptions(id: string, options: PairModel["options"]): void {
  const fixed: Readonly<Record<string, readonly unknown[]>> =
    id === "sinusoidal" ? { layout: ["paper", "concat"], base: [10000], scale: ["none"] } : {};
  for (const [name, allowed] of Object.entries(fixed))
    if (name in options && !allowed.includes(options[name]))
      throw new InputError(
        `export: no configuration of transformers can say ${id}(${name}=${String(options[name])}). The format onnx takes it as it is.`,
      );
}

interface Wanted {
  readonly id: string;
  readonly options: PairModel["options"];
  readonly source: ExportablePair;
}

function attempt(
  family: PairFamily,
  written: ConfigurationValues,
  { id, options, source }: Wanted,
): FamilyPair | { readonly differences: readonly string[] } {
  const values = {
    ...{ model_type: family.modelType, architectures: [family.architectures[0]] },
    ...{ is_encoder_decoder: true, ...written },
  };
  let description: PairDescription;
  let read: EncoderDecoder;
  try {
    ({ description } = readFamily([family], values, "config.json"));
    read = encoderDecoderOf(description);
  } catch (error) {
    if (error instanceof InputError || error instanceof RangeError)
      return { differences: [`no such configuration (${error.message.replace(/\.$/, "")})`] };
    throw error;
  }
  const { model, weights } = source;
  const differences = pairDifferences(
    expected(model.config, read.config, id, options),
    read.config,
  );
  if (differences.length > 0) return { differences };
  return {
    ...{ family, values, description, model: read },
    weights: familyWeights(read, { model, weights }, { id, options }),
  };
}

/** The settings of a model where the family says the same in another way. */
function expected(
  own: EncoderDecoderConfig,
  family: EncoderDecoderConfig,
  id: string,
  options: PairModel["options"],
): EncoderDecoderConfig {
  return {
    ...own,
    // The head is then written as a copy of the table.
    ...(own.tiedHead && !family.tiedHead && { tiedHead: false }),
    ...(id === "sinusoidal" &&
      options["embedScale"] === "root-model" && { embeddingScale: own.model ** 0.5 }),
  };
}

function pairDifferences(own: EncoderDecoderConfig, family: EncoderDecoderConfig): string[] {
  const found = (["encoder", "decoder"] as const).flatMap((half) =>
    differencesOf(halfConfig(own, half), halfConfig(family, half)),
  );
  return [...new Set(found)];
}
