/**
 * Scores of the rotary family: fixed vectors at positions of one's choice, in float64.
 *
 * @module
 */
import type {
  ModelShape,
  PositionEncoding,
  Positions,
} from "../../src/encodings/position-encoding.ts";
import { matmul } from "../../src/operators/matmul.ts";
import { constant } from "../../src/operators/source.ts";
import { random } from "../../src/random/random.ts";
import { evaluate } from "../../src/tensor/evaluate.ts";
import type { Tensor } from "../../src/tensor/tensor.ts";
import { contextOf, positionsOf } from "./context.ts";

export const shape: ModelShape = {
  model: 24,
  heads: 3,
  headDim: 8,
  layers: 2,
  vocab: 11,
  trainLength: 7,
  causal: true,
};

export const between = (first: number, last: number): number[] =>
  Array.from({ length: last - first + 1 }, (_, k) => first + k);

/** Normal numbers of that name. */
export const sampled = (name: string, ...size: number[]): Tensor =>
  constant(size, random(8, name).normalArray(size.reduce((a, b) => a * b, 1)));

/** Unmasked, scaled scores of given vectors `[batch, heads, length, 8]`, in float64. */
export function scores(
  encoding: PositionEncoding,
  query: Tensor,
  key: Tensor,
  queries: Positions,
  keys: Positions,
  parameter: (name: string) => Tensor = (name) => {
    const spec = encoding.parameters.find((each) => each.name === name)!;
    return sampled(name, ...spec.shape);
  },
): Float64Array {
  const { context } = contextOf(encoding, queries, { causal: true, keys });
  const given = { ...context, parameter };
  const turned = matmul(
    encoding.rotate!(query, queries, "query", given),
    encoding.rotate!(key, keys, "key", given),
    { transposeB: true, scale: encoding.scoreScale ?? 8 ** -0.5 },
  );
  return evaluate([turned])[0]!.data;
}

/** Five queries and nine keys, 3 heads of 8. */
export const query: Tensor = sampled("query", 1, 3, 5, 8);
export const key: Tensor = sampled("key", 1, 3, 9, 8);
/** Known positions, both ends included. */
export const known = (first: number, last: number): Positions =>
  positionsOf(between(first, last), "known");
/** Scores of `query`, at the last places, and `key` at places from there on. */
export const standing = (encoding: PositionEncoding, from = 0): Float64Array =>
  scores(encoding, query, key, known(from + 4, from + 8), known(from, from + 8));
