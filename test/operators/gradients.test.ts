import { describe, expect, test } from "vitest";
import * as operators from "../../src/operators/index.ts";
import { nodesOf } from "../../src/tensor/tensor.ts";
import { declare } from "./case.ts";
import { operatorCases } from "./cases.ts";
import { computationOf } from "./computation.ts";
import { differentiate, gradientErrors } from "./check-gradient.ts";

const differentiable = operatorCases.filter(({ order }) => order > 0);
const withoutGradient = operatorCases.filter(({ order }) => order === 0);

test("every operator that index.ts exports has a case", () => {
  const exported = Object.entries(operators)
    .filter(([, value]) => typeof value === "function")
    .map(([name]) => name)
    .sort();
  expect([...new Set(operatorCases.map(({ operator }) => operator))].sort()).toEqual(exported);
});

test("case names are distinct", () => {
  const names = operatorCases.map(({ name }) => name);
  expect(names).toEqual([...new Set(names)]);
});

describe.each(differentiable)("$name", (each) => {
  test("first order", () => {
    for (const [name, error] of Object.entries(gradientErrors(computationOf(each))))
      expect(error, name).toBeLessThan(1e-8);
  });

  test("second order", () => {
    const gradient = differentiate(computationOf(each));
    expect(gradient.outputs.length).toBeGreaterThan(0);
    for (const [name, error] of Object.entries(gradientErrors(gradient)))
      expect(error, name).toBeLessThan(1e-8);
  });
});

test.each(withoutGradient.filter(({ inputs }) => Object.values(inputs).some(isFloat)))(
  "$name: an operator of it gives the reason why it has no gradient",
  (each) => {
    const nodes = nodesOf(each.build(declare(each.inputs)));
    const reasons = nodes.map(({ operator }) => operator.nonDifferentiable);
    // Casts to integers and the places of the largest have gradient 0, and so has the softmax of extreme scores.
    const hasZeroGradient =
      ["cast", "topK"].includes(each.operator) || each.name.includes("extreme");
    expect(hasZeroGradient || reasons.some((reason) => reason !== undefined)).toBe(true);
  },
);

function isFloat({ dtype }: { dtype: string }): boolean {
  return dtype === "float32";
}
