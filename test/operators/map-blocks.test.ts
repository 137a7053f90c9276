import { describe, expect, test } from "vitest";
import { gradients } from "../../src/autodiff/gradients.ts";
import * as op from "../../src/operators/index.ts";
import type { BlockMap } from "../../src/operators/index.ts";
import { evaluate } from "../../src/tensor/evaluate.ts";
import { ShapeError } from "../../src/tensor/shape.ts";
import { nodesOf } from "../../src/tensor/tensor.ts";
import type { Node, Tensor } from "../../src/tensor/tensor.ts";
import { blockCases } from "./block-cases.ts";
import { declare } from "./case.ts";
import { differentiate } from "./check-gradient.ts";

describe.each(blockCases)("$name", ({ inputs, build, whole, order }) => {
  const declared = declare(inputs);
  const values = Object.fromEntries(
    Object.entries(inputs).map(([name, { value }]) => [name, value]),
  );
  const given = new Map(Object.entries(declared).map(([name, x]) => [x, values[name]!]));

  test("has the values of the computation without blocks", () => {
    const [blocked, single] = [build(declared), whole(declared)];
    expect(blocked.some(({ node }) => node.operator.name === "mapBlocks")).toBe(true);
    const results = evaluate([...blocked, ...single], given);
    blocked.forEach((_, at) => expectClose(results[at]!, results[blocked.length + at]!));
  });

  test.runIf(order > 0)("has the gradients of the computation without blocks", () => {
    const computations = [build(declared), whole(declared)].map((outputs) =>
      differentiate({ inputs: declared, values, outputs }),
    );
    const [blocked, single] = computations.map((each) =>
      evaluate(
        each.outputs,
        new Map(Object.entries(each.inputs).map(([name, x]) => [x, each.values[name]!])),
      ),
    );
    expect(blocked!.length).toBe(single!.length);
    blocked!.forEach((gradient, at) => expectClose(gradient, single![at]!));
  });
});

function expectClose(
  actual: { shape: readonly number[]; data: Float64Array },
  expected: typeof actual,
) {
  expect(actual.shape).toEqual(expected.shape);
  actual.data.forEach((value, at) => expect(value).toBeCloseTo(expected.data[at]!, 12));
}

const x = op.input("x", [6, 4]);
const stackRows = (body: (x: Tensor) => Tensor, blocks = 3): readonly Tensor[] =>
  op.mapBlocks({
    blocks,
    inputs: [{ tensor: x, kind: "sliced", axis: 0 }],
    body: ([part]) => [{ tensor: body(part!), kind: "stacked", axis: 0 }],
  });

test("a result may be an input of the body, or appear twice", () => {
  const [first, second] = op.mapBlocks({
    blocks: 3,
    inputs: [{ tensor: x, kind: "sliced", axis: 0 }],
    body: ([part]) => [
      { tensor: part!, kind: "stacked", axis: 0 },
      { tensor: part!, kind: "stacked", axis: 1 },
    ],
  });
  expect([first!.shape, second!.shape]).toEqual([
    [6, 4],
    [2, 12],
  ]);
});

test("the body is given one block, a prefix or the whole tensor", () => {
  const shapes: string[] = [];
  op.mapBlocks({
    blocks: 3,
    inputs: [
      { tensor: x, kind: "sliced", axis: -2 },
      { tensor: x, kind: "prefix", axis: 0 },
      { tensor: x, kind: "shared" },
    ],
    body(parts) {
      shapes.push(...parts.map(({ shape }) => shape.join().replace(/\d+(?=,)/, (n) => n)));
      return [{ tensor: op.sum(parts[0]!), kind: "summed" }];
    },
  });
  expect(shapes).toEqual(["2,4", expect.stringMatching(/^prefix_\d+,4$/), "6,4"]);
});

test("inputs that no result needs are left out, and only the gradients asked for are computed", () => {
  const bias = op.input("bias", [6, 4]);
  const [y] = op.mapBlocks({
    blocks: 2,
    inputs: [
      { tensor: x, kind: "sliced", axis: 0 },
      { tensor: bias, kind: "sliced", axis: 0 },
      { tensor: op.input("unused", [6, 4]), kind: "shared" },
    ],
    body: ([x, bias]) => [{ tensor: op.sum(op.sin(op.add(x!, bias!))), kind: "summed" }],
  });
  expect(y!.node.inputs.length).toBe(2);
  const [dx] = gradients(y!, [x]);
  const maps = nodesOf([dx!]).filter(({ operator }) => operator.name === "mapBlocks");
  expect(maps.map(({ outputs }) => outputs.length)).toEqual([1]);
});

