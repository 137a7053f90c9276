/**
 * Which parameters decay: matrices, unless their spec says otherwise.
 */
import { expect, test } from "vitest";
import { add, multiply } from "../../src/operators/arithmetic.ts";
import { sum } from "../../src/operators/reduction.ts";
import { Parameters } from "../../src/parameters/parameters.ts";
import { decays } from "../../src/parameters/spec.ts";
import "../../src/runtime/node.ts";
import { objective } from "../../src/training/define-objective.ts";
import { adamW } from "../../src/training/optimiser.ts";
import { constantRate } from "../../src/training/schedule.ts";
import { train } from "../../src/training/train.ts";

test.each([
  [{ shape: [] }, false],
  [{ shape: [4] }, false],
  [{ shape: [4, 1] }, true],
  [{ shape: [2, 2, 2] }, true],
  [{ shape: [4, 4], decays: false }, false],
  [{ shape: [4], decays: true }, true],
])("%j: %s", (spec, expected) => {
  expect(decays(spec)).toBe(expected);
});

test("without a gradient, a step shrinks those that decay by rate × decay and no others", async () => {
  const initial = { kind: "ones" } as const;
  const parameters = new Parameters([
    { name: "matrix", shape: [2, 2], initial },
    { name: "vector", shape: [2], initial },
    { name: "kept matrix", shape: [2, 2], initial, decays: false },
    { name: "shrinking vector", shape: [2], initial, decays: true },
  ]);
  const still = objective({
    parameters,
    inputs: { zero: { shape: [] } },
    loss: ({ zero }) =>
      multiply(
        zero,
        parameters.tensors.map((tensor) => sum(tensor)).reduce((a, b) => add(a, b)),
      ),
  });
  const { weights } = await train({
    objective: still,
    batches: () => ({ zero: { shape: [], data: new Float32Array(1) } }),
    plan: { steps: 1, schedule: constantRate(0.5), optimiser: adamW({ weightDecay: 0.1 }) },
    compileOptions: { threads: 1 },
  });
  const values = [...weights].map(([name, { data }]) => [name, data[0]!.toFixed(4)]);
  expect(Object.fromEntries(values)).toEqual({
    matrix: "0.9500",
    vector: "1.0000",
    "kept matrix": "1.0000",
    "shrinking vector": "0.9500",
  });
});
