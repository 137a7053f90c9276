/** Matrices in few bits: how they are stored, and their products on the runtime against MatMulNBits' definition. */
import { describe, expect, test } from "vitest";
import { gradients } from "../../src/autodiff/gradients.ts";
import { UnsupportedOnDevice } from "../../src/onnx/devices.ts";
import { writeModel } from "../../src/onnx/write-model.ts";
import { add, matmul, multiply, sum } from "../../src/operators/index.ts";
import { quantisedWeight } from "../../src/operators/quantised-matmul.ts";
import {
  dequantised,
  quantisedBlock,
  quantiseMatrix,
} from "../../src/operators/quantised-matrix.ts";
import type { QuantisedMatrix } from "../../src/operators/quantised-matrix.ts";
import { input } from "../../src/operators/source.ts";
import { compile } from "../../src/runtime/node.ts";
import { evaluate } from "../../src/tensor/evaluate.ts";
import { ShapeError } from "../../src/tensor/shape.ts";
import { generator } from "./case.ts";

function numbers(count: number, seed: number): Float32Array {
  const random = generator(seed);
  return Float32Array.from({ length: count }, () => 2 * random() - 1);
}

describe("a matrix", () => {
  test("of 4 bits has two numbers in a byte, a factor for each 32, and zeros behind", () => {
    // A column of −4, 3, 0, 1: the factor 0.5 makes −8, 6, 0, 2.
    const { packed, scales } = quantiseMatrix(Float32Array.of(-4, 3, 0, 1), [4, 1], 4);
    expect([...scales]).toEqual([0.5]);
    expect([...packed]).toEqual([0xe0, 0xa8, ...Array<number>(14).fill(0x88)]);
  });

  test("has the number farthest from 0 exactly, whatever its sign", () => {
    const { packed, scales } = quantiseMatrix(Float32Array.of(4, -3), [2, 1], 8);
    expect([...scales]).toEqual([-1 / 32]);
    expect([...packed.subarray(0, 3)]).toEqual([0, 128 + 96, 128]);
  });

  test("of zeros, or of numbers whose factor underflows, is zero", () => {
    for (const value of [0, 1e-45])
      expect([...dequantised(quantiseMatrix(Float32Array.of(value, value), [1, 2], 4))]).toEqual([
        0, 0,
      ]);
  });

  test.each([4, 8] as const)("of %i bits is nowhere off by more than its rounding", (bits) => {
    const [inner, outer] = [71, 67];
    const values = numbers(inner * outer, bits);
    const matrix = quantiseMatrix(values, [inner, outer], bits);
    const blocks = Math.ceil(inner / quantisedBlock);
    dequantised(matrix).forEach((value, at) => {
      const [row, column] = [Math.floor(at / outer), at % outer];
      const step = Math.abs(matrix.scales[column * blocks + Math.floor(row / quantisedBlock)]!);
      // On the side of 0 away from the farthest number, the range is one step shorter.
      expect(Math.abs(value - values[at]!)).toBeLessThanOrEqual(step * 1.0001);
    });
  });

  test("that is given transposed is the same matrix", () => {
    const [inner, outer] = [37, 5];
    const values = numbers(inner * outer, 3);
    const other = Float32Array.from(
      values,
      (_, at) => values[(at % inner) * outer + Math.floor(at / inner)]!,
    );
    expect(quantiseMatrix(other, [inner, outer], 4, { transposed: true })).toEqual(
      quantiseMatrix(values, [inner, outer], 4),
    );
  });

  test("needs as many values as its shape", () => {
    expect(() => quantiseMatrix(new Float32Array(5), [2, 3], 4)).toThrow(ShapeError);
    const damaged = Float32Array.of(1, 2, 3, NaN, 5, 6);
    expect(() => quantiseMatrix(damaged, [2, 3], 8)).toThrow(/value at \[1, 0\] is NaN/);
  });
});