describe("refuses", () => {
  const refused = (build: () => unknown, message: RegExp): void => {
    expect(build).toThrow(ShapeError);
    expect(build).toThrow(message);
  };
  const map = (body: BlockMap["body"]): readonly Tensor[] =>
    op.mapBlocks({
      blocks: 3,
      inputs: [
        { tensor: x, kind: "sliced", axis: 0 },
        { tensor: x, kind: "prefix", axis: 0 },
      ],
      body,
    });

  test("a body that uses an input of the graph outside", () => {
    const y = op.input("outside", [2, 4]);
    refused(() => stackRows((part) => op.add(part, y)), /"outside" \[2, 4\].*kind: "shared"/);
    refused(() => stackRows((part) => op.add(part, op.slice(x, 0, 0, 2))), /body uses "x"/);
  });
  test("an axis that the blocks do not divide", () => {
    refused(() => stackRows((part) => part, 4), /axis 0 of \[6, 4\] cannot be divided into 4/);
    refused(() => stackRows((part) => part, 0), /positive integer, got 0/);
    const symbolic = op.input("s", ["length", 4]);
    refused(
      () =>
        op.mapBlocks({
          blocks: 2,
          inputs: [{ tensor: symbolic, kind: "sliced", axis: 0 }],
          body: ([part]) => [{ tensor: part!, kind: "stacked", axis: 0 }],
        }),
      /must be a number/,
    );
  });
  test("results that do not fit their kind", () => {
    refused(
      () => map(([, prefix]) => [{ tensor: prefix!, kind: "stacked", axis: 0 }]),
      /all blocks must have one size there/,
    );
    refused(
      () => map(([, prefix]) => [{ tensor: prefix!, kind: "summed" }]),
      /changes from block to block. Use prefixSummed/,
    );
    refused(
      () => map(([part]) => [{ tensor: part!, kind: "prefixSummed", axis: 0, size: 6 }]),
      /the size of a prefix of 6/,
    );
    refused(
      () => map(([part]) => [{ tensor: op.cast(part!, "int32"), kind: "summed" }]),
      /only float32 can be summed/,
    );
  });
});

describe("a tensor that is the same in every block", () => {
  const weight = op.input("weight", [4, 4]);
  const scaled = (inner: Tensor): Tensor => op.sin(op.multiply(inner, 3));
  const [y] = op.mapBlocks({
    blocks: 3,
    inputs: [
      { tensor: x, kind: "sliced", axis: 0 },
      { tensor: weight, kind: "shared" },
    ],
    body: ([part, inner]) => [
      { tensor: op.matmul(part!, scaled(inner!)), kind: "stacked", axis: 0 },
      { tensor: op.multiply(inner!, 2), kind: "summed" },
    ],
  });
  const inBody = (node: Node): string[] => {
    const { given, outputs } = node.operator.nested!(node);
    return nodesOf(outputs, new Set(given)).map(({ operator }) => operator.name);
  };

  test("is computed once outside, in the forward and the reverse pass", () => {
    expect(inBody(y!.node)).not.toContain("sin");
    const [dWeight] = gradients(op.sum(op.multiply(y!, y!)), [weight]);
    const maps = nodesOf([dWeight!]).filter(({ operator }) => operator.name === "mapBlocks");
    expect(maps.length).toBe(2);
    for (const map of maps) expect(inBody(map)).not.toContain("sin");
    expect(nodesOf([dWeight!]).filter(({ operator }) => operator.name === "cos").length).toBe(1);
  });

  test("stays in the body if it is a result or has the size of a prefix", () => {
    expect(inBody(y!.node)).toContain("multiply");
    const [sums] = op.mapBlocks({
      blocks: 3,
      inputs: [
        { tensor: x, kind: "prefix", axis: 0 },
        { tensor: weight, kind: "shared" },
      ],
      body: ([part, inner]) => {
        const row = op.expand(op.sum(inner!, { axes: [0], keep: true }), part!.shape);
        return [{ tensor: op.sum(op.multiply(row, part!)), kind: "summed" }];
      },
    });
    expect(inBody(sums!.node).filter((name) => name === "expand").length).toBe(1);
  });
});
