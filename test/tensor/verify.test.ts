import { describe, expect, test } from "vitest";
import * as op from "../../src/operators/index.ts";
import { createNode, nodesOf } from "../../src/tensor/tensor.ts";
import type { DType, Node, Signature, Tensor } from "../../src/tensor/tensor.ts";
import { IllegalGraph, verify } from "../../src/tensor/verify.ts";
import { operatorCases } from "../operators/cases.ts";
import { differentiate } from "../operators/check-gradient.ts";
import { computationOf } from "../operators/computation.ts";

test.each(operatorCases)("$name: value and gradients are legal graphs", (each) => {
  const computation = computationOf(each);
  const backward = differentiate(computation);
  expect(() =>
    verify([...computation.outputs, ...backward.outputs], Object.values(backward.inputs)),
  ).not.toThrow();
});

describe("refuses", () => {
  const x = op.input("x", [2, "length"]);
  const sine = op.sin(x).node;
  const remade = (signature: Partial<Signature>, inputs: readonly Tensor[] = [x]): Tensor =>
    createNode(sine.operator, inputs, {}, [{ ...x, ...signature }]).outputs[0]!;
  const refused = (tensor: Tensor, message: RegExp, given?: readonly Tensor[]): void => {
    expect(() => verify([tensor], given)).toThrow(IllegalGraph);
    expect(() => verify([tensor], given)).toThrow(message);
  };

  test("a shape or dtype that is not the inferred one", () => {
    refused(
      remade({ shape: [2, 3] }),
      /output 0 of float32 \[2, 3\].*infers float32 \[2, length\]/,
    );
    refused(remade({ dtype: "int32" }), /infers float32/);
  });
  test("inputs that the operator refuses", () => {
    refused(
      remade({}, [op.input("flag", [2], "bool")]),
      /sin \(\d+\) has inputs that its operator refuses: sin/,
    );
  });
  test("a dtype or dimension that does not exist", () => {
    refused(remade({ dtype: "float64" as DType }), /has dtype float64/);
    refused(remade({ shape: [2, -1] }), /dimension -1/);
    refused(remade({ shape: [2, 1.5] }), /dimension 1.5/);
    refused(remade({ shape: [2, "past+1+past"] }), /dimension past\+1\+past/);
    refused(remade({ shape: [2, "a-b"] }), /dimension a-b/);
  });
  test("a node that is created before its input", () => {
    const forged: Node = { ...sine, id: x.node.id, outputs: [] };
    const output: Tensor = { ...sine.outputs[0]!, node: forged };
    (forged.outputs as Tensor[]).push(output);
    refused(output, /reads input .*comes after/);
  });
  test("a copy of a tensor object", () => {
    refused({ ...sine.outputs[0]! }, /was copied/);
  });
  test("inputs that are not given, and two inputs of one name", () => {
    refused(op.add(x, op.input("y", [])), /"y" is used but not given/, [x]);
    refused(op.add(x, op.input("x", [])), /has the name "x", which another input has too/);
    expect(() => verify([op.sin(x)], [x])).not.toThrow();
  });
  test("a wrong signature inside the body of a map", () => {
    const whole = op.input("whole", [4, "length"]);
    const [y] = op.mapBlocks({
      blocks: 2,
      inputs: [{ tensor: whole, kind: "sliced", axis: 0 }],
      body: ([part]) => [{ tensor: remade({ dtype: "int32" }, [part!]), kind: "stacked", axis: 0 }],
    });
    expect(nodesOf([y!]).length).toBe(2);
    refused(y!, /sin \(\d+\) has output 0 of int32/);
  });
});
