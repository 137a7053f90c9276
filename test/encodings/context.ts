/**
 * What an encoding is given, without a model around it; and attention written out, for golden cases
 * that begin with queries, keys and values.
 *
 * @module
 */
import type {
  EncodingContext,
  PositionEncoding,
  Positions,
} from "../../src/encodings/position-encoding.ts";
import { distanceOf, scoreBias } from "../../src/model/score-bias.ts";
import { Parameters } from "../../src/model/parameters.ts";
import { add } from "../../src/operators/arithmetic.ts";
import { matmul } from "../../src/operators/matmul.ts";
import { reshape } from "../../src/operators/movement.ts";
import { softmaxMatmul } from "../../src/operators/softmax-matmul.ts";
import { constant } from "../../src/operators/source.ts";
import type { Tensor, Value } from "../../src/tensor/tensor.ts";
import { sizeOf } from "../../src/tensor/dimension.ts";

/** Whether an encoding is told the positions while its graph is built, or only their tensor. */
export type Knowledge = "known" | "unknown";

export function positionsOf(
  values: ArrayLike<number>,
  knowledge: Knowledge,
  shape: readonly number[] = [values.length],
): Positions {
  const tensor = constant(shape, values, "int32");
  return knowledge === "known" && shape.length === 1
    ? { tensor, values: Array.from(values) }
    : { tensor };
}

/** A context whose queries and keys have the same positions. */
export function contextOf(
  encoding: PositionEncoding,
  positions: Positions,
  causal: boolean,
): { readonly context: EncodingContext; readonly parameters: Parameters } {
  const parameters = new Parameters(encoding.parameters);
  const flat = reshape(positions.tensor, [sizeOf(positions.tensor.shape)]);
  const context: EncodingContext = {
    queries: positions,
    keys: positions,
    distance: distanceOf(flat, flat),
    causal,
    parameter: (name) => parameters.get(name),
    dropout: (x) => x,
  };
  return { context, parameters };
}

/** `[batch, heads, length, headDim]` of each → the same shape. */
export function attendWith(
  encoding: PositionEncoding,
  context: EncodingContext,
  query: Tensor,
  key: Tensor,
  value: Tensor,
): Tensor {
  const rotate = (x: Tensor): Tensor => encoding.rotate?.(x, context.queries, context) ?? x;
  const scale = encoding.scoreScale ?? (query.shape.at(-1) as number) ** -0.5;
  const bias = scoreBias(encoding, context);
  const product = matmul(rotate(query), rotate(key), { transposeB: true, scale });
  return softmaxMatmul(bias === undefined ? product : add(product, bias), value).output;
}

/** A value of the graph from a stored tensor. */
export function stored({
  shape,
  data,
}: {
  shape: readonly number[];
  data: readonly number[];
}): Value {
  return { shape, data: Float64Array.from(data) };
}
