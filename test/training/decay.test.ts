/**
 * Which parameters decay: as their spec says, else by their role. By their number of axes, slopes declared [heads, 1, 1]
 * decayed and [heads] did not.
 */
import { describe, expect, test } from "vitest";
import { add, multiply } from "../../src/operators/arithmetic.ts";
import { sum } from "../../src/operators/reduction.ts";
import { Parameters } from "../../src/parameters/parameters.ts";
import { decays } from "../../src/parameters/spec.ts";
import "../../src/runtime/node.ts";
import { objective } from "../../src/training/define-objective.ts";
import { adamW } from "../../src/training/optimiser.ts";
import { constantRate } from "../../src/training/schedule.ts";
import { train } from "../../src/training/train.ts";

describe("what is not declared decays by its role, whatever its shape", () => {
  test.each([
    ["head.weight", [4, 1], true],
    ["weight", [3, 2], true],
    ["blocks.0.attention.query.weight", [4, 4], true],
    ["kernel.weight", [3, 2, 4], true],
    ["position.made.slope", [4], false],
    ["position.made.slope", [4, 1, 1], false],
    ["position.made.slopes", [2, 4], false],
    ["position.made.gate", [8, 4], false],
    ["position.made.table", [32, 4], false],
    ["head.bias", [4], false],
    ["head.bias", [1, 4], false],
    ["norm.weight", [4], false],
    ["blocks.0.attention.queryNorm.weight", [1, 1, 4], false],
    ["scale.weight", [], false],
    ["heavyweight", [4, 4], false],
  ])("%s %j: %s", (name, shape, expected) => {
    expect(decays({ name, shape })).toBe(expected);
  });

  test.each([true, false])("declared as %s", (declared) => {
    for (const shape of [[], [4], [4, 4], [4, 1, 1]])
      expect(decays({ name: "any.weight", shape, decays: declared })).toBe(declared);
  });
});

test("without a gradient, a step shrinks those that decay by rate × decay and no others", async () => {
  const initial = { kind: "ones" } as const;
  const parameters = new Parameters([
    { name: "linear.weight", shape: [2, 2], initial },
    { name: "linear.bias", shape: [2], initial },
    { name: "slopes", shape: [2, 1, 1], initial },
    { name: "kept.weight", shape: [2, 2], initial, decays: false },
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
    "linear.weight": "0.9500",
    "linear.bias": "1.0000",
    slopes: "1.0000",
    "kept.weight": "1.0000",
    "shrinking vector": "0.9500",
  });
});
