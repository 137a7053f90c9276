/**
 * The inverse of a unit lower triangular matrix in float32: sizes known at build time and only at run time, and
 * matrices whose powers grow.
 */
import { describe, expect, test } from "vitest";
import { gradients } from "../../src/autodiff/gradients.ts";
import { input } from "../../src/operators/source.ts";
import { sum } from "../../src/operators/reduction.ts";
import { multiply } from "../../src/operators/arithmetic.ts";
import { inverseUnitLower } from "../../src/operators/triangular-inverse.ts";
import { random } from "../../src/random/random.ts";
import { compile } from "../../src/runtime/node.ts";
import { evaluate } from "../../src/tensor/evaluate.ts";
import type { Dimension } from "../../src/tensor/dimension.ts";
import { ShapeError } from "../../src/tensor/shape.ts";

/** The matrix of β_i w_i · w_j, as in PaTH, from `kinds` different unit vectors w of `width` numbers. */
function reflections(n: number, width: number, kinds: number, strength: number): Float32Array {
  const drawn = random(3, "w").normalArray(kinds * width);
  const vector = (at: number): number[] => {
    const raw = [...drawn.subarray((at % kinds) * width, ((at % kinds) + 1) * width)];
    const norm = Math.hypot(...raw);
    return raw.map((x) => x / norm);
  };
  const w = Array.from({ length: n }, (_, at) => vector(at));
  return Float32Array.from({ length: n * n }, (_, at) => {
    const [row, column] = [Math.floor(at / n), at % n];
    return strength * w[row]!.reduce((total, x, k) => total + x * w[column]![k]!, 0);
  });
}

const matrices = [
  { name: "random vectors", width: 20, kinds: 1000, strength: 1, tolerance: 1e-6 },
  { name: "a few vectors", width: 4, kinds: 5, strength: 1.9, tolerance: 1e-5 },
  // The same token everywhere: powers of this matrix exceed 1e200, its inverse stays below 2.
  { name: "one vector", width: 4, kinds: 1, strength: 1.9, tolerance: 3e-5 },
] as const;

describe.each(matrices)("$name", ({ width, kinds, strength, tolerance }) => {
  test.each([1, 2, 31, 32, 33, 100, 300])("%i rows, value and gradient", async (n) => {
    const data = reflections(n, width, kinds, strength);
    const weights = random(4, "w").normalArray(n * n);
    const run = async (size: Dimension): Promise<number> => {
      const x = input("x", [1, size, size]);
      const cotangent = input("cotangent", [1, size, size]);
      const y = inverseUnitLower(x);
      const [dx] = gradients(sum(multiply(y, cotangent)), [x]);
      const shape = [1, n, n];
      const expected = evaluate(
        [y, dx!],
        new Map([
          [x, { shape, data: Float64Array.from(data) }],
          [cotangent, { shape, data: Float64Array.from(weights) }],
        ]),
      );
      const program = await compile({ inputs: [x, cotangent], outputs: { y, dx: dx! } });
      const found = await program.run({
        x: { shape, data },
        cotangent: { shape, data: weights },
      });
      await program.dispose();
      const errors = ["y", "dx"].map((name, at) => {
        const { data: exact } = expected[at]!;
        const scale = exact.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
        return exact.reduce((most, value, k) => {
          const error = Math.abs(found[name]!.data[k]! - value) / scale;
          return Number.isNaN(error) || error > most ? error : most;
        }, 0);
      });
      return Math.max(...errors.map((error) => (Number.isNaN(error) ? Infinity : error)));
    };
    expect(await run(n), "a size known at build time").toBeLessThan(tolerance);
    expect(await run("n"), "a size known at run time").toBeLessThan(tolerance);
  });
});

test("matrices that are not square are refused", () => {
  expect(() => inverseUnitLower(input("x", [3, 4]))).toThrow(ShapeError);
  expect(() => inverseUnitLower(input("x", [3, 4]))).toThrow(/expected square matrices/);
});
