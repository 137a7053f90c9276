/**
 * A decoder-only model as the graph that transformers.js and Optimum call: token ids, a mask of padding and the keys and
 * values of earlier tokens in; logits and all keys and values out.
 *
 *     input_ids               int64 [batch_size, sequence_length]
 *     attention_mask          int64 [batch_size, past_sequence_length + sequence_length], 0 where a token is padding
 *     past_key_values.N.key   float32 [batch_size, heads of keys, past_sequence_length, width]; .value alike
 *     logits                  float32 [batch_size, sequence_length, vocab]
 *     present.N.key           as the past, with the new tokens behind it
 *
 * Positions follow from the mask, so that texts may be padded on the left: the first token that is text has position 0.
 *
 * @module
 */
import { InputError } from "../errors.ts";
import { cacheColumns } from "../generation/decoding-graph.ts";
import { forward } from "../model/transformer.ts";
import type { LanguageModel } from "../model/transformer.ts";
import { maximum, subtract } from "../operators/arithmetic.ts";
import { cast } from "../operators/cast.ts";
import { equal, not } from "../operators/comparison.ts";
import { cumsum } from "../operators/cumsum.ts";
import { slice } from "../operators/slicing.ts";
import { input, scalar } from "../operators/source.ts";
import { where } from "../operators/where.ts";
import { addDimensions } from "../tensor/dimension.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { graphInput } from "./export-graph.ts";
import type { ExportGraph } from "./export-graph.ts";

const batch = "batch_size";
const sequence = "sequence_length";
const past = "past_sequence_length";

/**
 * The graph of a model.
 *
 * @param padding an id that is no token of the model and stands for padding; absent: padding has an id of the model
 * @throws {InputError} the encoding needs more of earlier tokens than their keys and values
 */
export function decoderGraph(model: LanguageModel, padding?: number): ExportGraph {
  refuseOtherState(model);
  const total = addDimensions(past, sequence);
  const ids = input("ids", [batch, sequence], "int32");
  const mask = input("mask", [batch, total], "int32");
  const keyMask = textMask(mask);
  const positions = countedPositions(keyMask);
  const columns = cacheColumns(model).map((ofLayer, layer) =>
    ofLayer.map(({ name, heads, width }) => ({
      kind: name,
      name: `past_key_values.${layer}.${name}`,
      tensor: input(`past.${layer}.${name}`, [batch, heads, past, width]),
    })),
  );
  const layers = columns.map((ofLayer) => {
    const [key, value] = ["key", "value"].map((kind) => ofLayer.find((each) => each.kind === kind));
    return { key: key!.tensor, value: value!.tensor };
  });
  const { logits, present } = forward(model, {
    tokens: withoutPadding(ids, padding),
    positions: { tensor: slice(positions, 1, past, sequence) },
    past: { layers, keyPositions: { tensor: positions } },
    keyMask,
  });
  return {
    inputs: [
      graphInput("input_ids", ids),
      graphInput("attention_mask", mask, [batch, "total_sequence_length"]),
      ...columns.flat().map(({ name, tensor }) => graphInput(name, tensor)),
    ],
    outputs: [
      { name: "logits", tensor: logits },
      ...present.flatMap(({ key, value }, layer) => [
        { name: `present.${layer}.key`, tensor: key },
        { name: `present.${layer}.value`, tensor: value },
      ]),
    ],
  };
}

/** True where an int32 mask says that a token is text. */
export function textMask(mask: Tensor): Tensor {
  return not(equal(mask, scalar(0, "int32")));
}

/** Positions by the mask, int32 `[batch, length]`: the first token that is text has position 0. */
export function countedPositions(keyMask: Tensor): Tensor {
  const counted = subtract(cumsum(cast(keyMask, "float32"), 1), 1);
  return cast(maximum(counted, 0), "int32");
}

/** Ids of which that of padding has become one of the model. @param padding absent: it is one of the model's */
export function withoutPadding(ids: Tensor, padding: number | undefined): Tensor {
  if (padding === undefined) return ids;
  return where(equal(ids, scalar(padding, "int32")), scalar(0, "int32"), ids);
}

/** @throws {InputError} the encoding needs more of earlier tokens than their keys and values */
function refuseOtherState(model: LanguageModel): void {
  const { encoding } = model;
  const reason = reasonAgainst(model);
  if (reason === undefined) return;
  throw new InputError(
    `export: the format keeps of earlier tokens their keys and values alone, and ${encoding.id} ${reason}. ` +
      `Export a model with another encoding, or use relpos itself to generate.`,
  );
}

/** Why an encoding does not fit, as the end of a sentence about it; undefined where it does. */
export function reasonAgainst(model: LanguageModel): string | undefined {
  const { encoding, config } = model;
  const { cache, sampling } = encoding;
  if (cache.keys === "recompute") return "changes keys of earlier tokens when a text grows";
  if (cache.tokens === true) return "reads the ids of earlier tokens";
  if (sampling !== undefined) return "draws the positions of each text at random";
  const more = new Set(
    cacheColumns(model).flatMap((columns) =>
      columns.map(({ name }) => name).filter((name) => name !== "key" && name !== "value"),
    ),
  );
  const layers = Array.from({ length: config.layers }, (_, layer) => encoding.at?.(layer));
  if (layers.some((own) => own?.cache.keys === "recompute"))
    return "changes keys of earlier tokens when a text grows";
  return more.size === 0 ? undefined : `needs more numbers of each token (${[...more].join(", ")})`;
}
