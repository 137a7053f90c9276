import { expect, test } from "vitest";
import * as op from "../../src/operators/index.ts";
import { evaluate } from "../../src/tensor/evaluate.ts";
import type { Tensor } from "../../src/tensor/tensor.ts";

const x = op.constant([3], [1, 2, 3]);
const index = (value: number): Tensor => op.constant([1], [value], "int32");
const update = op.constant([1], [5]);
const builds: [string, (indices: Tensor) => Tensor][] = [
  ["gather", (indices) => op.gather(x, indices)],
  ["scatterAdd", (indices) => op.scatterAdd(indices, update, 3, [])],
  ["takeAlongAxis", (indices) => op.takeAlongAxis(x, indices, 0)],
  ["scatterAddAlong", (indices) => op.scatterAddAlong(x, indices, update, 0)],
];

test.each(builds)("%s: evaluate refuses an index outside the axis", (name, build) => {
  const message = (value: number): string => `${name}: index ${value} is outside 0 … 2.`;
  expect(() => evaluate([build(index(3))])).toThrow(new RangeError(message(3)));
  expect(() => evaluate([build(index(-1))])).toThrow(new RangeError(message(-1)));
  expect(evaluate([build(index(2))])[0]!.data.at(-1)).toBeGreaterThan(0);
});
