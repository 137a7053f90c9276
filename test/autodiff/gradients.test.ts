import { describe, expect, test } from "vitest";
import { GradientError, gradients, vectorJacobian } from "../../src/autodiff/gradients.ts";
import * as op from "../../src/operators/index.ts";
import { evaluate, valueOf } from "../../src/tensor/evaluate.ts";
import { ShapeError } from "../../src/tensor/shape.ts";
import { nodesOf } from "../../src/tensor/tensor.ts";
import type { Tensor } from "../../src/tensor/tensor.ts";

const numbersOf = (outputs: readonly Tensor[], x: Tensor, data: readonly number[]): number[][] =>
  evaluate(outputs, new Map([[x, valueOf([data.length], data)]])).map((value) => [...value.data]);

describe("gradients", () => {
  test("a parameter that is used several times has the sum of the gradients", () => {
    const x = op.input("x", [3]);
    const loss = op.sum(op.add(op.multiply(x, x), op.multiply(op.sin(x), x)));
    const [dx] = gradients(loss, [x]);
    const expected = [0.5, -1, 2].map((v) => 2 * v + Math.cos(v) * v + Math.sin(v));
    numbersOf([dx!], x, [0.5, -1, 2])[0]!.forEach((value, at) =>
      expect(value).toBeCloseTo(expected[at]!, 12),
    );
  });

  test("third derivatives are gradients of gradients of gradients", () => {
    const x = op.input("x", [2]);
    const derivative = (y: Tensor): Tensor => gradients(op.sum(y), [x])[0]!;
    const third = derivative(derivative(derivative(op.multiply(op.power(x, 3), op.exp(x)))));
    const exact = (v: number): number => Math.exp(v) * (v ** 3 + 9 * v ** 2 + 18 * v + 6);
    numbersOf([third], x, [0.7, 1.1])[0]!.forEach((value, at) =>
      expect(value).toBeCloseTo(exact([0.7, 1.1][at]!), 10),
    );
  });

  test("a gradient has the shape of its parameter, which was broadcast", () => {
    const scale = op.input("scale", [3, 1]);
    const x = op.input("x", [2, 3, 5]);
    const [dScale, dx] = gradients(op.sum(op.multiply(scale, x)), [scale, x]);
    expect([dScale!.shape, dx!.shape]).toEqual([scale.shape, x.shape]);
  });

  test("a parameter that is the loss has gradient 1", () => {
    const x = op.input("x", []);
    expect(evaluate(gradients(x, [x]))[0]!.data).toEqual(Float64Array.of(1));
  });

  test("only the gradients of the parameters asked for are computed", () => {
    const [a, b] = [op.input("a", [3, 3]), op.input("b", [3, 3])];
    const loss = op.sum(op.matmul(a, op.exp(b)));
    const gradientsOfExp = (parameter: Tensor): number =>
      nodesOf(gradients(loss, [parameter])).filter(({ name }) => /^gradient of exp\b/.test(name))
        .length;
    expect(gradientsOfExp(a)).toBe(0);
    expect(gradientsOfExp(b)).toBeGreaterThan(0);
  });

  test("a node of the reverse pass is named after the node it differentiates", () => {
    const x = op.input("x", [3]);
    const [dx] = gradients(op.sum(op.sin(x)), [x]);
    expect(nodesOf([dx!]).map(({ name }) => name)).toContain("gradient of sin/cos");
  });
});

describe("refuses", () => {
  const x = op.input("x", [3]);

  test("a loss that is not a scalar", () => {
    expect(() => gradients(op.sin(x), [x])).toThrow(ShapeError);
    expect(() => gradients(op.sin(x), [x])).toThrow(/must be a scalar, got \[3\]/);
  });
  test("a parameter that the loss does not depend on", () => {
    const unused = op.input("unused", [2]);
    expect(() => gradients(op.sum(x), [unused])).toThrow(GradientError);
    expect(() => gradients(op.sum(x), [unused])).toThrow(
      /no gradient with respect to "unused" \[2\]: it does not depend on it\./,
    );
  });
  test("a loss that depends on a parameter only through an operator without a gradient", () => {
    expect(() => gradients(op.sum(op.floor(x)), [x])).toThrow(
      /with respect to "x" \[3\]: floor has no gradient \(constant almost everywhere\)/,
    );
  });
});

test("vectorJacobian returns undefined for a parameter that no output depends on", () => {
  const [a, b, c] = [op.input("a", [2]), op.input("b", [2]), op.input("c", [2])];
  const outputs = [op.sin(a), op.sin(b)];
  const [da, db, dc] = vectorJacobian(outputs, [op.fill([2], 1), undefined], [a, b, c]);
  expect([da !== undefined, db, dc]).toEqual([true, undefined, undefined]);
});