/** Each block of 32 numbers of a row rounded to 8 bits, as the runtime does for its products. */
function roundedRows(x: Float32Array, inner: number): Float64Array {
  const rounded = new Float64Array(x.length);
  for (let row = 0; row < x.length; row += inner)
    for (let block = 0; block < inner; block += quantisedBlock) {
      const own = x.subarray(row + block, row + Math.min(block + quantisedBlock, inner));
      const step = Math.max(...own.map(Math.abs)) / 127;
      own.forEach((value, at) => (rounded[row + block + at] = Math.round(value / step) * step));
    }
  return rounded;
}

/** The product by its definition, with a tensor's values in float64. */
function product(x: ArrayLike<number>, matrix: QuantisedMatrix, scale = 1): number[] {
  const { inner, outer } = matrix;
  const weight = dequantised(matrix);
  return Array.from({ length: (x.length / inner) * outer }, (_, at) => {
    const [row, column] = [Math.floor(at / outer), at % outer];
    let total = 0;
    for (let k = 0; k < inner; k++) total += x[row * inner + k]! * weight[k * outer + column]!;
    return scale * total;
  });
}

const shapes = [
  [1, 32, 7],
  [3, 37, 5],
  [1, 8, 24],
  [17, 100, 33],
  [1, 256, 300],
] as const;

describe.each([4, 8] as const)("a product of %i bits", (bits) => {
  test.each(shapes)("of %i rows of %i to %i is MatMulNBits on the runtime", async (rows, k, n) => {
    const matrix = quantiseMatrix(numbers(k * n, 10 * k + bits), [k, n], bits);
    const data = numbers(rows * k, k);
    const x = input("x", [rows, k]);
    const weight = quantisedWeight(matrix);
    const outputs = {
      plain: matmul(x, weight),
      // Factors of either operand act on x.
      scaled: matmul(multiply(x, 2), multiply(weight, 0.125)),
    };
    const program = await compile({ inputs: [x], outputs }, { threads: 1 });
    const found = await program.run({ x: { shape: [rows, k], data } });
    await program.dispose();
    const expected = product(roundedRows(data, k), matrix);
    const largest = Math.max(...expected.map(Math.abs));
    for (const [name, factor] of [
      ["plain", 1],
      ["scaled", 0.25],
    ] as const)
      expected.forEach((value, at) =>
        expect(Math.abs(found[name]!.data[at]! - factor * value) / largest).toBeLessThan(2e-6),
      );
    const exact = product(data, matrix);
    const value = { shape: [rows, k], data: Float64Array.from(data) };
    const [evaluated] = evaluate([outputs.plain], new Map([[x, value]]));
    exact.forEach((each, at) => expect(evaluated!.data[at]).toBeCloseTo(each, 9));
  });
});

test("used beside products, a quantised weight has its values", async () => {
  const matrix = quantiseMatrix(numbers(12, 1), [3, 4], 4);
  const x = input("x", [3, 4]);
  const program = await compile(
    { inputs: [x], outputs: { y: add(x, quantisedWeight(matrix)) } },
    { threads: 1 },
  );
  const { y } = await program.run({ x: { shape: [3, 4], data: new Float32Array(12) } });
  await program.dispose();
  expect([...y!.data]).toEqual([...Float32Array.from(dequantised(matrix))]);
});

test("is refused where it cannot be: another size, another device, a gradient", () => {
  const weight = quantisedWeight(quantiseMatrix(numbers(12, 1), [3, 4], 4));
  const x = input("x", [2, 3]);
  expect(() => matmul(input("y", [2, 4]), weight)).toThrow(/contracted sizes differ.*\[3, 4\]/);
  expect(() => writeModel({ inputs: [x], outputs: { y: matmul(x, weight) } }, "webgpu")).toThrow(
    UnsupportedOnDevice,
  );
  expect(() => gradients(sum(matmul(x, weight)), [x])).toThrow(
    /quantised weights are for inference/,
  );
});
