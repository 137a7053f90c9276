/**
 * The family of transformers that a model trained here is of, if any.
 *
 * A configuration is written for each family in turn and read as the loader reads it. Where what is read is the model, but
 * for biases, which may be 0, the family has it; else what differs is the reason.
 *
 * @module
 */
import { nameOf } from "../encodings/compose/composition.ts";
import { InputError } from "../errors.ts";
import type { ConfigurationValues } from "../families/configuration.ts";
import type { DecoderDescription, DecoderFamily } from "../families/family.ts";
import { decoderOf } from "../families/load-checkpoint.ts";
import { readFamily } from "../families/read-family.ts";
import { listed } from "../format.ts";
import type { LanguageModel } from "../model/transformer.ts";
import { otherFamilies } from "./families/other-families.ts";
import { familyOf, rotaryFamilies, rotaryValues } from "./families/rotary-families.ts";
import { differencesOf } from "./model-differences.ts";
import { layerIds, runModel } from "./run-model.ts";
import type { RunModel } from "./run-model.ts";

/** A model in the words of a family. */
export interface FamilyModel {
  readonly family: DecoderFamily;
  readonly values: ConfigurationValues;
  readonly description: DecoderDescription;
  /** As it is read. It may have biases that the model has not. */
  readonly model: LanguageModel;
}

/** The encodings that families have, for messages. */
const inFamilies =
  "rope (Llama, Mistral, Qwen2, Qwen3, Gemma, GPT-NeoX, GPT-J, Phi, Falcon), alibi (MPT, BLOOM), learned (GPT-2) and " +
  "none (SmolLM3, GPT-NeoX), layers of rope and none (SmolLM3), layers of rope with two bases (Gemma 3)";

/**
 * The first family that has the model.
 *
 * @param id of the encoding, with its options
 * @param length of the longest text
 * @throws {InputError} none has it; the message has the reason of each that has the encoding
 */
export function matchingFamily(model: LanguageModel, id: string, length: number): FamilyModel {
  const wanted = runModel(model.config, id, length);
  const candidates = Object.entries(
    wanted.encoding === "rope" ? rotaryFamilies : (otherFamilies[wanted.encoding] ?? {}),
  );
  if (candidates.length === 0)
    throw new InputError(
      `export: no family of transformers has the encoding ${id}. Families have ${inFamilies}. ` +
        `The format onnx takes any encoding whose cache is keys and values.`,
    );
  if (wanted.encoding === "rope" && wanted.rotary === undefined)
    throw new InputError(
      `export: no configuration of transformers can say ${id}. The format onnx takes it as it is.`,
    );
  const others: Other[] = [];
  for (const [modelType, write] of candidates) {
    const family = familyOf(modelType);
    const found = attempt(family, write, wanted, model, id);
    if ("family" in found) return found;
    others.push({ name: family.name, ...found });
  }
  const nearest = others
    .sort((a, b) => a.differences.length - b.differences.length)
    .slice(0, shown);
  const reasons = nearest.map(({ name, differences }) => `${name} has ${listed(differences)}`);
  throw new InputError(
    `export: no family of transformers has this model. ${reasons.join("; ")}. ` +
      `The format onnx takes it as it is.`,
  );
}

/** A family that does not have the model, and what it has. */
interface Other {
  readonly name: string;
  readonly differences: readonly string[];
}

/** Families that a message names, the nearest ones. */
const shown = 3;

function attempt(
  family: DecoderFamily,
  write: (model: RunModel) => ConfigurationValues,
  wanted: RunModel,
  model: LanguageModel,
  id: string,
): FamilyModel | Omit<Other, "name"> {
  const values = {
    ...{ model_type: family.modelType, architectures: [family.architectures[0]] },
    ...(wanted.rotary && rotaryValues(family, wanted)),
    ...defined(write(wanted)),
  };
  let description: DecoderDescription;
  let read: LanguageModel;
  try {
    ({ description } = readFamily([family], values, "config.json"));
    read = decoderOf(description);
  } catch (error) {
    if (error instanceof InputError || error instanceof RangeError)
      return { differences: [`no such configuration (${error.message.replace(/\.$/, "")})`] };
    throw error;
  }
  const differences = differencesOf(model.config, read.config);
  const [own, others] = [id, nameOf(description.encoding)].map((text) =>
    layerIds(model.config, text).join(),
  );
  if (own !== others) differences.push(`positions ${nameOf(description.encoding)}`);
  if (differences.length > 0) return { differences };
  return { family, values, description, model: read };
}

function defined(values: ConfigurationValues): ConfigurationValues {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}
