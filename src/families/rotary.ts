/**
 * Rotary positions of a configuration as an encoding of the one model.
 *
 * @module
 */
import { asInputError } from "../errors.ts";
import { byLayer } from "../encodings/compose/by-layer.ts";
import { nameOf } from "../encodings/compose/composition.ts";
import type { Choice } from "../encodings/compose/composition.ts";
import { readMethod } from "../encodings/extension/method-text.ts";
import type { TrainedRope } from "../encodings/extension/methods.ts";
import { ropeKeys } from "../encodings/extension/rope-config-keys.ts";
import { readRopeParameters } from "../encodings/extension/rope-parameters.ts";
import type { ReadRopeParameters } from "../encodings/extension/rope-parameters.ts";
import { none } from "../encodings/none.ts";
import { rope } from "../encodings/rope.ts";
import type { TransformerOptions } from "../model/config.ts";
import type { EncodingWithOptions } from "../model/encoder-decoder.ts";
import type { Configuration } from "./configuration.ts";
import { extensionOf } from "./extension-record.ts";
import type { ReadOptions, RotaryEncoding, RotaryLayer } from "./family.ts";

/** What the layers of a model differ in. */
export interface RotaryLayers {
  readonly model: Pick<TransformerOptions, "headDim" | "layers">;
  readonly contextLength: number;
  /** The type of each layer, as "full_attention", where types have settings of their own. Default: all are alike. */
  readonly types?: readonly string[];
  /** Keys that speak of positions and that the family reads itself. */
  readonly handled?: readonly string[];
}

/**
 * The encoding of all layers; layers that do not rotate have none. An extension that no key of transformers says is applied
 * here.
 *
 * @throws {InputError} a rule or a key is not understood, or a value is missing
 */
export function rotaryEncoding(
  config: Configuration,
  { model, contextLength, types, handled = [] }: RotaryLayers,
  { textLength }: ReadOptions,
): RotaryEncoding {
  config.use(...ropeKeys, "head_dim");
  const { headDim, layers } = model;
  // Defaults of the class may be what these follow from.
  const values = {
    ...config.values,
    ...{ head_dim: headDim, num_hidden_layers: layers, max_position_embeddings: contextLength },
  };
  const read = (type?: string): ReadRopeParameters =>
    asInputError(() => readRopeParameters(values, type, handled), `${config.file}: `);
  const kinds = types ?? [undefined];
  const known = new Map([...new Set(kinds)].map((type) => [type, read(type)]));
  const longer = longerTexts(config, textLength);
  const all = Array.from({ length: layers }, (_, layer): RotaryLayer => {
    const type = kinds[layer % kinds.length];
    const own = known.get(type)!;
    const rotates = own.rotated > 0 && !own.unrotatedLayers?.includes(layer);
    if (!rotates) return { choice: unrotated, extends: false };
    const choice = { definition: rope, options: ropeOptions(own, textLength) };
    // Layers that see a window of the text have the distances of training in any text.
    const concerned = type === undefined || type === "full_attention";
    return { choice: concerned && longer ? longer(choice) : choice, extends: concerned };
  });
  const choices = all.map(({ choice }) => choice);
  const [first] = choices;
  const names = new Set(choices.map(nameOf));
  const whole: EncodingWithOptions =
    names.size === 1
      ? { definition: first!.definition, options: first!.options ?? {} }
      : { definition: byLayer(choices) };
  return { ...whole, layers: all };
}

/** What an extension makes of a layer's rotation; undefined where keys of transformers say it, or there is none. */
function longerTexts(
  config: Configuration,
  textLength: number | undefined,
): ((choice: Choice) => Choice) | undefined {
  const record = extensionOf(config);
  if (record?.readBy !== "relpos") return undefined;
  const { method, settings } = asInputError(
    () => readMethod(record.method),
    `${config.file}: relpos_extension: `,
  );
  const { factor, length } = record;
  const texts = { factor, length, textLength: textLength ?? length };
  return ({ options }) => method.extend(options as TrainedRope, texts, settings);
}

const unrotated: Choice = { definition: none };

function ropeOptions(
  { base, rotated, layout, scaling }: ReadRopeParameters,
  textLength: number | undefined,
): object {
  return {
    ...{ base, rotated },
    ...(layout && layout !== "half" && { layout }),
    ...(scaling && { scaling: withLength(scaling, textLength) }),
  };
}

/** Rules that depend on the length of the text are for one given length; up to that of training they change nothing. */
function withLength(
  scaling: NonNullable<ReadRopeParameters["scaling"]>,
  textLength: number | undefined,
): object {
  const dependent = scaling.type === "dynamic-ntk" || scaling.type === "longrope";
  return dependent ? { ...scaling, current: textLength ?? scaling.length } : scaling;
}
