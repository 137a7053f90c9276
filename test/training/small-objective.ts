/**
 * A small objective for tests: a linear map and an offset fitted to a known function, with no model.
 *
 * @module
 */
import { add, subtract } from "../../src/operators/arithmetic.ts";
import { matmul } from "../../src/operators/matmul.ts";
import { abs } from "../../src/operators/pointwise.ts";
import { square } from "../../src/operators/power.ts";
import { mean } from "../../src/operators/reduction.ts";
import { Parameters } from "../../src/parameters/parameters.ts";
import { random } from "../../src/random/random.ts";
import type { BatchSource } from "../../src/training/batch-source.ts";
import type { Objective } from "../../src/training/objective.ts";

export const batch = 6;

/** `y = x · weight + offset`, x `[batch, 3]`, y `[batch, 2]`; mean squared error. */
export function fitting(
  changed: Partial<Objective<"x" | "y">> = {},
  rate = 0,
): Objective<"x" | "y"> {
  const {
    parameters = new Parameters([
      { name: "weight", shape: [3, 2], initial: { kind: "normal", deviation: 0.5 } },
      { name: "offset", shape: [2], initial: { kind: "zeros" } },
    ]),
  } = changed;
  return {
    parameters,
    inputs: { x: { shape: [batch, 3] }, y: { shape: [batch, 2] } },
    loss({ x, y }, { dropout }) {
      const product = matmul(dropout(x, rate), parameters.get("weight"));
      const error = subtract(add(product, parameters.get("offset")), y);
      return { loss: mean(square(error)), measures: { "mean error": mean(abs(error)) } };
    },
    ...changed,
  };
}

/** Points of the function `y = x · [[1, -1], [2, 0], [0, 3]] + [0.5, -0.5]`. */
export const points: BatchSource = ({ seed, step, microBatches }) => {
  const rows = batch * microBatches;
  const x = random(seed, "x", step).normalArray(rows * 3, 1);
  const y = Float32Array.from({ length: rows * 2 }, (_, at) => {
    const [a, b, c] = x.subarray(3 * (at >> 1), 3 * (at >> 1) + 3);
    return at % 2 === 0 ? a! + 2 * b! + 0.5 : 3 * c! - a! - 0.5;
  });
  const first = microBatches > 1 ? [microBatches, batch] : [batch];
  return { x: { shape: [...first, 3], data: x }, y: { shape: [...first, 2], data: y } };
};
