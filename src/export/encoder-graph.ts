/**
 * An encoder as the graph that transformers.js and Optimum call.
 *
 *     input_ids            int64 [batch_size, sequence_length]
 *     attention_mask       int64 [batch_size, sequence_length], 0 where a token is padding
 *     token_type_ids       int64 [batch_size, sequence_length], where the model has several segments
 *     logits               float32 [batch_size, sequence_length, vocab], where it has a head for masked tokens
 *     last_hidden_state    float32 [batch_size, sequence_length, width]
 *
 * @module
 */
import { InputError } from "../errors.ts";
import { encodeTokens } from "../model/encoder-model.ts";
import { maskedLogits } from "../model/masked-model.ts";
import { fill, input } from "../operators/source.ts";
import { textMask, withoutPadding } from "./decoder-graph.ts";
import { graphInput } from "./export-graph.ts";
import type { ExportGraph } from "./export-graph.ts";
import type { ExportableEncoder } from "./export-source.ts";
import { reasonAgainstEncoder, sourcePositions } from "./pair-graph.ts";

/**
 * The graph of an encoder.
 *
 * @param padding an id that is no token of the model and stands for padding; absent: padding has an id of the model
 * @throws {InputError} the encoding does not fit the format
 */
export function encoderModelGraph(
  { model, head }: Pick<ExportableEncoder, "model" | "head">,
  padding?: number,
): ExportGraph {
  const { encoding, config } = model;
  const reason = reasonAgainstEncoder(encoding, config.layers);
  if (reason !== undefined)
    throw new InputError(
      `export: texts of several lengths are read together, and ${encoding.id} ${reason}. Export a model with another encoding.`,
    );
  const shape = ["batch_size", "sequence_length"];
  const [ids, mask, kinds] = ["ids", "mask", "kinds"].map((name) => input(name, shape, "int32"));
  const keyMask = textMask(mask!);
  const { encoded } = encodeTokens(model, {
    tokens: withoutPadding(ids!, padding),
    positions: sourcePositions(encoding, keyMask),
    keyMask,
    ...(config.segments > 0 && {
      segments: config.segments > 1 ? kinds! : fill(shape, 0, "int32"),
    }),
  });
  return {
    inputs: [
      graphInput("input_ids", ids!),
      graphInput("attention_mask", mask!),
      ...(config.segments > 1 ? [graphInput("token_type_ids", kinds!)] : []),
    ],
    outputs: [
      ...(head ? [{ name: "logits", tensor: maskedLogits(model, head, encoded) }] : []),
      { name: "last_hidden_state", tensor: encoded },
    ],
  };
}
