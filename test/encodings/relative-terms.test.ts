import { describe, expect, test } from "vitest";
import { vectorJacobian } from "../../src/autodiff/gradients.ts";
import { none } from "../../src/encodings/none.ts";
import { valuesByDistance, vectorsByDistance } from "../../src/encodings/parts/relative-terms.ts";
import type { DistanceTable } from "../../src/encodings/parts/relative-terms.ts";
import { distanceBias } from "../../src/encodings/parts/toeplitz.ts";
import { add, multiply } from "../../src/operators/arithmetic.ts";
import { unsqueeze } from "../../src/operators/movement.ts";
import { sin } from "../../src/operators/pointwise.ts";
import { constant, input } from "../../src/operators/source.ts";
import { random } from "../../src/random/random.ts";
import { evaluate, valueOf } from "../../src/tensor/evaluate.ts";
import type { Tensor } from "../../src/tensor/tensor.ts";
import { sizes } from "./check.ts";
import { contextOf, knowledges, positionsOf } from "./context.ts";

const [batch, heads, width] = [2, 3, 5];
const frequencies = [0.3, 1, 0.7, 2, 0.1];
const shifts = [0, 1, 2];

/** t_h(δ)[k] = sin(δ · frequency_k + h): every distance and head another vector. */
const table: DistanceTable = ({ tensor }) => {
  const angles = multiply(unsqueeze(tensor, 1), constant([width], frequencies));
  return sin(add(unsqueeze(angles, 0), constant([heads, 1, 1], shifts)));
};
const entry = (h: number, distance: number, k: number): number =>
  Math.sin(distance * frequencies[k]! + h);

const sample = (name: string, ...shape: number[]): Float64Array =>
  Float64Array.from(random(1, name).normalArray(shape.reduce((a, b) => a * b, 1)));

/** First positions and lengths of queries and keys. */
const places = [
  { query: [0, 7], key: [0, 7] },
  { query: [9, 3], key: [2, 10] },
  { query: [4, 1], key: [0, 5] },
  { query: [0, 6], key: [5, 1] },
] as const;

describe.each(places)("queries $query, keys $key", ({ query, key }) => {
  const list = ([first, length]: readonly [number, number]): number[] =>
    Array.from({ length }, (_, k) => first + k);
  const [i, j] = [list(query), list(key)];
  const [rows, columns] = [i.length, j.length];

  describe.each(knowledges)("positions %s", (knowledge) => {
    const { context } = contextOf(none.create(sizes), positionsOf(i, knowledge), {
      causal: false,
      keys: positionsOf(j, knowledge),
    });

    /** Value of `build(x)` and the gradient of its product with a drawn cotangent. */
    const run = (
      shape: number[],
      build: (x: Tensor) => Tensor,
    ): { x: Float64Array; y: Float64Array; dy: Float64Array; dx: Float64Array } => {
      const x = input("x", shape);
      const y = build(x);
      const cotangent = input("dy", y.shape);
      const [dx] = vectorJacobian([y], [cotangent], [x]);
      const [values, dys] = [sample("x", ...shape), sample("dy", ...(y.shape as number[]))];
      const [found, gradient] = evaluate(
        [y, dx!],
        new Map([
          [x, valueOf(shape, values)],
          [cotangent, valueOf(y.shape as number[], dys)],
        ]),
      );
      return { x: values, y: found!.data, dy: dys, dx: gradient!.data };
    };

    test.each(["query", "key"] as const)("vectors of the %s by distance", (role) => {
      const length = role === "query" ? rows : columns;
      const { x, y, dy, dx } = run([batch, heads, length, width], (x) =>
        vectorsByDistance(x, role, table, context),
      );
      const dxs = new Float64Array(x.length);
      for (let b = 0; b < batch; b++)
        for (let h = 0; h < heads; h++)
          for (let r = 0; r < rows; r++)
            for (let c = 0; c < columns; c++) {
              const at = ((b * heads + h) * rows + r) * columns + c;
              const vector = ((b * heads + h) * length + (role === "query" ? r : c)) * width;
              let expected = 0;
              for (let k = 0; k < width; k++) {
                expected += x[vector + k]! * entry(h, i[r]! - j[c]!, k);
                dxs[vector + k]! += dy[at]! * entry(h, i[r]! - j[c]!, k);
              }
              expect(y[at]).toBeCloseTo(expected, 12);
            }
      dxs.forEach((expected, at) => expect(dx[at]).toBeCloseTo(expected, 12));
    });

    test("values by distance", () => {
      const { x, y } = run([batch, heads, rows, columns], (x) =>
        valuesByDistance(x, table, context),
      );
      for (let b = 0; b < batch; b++)
        for (let h = 0; h < heads; h++)
          for (let r = 0; r < rows; r++)
            for (let k = 0; k < width; k++) {
              const row = (b * heads + h) * rows + r;
              let expected = 0;
              for (let c = 0; c < columns; c++)
                expected += x[row * columns + c]! * entry(h, i[r]! - j[c]!, k);
              expect(y[row * width + k]).toBeCloseTo(expected, 12);
            }
    });

    test("a bias of the distance", () => {
      const bias = distanceBias(context, ({ tensor }) =>
        sin(add(unsqueeze(tensor, 0), constant([heads, 1], shifts))),
      );
      const [value] = evaluate([bias]);
      expect(value!.shape).toEqual([heads, rows, columns]);
      for (let h = 0; h < heads; h++)
        for (let r = 0; r < rows; r++)
          for (let c = 0; c < columns; c++)
            expect(value!.data[(h * rows + r) * columns + c]).toBeCloseTo(
              Math.sin(i[r]! - j[c]! + h),
              12,
            );
    });
  });
});
