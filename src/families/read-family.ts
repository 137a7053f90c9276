/**
 * A configuration as a model of its family.
 *
 * @module
 */
import { InputError } from "../errors.ts";
import { Configuration } from "./configuration.ts";
import type { ConfigurationValues } from "./configuration.ts";
import type { Family, ReadOptions } from "./family.ts";
import { decoderFamilies, encoderFamilies, pairFamilies } from "./index.ts";

/** What a configuration says. */
export interface ReadFamily<Description> {
  readonly family: Family<Description>;
  readonly description: Description;
}

/** @throws {InputError} the family is of another kind than those that are wanted */
function refuseOtherKind(modelType: unknown, file: string): void {
  const of = (
    kind: readonly { readonly modelType: string; readonly name: string }[],
  ): string | undefined => kind.find((each) => each.modelType === modelType)?.name;
  const encoder = of(encoderFamilies);
  if (encoder !== undefined)
    throw new InputError(
      `${file}: this is ${encoder}, an encoder. It gives the vectors of a text's tokens and guesses masked ones; it continues no ` +
        `text and has no perplexity. relpos export takes it, in a program loadEncoder and encodeTexts; other commands take decoders.`,
    );
  const pair = of(pairFamilies);
  if (pair !== undefined)
    throw new InputError(
      `${file}: this is ${pair}, an encoder-decoder, which writes a text for another. The commands translate, summarise, ` +
        `answer and export take it, in a program loadEncoderDecoder. Give the folder of a decoder, or of a run that was trained on text.`,
    );
  const decoder = of(decoderFamilies);
  if (decoder !== undefined)
    throw new InputError(`${file}: this is ${decoder}, a decoder. Load it with loadCheckpoint.`);
}

/**
 * Reads the value of a `config.json`.
 *
 * @param families those of which it may be
 * @param file its path, for messages
 * @throws {InputError} the family is not known, or a key is not understood
 */
export function readFamily<Description>(
  families: readonly Family<Description>[],
  values: unknown,
  file = "config.json",
  options: ReadOptions = {},
): ReadFamily<Description> {
  if (typeof values !== "object" || values === null || Array.isArray(values))
    throw new InputError(
      `${file} is no configuration: it is no object. Copy or download it again.`,
    );
  if ("relpos" in values && "transformers.js_config" in values)
    throw new InputError(
      `${file} is of ONNX models, which relpos export writes and no command reads. Give the folder that they were made of.`,
    );
  const { model_type: modelType, architectures } = values as ConfigurationValues;
  const family = families.find((each) => each.modelType === modelType);
  if (family === undefined) refuseOtherKind(modelType, file);
  if (family === undefined)
    throw new InputError(
      `${file}: model_type ${JSON.stringify(modelType) ?? "is missing and"} is no family that relpos loads. ` +
        `It loads ${families.map((each) => `${each.modelType} (${each.name})`).join(", ")}.`,
    );
  const architecture: unknown = [architectures].flat()[0] ?? undefined;
  if (architecture !== undefined && !family.architectures.some((each) => each === architecture))
    throw new InputError(
      `${file}: the architecture ${JSON.stringify(architecture)} has a head that relpos does not load. ` +
        `Of ${family.name} it loads ${family.architectures.join(", ")}.`,
    );
  const config = new Configuration(values as ConfigurationValues, file);
  config.accept("quantization_config", [], "so its weights are quantised");
  const description = family.read(config, options);
  config.refuseUnread(family.name, family.harmless ?? []);
  return { family, description };
}
