/**
 * A language model of width 24 with three heads and random values, to be run by `evaluate` and by the
 * runtime.
 *
 * @module
 */
import type { EncodingDefinition, Positions } from "../encodings/position-encoding.ts";
import { gradients } from "../autodiff/gradients.ts";
import { transformerConfig } from "../model/config.ts";
import type { TransformerConfig } from "../model/config.ts";
import { refuseManyParameters } from "../model/size.ts";
import { forward, languageModel } from "../model/transformer.ts";
import type { LanguageModel } from "../model/transformer.ts";
import { crossEntropy } from "../operators/cross-entropy.ts";
import { flattenRows, reshape } from "../operators/movement.ts";
import { mean } from "../operators/reduction.ts";
import { constant, input } from "../operators/source.ts";
import { random } from "../random/random.ts";
import type { HostTensor } from "../runtime/session.ts";
import { evaluate } from "../tensor/evaluate.ts";
import type { Tensor, Value } from "../tensor/tensor.ts";

export { randomValues } from "../model/random-values.ts";

export const vocab = 11;

/** The sizes, for messages. */
export const smallModelInWords: string =
  "The checks' model of width 24, 3 heads, 2 layers, 11 tokens and train length 7";

/** Sizes that are not those of the small model. */
export type SmallModelOptions = Partial<TransformerConfig> & { readonly trainLength?: number };

/** Two layers unless said otherwise. */
export function smallModel(
  definition: EncodingDefinition,
  options: object = {},
  { trainLength = 7, ...rest }: SmallModelOptions = {},
): LanguageModel {
  const config = transformerConfig({ vocab, model: 24, heads: 3, layers: 2, hidden: 32, ...rest });
  const model = languageModel(config, definition, trainLength, options);
  const purpose = "the checks compute in float64, on a model of at most";
  refuseManyParameters(model.parameters.specs, model.encoding.id, { most: 1_000_000, purpose });
  return model;
}

/** Token ids `[batch, length]`. */
export function randomTokens(batch: number, length: number, seed = 2): Value {
  const stream = random(seed, "tokens");
  const data = Float64Array.from({ length: batch * length }, () => stream.integer(vocab));
  return { shape: [batch, length], data };
}

/** Positions `start … start + length − 1`, known while the graph is built or not. */
export function positionsFrom(start: number, length: number, known = true): Positions {
  const values = Array.from({ length }, (_, index) => start + index);
  const tensor = constant([length], values, "int32");
  return known ? { tensor, values } : { tensor };
}

/** A forward pass over given tokens, and the gradient of the mean loss for every parameter. */
export interface Pass {
  readonly tokens: Tensor;
  readonly logits: Tensor;
  readonly loss: Tensor;
  readonly derived: readonly Tensor[];
}

/** The pass of a batch at known positions 0 … length − 1; the target is the token itself plus one. */
export function lossAndGradients(model: LanguageModel, tokens: Value, targets: Value): Pass {
  const [batch, length] = tokens.shape as [number, number];
  const ids = input("tokens", [batch, length], "int32");
  const { logits } = forward(model, { tokens: ids, positions: positionsFrom(0, length) });
  const wanted = constant(targets.shape, targets.data, "int32");
  const loss = mean(crossEntropy(flattenRows(logits), reshape(wanted, [batch * length])));
  return { tokens: ids, logits, loss, derived: gradients(loss, model.parameters.tensors) };
}

/** Parameter values by their tensors, for `evaluate`. */
export function given(
  model: LanguageModel,
  values: ReadonlyMap<string, Value>,
): Map<Tensor, Value> {
  return new Map([...values].map(([name, value]) => [model.parameters.get(name), value]));
}

/** Logits of tokens at positions, in float64. */
export function logitsOf(
  model: LanguageModel,
  values: ReadonlyMap<string, Value>,
  tokens: Value,
  positions: Positions,
): Float64Array {
  const ids = input("tokens", tokens.shape, "int32");
  const { logits } = forward(model, { tokens: ids, positions });
  return evaluate([logits], given(model, values).set(ids, tokens))[0]!.data;
}

/** A value as the runtime takes it. */
export function hostTensor({ shape, data }: Value, dtype: "float32" | "int32"): HostTensor {
  return { shape, data: dtype === "int32" ? Int32Array.from(data) : Float32Array.from(data) };
}

/** The largest difference, relative to the largest number of `expected`; NaN if any is. */
export function relativeDifference(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (actual.length !== expected.length) return Number.NaN;
  let [largest, scale] = [0, 0];
  for (let k = 0; k < expected.length; k++) {
    const difference = Math.abs(actual[k]! - expected[k]!);
    if (Number.isNaN(difference)) return Number.NaN;
    largest = Math.max(largest, difference);
    scale = Math.max(scale, Math.abs(expected[k]!));
  }
  return scale === 0 ? largest : largest / scale;
}
