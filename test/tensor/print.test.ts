import { expect, test } from "vitest";
import * as op from "../../src/operators/index.ts";
import { printGraph } from "../../src/tensor/print.ts";
import { scope } from "../../src/tensor/tensor.ts";

test("a graph is printed one line a node, with dtypes, attributes and scopes", () => {
  const scores = op.input("scores", ["batch", 7, 7]);
  const weights = scope("blocks.0", () => scope("attention", () => op.softmax(scores)));
  const total = op.sum(op.multiply(weights, op.constant([7], [1, 2, 3, 4, 5, 6, 7])), {
    axes: [-1],
  });
  expect(printGraph([total, weights])).toBe(
    [
      `%0 = input(name="scores") float32 [batch, 7, 7]`,
      `%1 = softmax(%0) float32 [batch, 7, 7]  # blocks.0.attention/softmax`,
      `%2 = constant(data=[1, 2, 3, 4, 5, 6, … 7 values]) float32 [7]`,
      `%3 = multiply(%1, %2) float32 [batch, 7, 7]`,
      `%4 = sum(%3, axes=[2], keep=false) float32 [batch, 7]`,
      `return %4, %1`,
    ].join("\n"),
  );
});

test("a node with several outputs is printed with all of them", () => {
  const { output } = op.softmaxMatmul(op.input("s", [2, 3]), op.input("v", [3, 5]));
  expect(printGraph([output])).toContain(
    "%2, %3 = softmaxMatmul(%0, %1) float32 [2, 5], float32 [2, 3]\nreturn %2",
  );
});

test("the body of a map is indented below it", () => {
  const [y] = op.mapBlocks({
    blocks: 2,
    inputs: [{ tensor: op.input("x", [6, 4]), kind: "sliced", axis: 0 }],
    body: ([x]) => [{ tensor: op.sin(x!), kind: "stacked", axis: 0 }],
  });
  expect(printGraph([y!])).toBe(
    [
      `%0 = input(name="x") float32 [6, 4]`,
      `%1 = mapBlocks(%0, blocks=2) float32 [6, 4]`,
      `    body (%2 int32 [], %3 float32 [3, 4])`,
      `    %4 = sin(%3) float32 [3, 4]`,
      `    return %4`,
      `return %1`,
    ].join("\n"),
  );
});
