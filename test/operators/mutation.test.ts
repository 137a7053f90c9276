/**
 * The gradient check fails when the sign of any one gradient of any operator is flipped.
 */
import { expect, test, vi } from "vitest";
import type { Node, Tensor } from "../../src/tensor/tensor.ts";
import { nodesOf } from "../../src/tensor/tensor.ts";
import { negate } from "../../src/operators/arithmetic.ts";
import { gradientErrors } from "./check-gradient.ts";
import type { Computation } from "./check-gradient.ts";
import { operatorCases } from "./cases.ts";
import { computationOf } from "./computation.ts";

const differentiable = operatorCases.filter(
  ({ order, operator }) => order > 0 && operator !== "input",
);

test.each(differentiable)("$name: a flipped sign is detected", (each) => {
  const computation = computationOf(each);
  const dependents = dependentInputs(computation);
  let flips = 0;
  for (const { node, position } of dependents) {
    const { flipped, errors } = withFlippedSign(node, position, computation);
    if (!flipped) continue; // the rule gives no gradient for this input
    flips++;
    const worst = Math.max(...Object.values(errors));
    expect(worst, `${node.name}, gradient of input ${position}`).toBeGreaterThan(1e-3);
  }
  expect(flips).toBeGreaterThan(0);
});

/** The float32 inputs of nodes that depend on the inputs of the case: node and position of the input. */
function dependentInputs({ inputs, outputs }: Computation) {
  const floats = Object.values(inputs).filter(({ dtype }) => dtype === "float32");
  const dependent = new Set<Tensor>(floats);
  const dependents: { node: Node; position: number }[] = [];
  for (const node of nodesOf(outputs)) {
    if (node.operator.nonDifferentiable !== undefined) continue;
    node.inputs.forEach((input, position) => {
      if (input.dtype !== "float32" || !dependent.has(input)) return;
      dependents.push({ node, position });
      for (const output of node.outputs) dependent.add(output);
    });
  }
  return dependents;
}

function withFlippedSign(node: Node, position: number, computation: Computation) {
  const { operator } = node;
  let flipped = false;
  const rule = operator.gradient.bind(operator);
  const mutated = vi.spyOn(operator, "gradient").mockImplementation((of, dOutputs, pass) => {
    const gradients = [...rule(of, dOutputs, pass)];
    const gradient = gradients[position];
    if (of === node && gradient !== undefined) {
      gradients[position] = negate(gradient);
      flipped = true;
    }
    return gradients;
  });
  try {
    const errors = gradientErrors(computation);
    return { flipped, errors };
  } finally {
    mutated.mockRestore();
  }
}
