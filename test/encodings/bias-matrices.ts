/**
 * Biases as nested lists, at chosen positions and with chosen parameters.
 *
 * @module
 */
import type { ModelShape, PositionEncoding } from "../../src/encodings/position-encoding.ts";
import { random } from "../../src/random/random.ts";
import { evaluate } from "../../src/tensor/evaluate.ts";
import { elementCount } from "../../src/tensor/shape.ts";
import type { Tensor, Value } from "../../src/tensor/tensor.ts";
import { contextOf, positionsOf } from "./context.ts";
import type { Knowledge } from "./context.ts";

/** Sizes of the model that the encodings are made for. */
export const shape: ModelShape = {
  model: 24,
  heads: 3,
  headDim: 8,
  layers: 2,
  vocab: 11,
  trainLength: 40,
  causal: false,
};

/** Whole numbers, both ends included. */
export const between = (first: number, last: number): number[] =>
  Array.from({ length: last - first + 1 }, (_, k) => first + k);

/** A bias, its parameters' values, and how to ask for one of them. */
export interface Made {
  readonly bias: Tensor;
  readonly given: ReadonlyMap<Tensor, Value>;
  readonly parameter: (name: string) => Tensor;
}

/** An encoding's bias at positions, with given or random parameters. */
export function made(
  encoding: PositionEncoding,
  queries: readonly number[],
  keys: readonly number[],
  values: Readonly<Record<string, readonly number[]>> = {},
  knowledge: Knowledge = "known",
): Made {
  const { context, parameters } = contextOf(encoding, positionsOf(queries, knowledge), {
    causal: false,
    keys: positionsOf(keys, knowledge),
  });
  const bias = (encoding.bias?.(context) ?? encoding.layerBias?.(context))!;
  const given = parameters.specs.map(({ name, shape }): [Tensor, Value] => {
    const own = values[name.replace("blocks.0.", "")];
    const data = own ?? random(1, name).normalArray(elementCount(shape), 0.5);
    return [parameters.get(name), { shape, data: Float64Array.from(data) }];
  });
  return { bias, given: new Map(given), parameter: (name) => context.parameter(name) };
}

/** bias[h][i][j] */
export function matrices(...of: Parameters<typeof made>): number[][][] {
  const { bias, given } = made(...of);
  const [value] = evaluate([bias], given);
  const [heads, rows, columns] = value!.shape as [number, number, number];
  return between(0, heads - 1).map((h) =>
    between(0, rows - 1).map((i) => {
      const start = (h * rows + i) * columns;
      return Array.from(value!.data.subarray(start, start + columns));
    }),
  );
}
