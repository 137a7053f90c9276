/**
 * The gradient check goes red when any rule changes the sign of any one of its results.
 */
import { expect, test, vi } from "vitest";
import type { Node, Tensor } from "../../src/tensor/tensor.ts";
import { nodesOf } from "../../src/tensor/tensor.ts";
import { negate } from "../../src/operators/pointwise.ts";
import { gradientErrors } from "./check-gradient.ts";
import type { Computation } from "./check-gradient.ts";
import { operatorCases } from "./cases.ts";
import { computationOf } from "./computation.ts";

const smooth = operatorCases.filter(({ order, operator }) => order > 0 && operator !== "input");

test.each(smooth)("$name: a flipped sign is noticed", (each) => {
  const computation = computationOf(each);
  const places = differentiablePlaces(computation);
  let flips = 0;
  for (const { node, position } of places) {
    const { flipped, errors } = withFlippedSign(node, position, computation);
    if (!flipped) continue; // the rule says that this input has no part in this output
    flips++;
    const worst = Math.max(...Object.values(errors));
    expect(worst, `${node.name}, gradient of input ${position}`).toBeGreaterThan(1e-3);
  }
  expect(flips).toBeGreaterThan(0);
});

/** Inputs of nodes through which a gradient flows back to the case's own inputs. */
function differentiablePlaces({ inputs, outputs }: Computation) {
  const floats = Object.values(inputs).filter(({ dtype }) => dtype === "float32");
  const reached = new Set<Tensor>(floats);
  const places: { node: Node; position: number }[] = [];
  for (const node of nodesOf(outputs)) {
    if (node.operator.nonDifferentiable !== undefined) continue;
    node.inputs.forEach((input, position) => {
      if (input.dtype !== "float32" || !reached.has(input)) return;
      places.push({ node, position });
      for (const output of node.outputs) reached.add(output);
    });
  }
  return places;
}

function withFlippedSign(node: Node, position: number, computation: Computation) {
  const { operator } = node;
  let flipped = false;
  const rule = operator.gradient.bind(operator);
  const mutated = vi.spyOn(operator, "gradient").mockImplementation((of, dOutputs, walk) => {
    const gradients = [...rule(of, dOutputs, walk)];
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
