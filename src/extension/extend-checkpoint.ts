/**
 * A pretrained model with another configuration: the one that its folder will have, read as the loader reads it.
 *
 * @module
 */
import { nameOf } from "../encodings/compose/composition.ts";
import { ropeKeysOf } from "../encodings/extension/rope-config-writing.ts";
import type { TrainedRope } from "../encodings/extension/methods.ts";
import { asInputError, InputError } from "../errors.ts";
import type { ConfigurationValues } from "../families/configuration.ts";
import { extensionKey } from "../families/extension-record.ts";
import type { ExtensionRecord } from "../families/extension-record.ts";
import type { DecoderDescription, DecoderFamily, RotaryLayer } from "../families/family.ts";
import { decoderFamilies } from "../families/index.ts";
import { decoderOf } from "../families/load-checkpoint.ts";
import type { LoadedCheckpoint } from "../families/load-checkpoint.ts";
import { readFamily } from "../families/read-family.ts";
import { extendedConfiguration } from "./extended-configuration.ts";
import { appliedTwice, pairsOf, unscaledRope } from "./extend-request.ts";
import type { ExtendedModel, RequestAt } from "./extend-request.ts";

/** Keys of a configuration that say the length of training, where no rule for longer texts was applied. */
const lengthKeys = ["original_max_position_embeddings", "max_position_embeddings", "n_positions"];

/**
 * Extends a pretrained model.
 *
 * @throws {InputError} it has no rotary positions, was extended before, or its length of training is unknown
 */
export function extendCheckpoint(
  { folder, configuration: values, model }: LoadedCheckpoint,
  originalLength: number | undefined,
  requestAt: RequestAt,
): ExtendedModel {
  const file = `${folder}: config.json`;
  const { family, description } = readFamily(decoderFamilies, values, file);
  const layers = rotaryLayers(folder, family, description);
  const request = requestAt(originalLength ?? lengthIn(values, folder));
  const { method, settings, factor, length, textLength } = request;
  const before = values[extensionKey] as ExtensionRecord | null | undefined;
  if (before != null) throw appliedTwice(folder, before.method);
  const { headDim } = model.config;
  const trained = layers.map(({ choice, extends: extended }) =>
    extended ? unscaledRope(choice.options, folder) : undefined,
  );
  const choices = trained
    .filter((own) => own !== undefined)
    .map((own) => asInputError(() => method.extend(own, { factor, length, textLength }, settings)));
  // Layers that are extended are alike in all families: one set of keys says them.
  const [first] = choices;
  const alike = choices.every((each) => nameOf(each) === nameOf(first!));
  const fixed = !alike || family.ropeKeys === "fixed";
  const keys = fixed ? undefined : asInputError(() => ropeKeysOf(first!, headDim));
  const readBy = keys === undefined ? "relpos" : "transformers";
  const record = { method: request.text, factor, length, readBy } as const;
  const configuration = extendedConfiguration({
    ...{ family, values, record, keys, localBase: localBaseOf(layers) },
  });
  const after = readFamily(decoderFamilies, configuration, file, { textLength }).description;
  return {
    ...{ request, readBy },
    model: asInputError(() => decoderOf(after), `${file}: `),
    pairs: trained.map((own) => own && pairsOf(own, headDim)),
    changed: { configuration, contextLength: Math.round(length * factor) },
  };
}

/** @throws {InputError} no key says it */
function lengthIn(values: ConfigurationValues, folder: string): number {
  const key = lengthKeys.find((each) => values[each] != null);
  if (key !== undefined) return values[key] as number;
  throw new InputError(
    `extend: ${folder}: config.json does not say the length of the texts of training (${lengthKeys.join(", ")}), which ` +
      `every method needs. Give originalLength.`,
  );
}

function rotaryLayers(
  folder: string,
  { name }: DecoderFamily,
  { encoding }: DecoderDescription,
): readonly RotaryLayer[] {
  if ("layers" in encoding && encoding.layers.some((layer) => layer.extends))
    return encoding.layers;
  throw notRotary(folder, name, encoding.definition.id);
}

/** The base of layers that rotate and are not extended. */
function localBaseOf(layers: readonly RotaryLayer[]): number | undefined {
  const local = layers.find(
    ({ choice, extends: extended }) => !extended && choice.definition.id === "rope",
  );
  return (local?.choice.options as TrainedRope | undefined)?.base;
}

/** The error for a model whose positions no method changes. */
function notRotary(folder: string, family: string, encoding: string): InputError {
  return new InputError(
    `extend: every method changes rotary positions, and ${folder} (${family}) has none: its encoding is ${encoding}. ` +
      `Give a model with rotary positions, such as Llama, Mistral, Qwen or GPT-NeoX.`,
  );
}
