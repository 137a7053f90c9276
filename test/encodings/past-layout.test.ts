import { describe, expect, test } from "vitest";
import { vectorJacobian } from "../../src/autodiff/gradients.ts";
import { none } from "../../src/encodings/none.ts";
import { pastKeyLayout, pastLayout } from "../../src/encodings/parts/past-layout.ts";
import { valuesByDistance, vectorsByDistance } from "../../src/encodings/parts/relative-terms.ts";
import type { DistanceTable } from "../../src/encodings/parts/relative-terms.ts";
import { multiply } from "../../src/operators/arithmetic.ts";
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

/** t(δ)[k] = sin(δ · frequency_k), the same for all heads. */
const table: DistanceTable = ({ tensor }) =>
  unsqueeze(sin(multiply(unsqueeze(tensor, 1), constant([width], frequencies))), 0);
const entry = (distance: number, k: number): number => Math.sin(distance * frequencies[k]!);

const sample = (name: string, size: number): Float64Array =>
  Float64Array.from(random(1, name).normalArray(size));

/** First positions and lengths of queries and keys. */
const places = [
  { query: [0, 7], key: [0, 7] },
  { query: [9, 3], key: [2, 10] },
  { query: [4, 1], key: [0, 5] },
  { query: [6, 1], key: [6, 1] },
  { query: [1003, 4], key: [1000, 7] },
  { query: [2, 3], key: [0, 8] }, // keys after the last query, all masked
] as const;

describe.each(places)("queries $query, keys $key", ({ query, key }) => {
  const list = ([first, length]: readonly [number, number]): number[] =>
    Array.from({ length }, (_, k) => first + k);
  const [i, j] = [list(query), list(key)];
  const [rows, columns] = [i.length, j.length];
  const matrices = batch * heads;
  const seen = (r: number, c: number): boolean => i[r]! >= j[c]!;

  /** Numbers of a matrix for each batch and head, 0 where the key is masked. */
  const masked = (name: string): Float64Array =>
    sample(name, matrices * rows * columns).map((x, at) =>
      seen(Math.floor(at / columns) % rows, at % columns) ? x : 0,
    );

  describe.each(knowledges)("positions %s", (knowledge) => {
    const { context } = contextOf(none.create(sizes), positionsOf(i, knowledge), {
      causal: true,
      keys: positionsOf(j, knowledge),
    });

    test("lays out the past where positions are consecutive", () => {
      expect(pastLayout(context) !== undefined).toBe(knowledge !== "unknown");
      expect(pastKeyLayout(context)?.distances.tensor.shape ?? [columns + 1]).toEqual([
        columns + 1,
      ]);
    });

    /** Value of `build(x)` and the gradient of its product with `dy`. */
    const run = (
      shape: number[],
      x: Float64Array,
      dy: Float64Array,
      build: (x: Tensor) => Tensor,
    ): readonly [Float64Array, Float64Array] => {
      const leaf = input("x", shape);
      const y = build(leaf);
      const cotangent = input("dy", y.shape);
      const [dx] = vectorJacobian([y], [cotangent], [leaf]);
      const given = new Map([
        [leaf, valueOf(shape, x)],
        [cotangent, valueOf(y.shape as number[], dy)],
      ]);
      const [found, gradient] = evaluate([y, dx!], given);
      return [found!.data, gradient!.data];
    };

    test.each(["query", "key"] as const)("vectors of the %s by distance", (role) => {
      const length = role === "query" ? rows : columns;
      const x = sample("x", matrices * length * width);
      const dy = masked("dy");
      const [y, dx] = run([batch, heads, length, width], x, dy, (leaf) =>
        vectorsByDistance(leaf, role, table, context),
      );
      const dxs = new Float64Array(x.length);
      for (let m = 0; m < matrices; m++)
        for (let r = 0; r < rows; r++)
          for (let c = 0; c < columns; c++) {
            if (!seen(r, c)) continue;
            const at = (m * rows + r) * columns + c;
            const vector = (m * length + (role === "query" ? r : c)) * width;
            let expected = 0;
            for (let k = 0; k < width; k++) {
              expected += x[vector + k]! * entry(i[r]! - j[c]!, k);
              dxs[vector + k]! += dy[at]! * entry(i[r]! - j[c]!, k);
            }
            expect(y[at]).toBeCloseTo(expected, 11);
          }
      dxs.forEach((expected, at) => expect(dx[at]).toBeCloseTo(expected, 11));
    });

    test("values by distance, where masked weights are 0", () => {
      const weights = masked("weights");
      const dy = sample("dy", matrices * rows * width);
      const [y, dx] = run([batch, heads, rows, columns], weights, dy, (leaf) =>
        valuesByDistance(leaf, table, context),
      );
      for (let row = 0; row < matrices * rows; row++) {
        const r = row % rows;
        for (let k = 0; k < width; k++) {
          let expected = 0;
          for (let c = 0; c < columns; c++)
            expected += weights[row * columns + c]! * entry(i[r]! - j[c]!, k);
          expect(y[row * width + k]).toBeCloseTo(expected, 11);
        }
        for (let c = 0; c < columns; c++) {
          if (!seen(r, c)) continue;
          let expected = 0;
          for (let k = 0; k < width; k++)
            expected += dy[row * width + k]! * entry(i[r]! - j[c]!, k);
          expect(dx[row * columns + c]).toBeCloseTo(expected, 11);
        }
      }
    });
  });
});

test("is for causal attention, whose queries are among its keys", () => {
  const context = (causal: boolean, last: number): Parameters<typeof pastLayout>[0] =>
    contextOf(none.create(sizes), positionsOf([last - 1, last], "known"), {
      causal,
      keys: positionsOf([0, 1, 2], "known"),
    }).context;
  for (const layout of [pastLayout, pastKeyLayout]) {
    expect(layout(context(true, 2))).toBeDefined();
    expect(layout(context(false, 2))).toBeUndefined();
    expect(layout(context(true, 3))).toBeUndefined();
  }
});
