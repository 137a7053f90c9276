import { describe, expect, test } from "vitest";
import { observedVariances, varianceModel } from "../../../src/comparison/statistics/variances.ts";
import type { SeedValues } from "../../../src/comparison/statistics/variances.ts";
import { random } from "../../../src/random/random.ts";

const mean = (values: readonly number[]): number =>
  values.reduce((a, b) => a + b, 0) / values.length;

/** Made-up values: blocks of standard deviation 1, and own noise of the given variances. */
function units(
  variances: readonly number[],
  expected: readonly number[],
  seeds: number,
  stream = random(1, "units"),
): SeedValues[] {
  const blocks = Array.from({ length: seeds }, () => stream.normal());
  return variances.map((variance, at) => ({
    values: blocks.map((block) => 5 + block + Math.sqrt(variance) * stream.normal()),
    expected: expected[at]!,
  }));
}

describe("observed variances", () => {
  test("of two encodings are that of their difference, in the ratio that is expected", () => {
    const two = [
      { values: [1, 2, 4], expected: 1 },
      { values: [1.5, 2, 3], expected: 3 },
    ];
    // Differences −0.5, 0, 1: mean 1/6, variance 7/12.
    const [a, b] = observedVariances(two, true);
    expect(a!.variance + b!.variance).toBeCloseTo(7 / 12, 12);
    expect(b!.variance / a!.variance).toBeCloseTo(3, 12);
    expect(a!.degreesOfFreedom + b!.degreesOfFreedom).toBeCloseTo(2, 12);
  });

  test("without blocks they are sample variances with n − 1 degrees of freedom", () => {
    const [only] = observedVariances([{ values: [1, 2, 4, 5], expected: 1 }], false);
    expect(only!.variance).toBeCloseTo(10 / 3, 12);
    expect(only!.degreesOfFreedom).toBe(3);
  });

  test("blocks do not enter, and a wild encoding does not spoil the others", () => {
    const stream = random(2, "rounds");
    const expected = [0.01, 0.01, 0.01, 4];
    const rounds = Array.from({ length: 2000 }, () =>
      observedVariances(units(expected, expected, 3, stream), true).map(({ variance }) => variance),
    );
    expected.forEach((variance, at) => {
      const found = mean(rounds.map((round) => round[at]!));
      expect(found / variance).toBeGreaterThan(0.93);
      expect(found / variance).toBeLessThan(1.07);
    });
  });

  test("of one seed there are none", () => {
    expect(observedVariances([{ values: [1], expected: 1 }], true)).toEqual([
      { variance: 0, degreesOfFreedom: 0 },
    ]);
  });
});

describe("the common distribution", () => {
  const meanScale = (given: readonly SeedValues[]): number =>
    varianceModel(given, observedVariances(given, true)).cells.reduce(
      (sum, { scale, probability }) => sum + probability * Math.log(scale),
      0,
    );

  test("with one seed is the prior", () => {
    const one = units([1, 1, 1], [1, 1, 1], 1);
    expect(meanScale(one)).toBeCloseTo(0, 12);
    const { cells } = varianceModel(one, observedVariances(one, true));
    const square = cells.reduce(
      (sum, { scale, probability }) => sum + probability * Math.log(scale) ** 2,
      0,
    );
    expect(Math.sqrt(square)).toBeCloseTo(0.7, 2);
    const precision = cells.reduce((sum, cell) => sum + cell.probability * cell.precision, 0);
    expect(precision).toBeCloseTo(12.75, 10);
  });

  test("with many seeds is what was observed", () => {
    const twenty = new Array<number>(10).fill(9);
    expect(meanScale(units(twenty, new Array<number>(10).fill(1), 20))).toBeCloseTo(Math.log(9), 0);
  });

  test("equal values have a variance of zero, and are no error", () => {
    const same = [
      { values: [1, 1, 1], expected: 1 },
      { values: [2, 2, 2], expected: 1 },
    ];
    const { cells } = varianceModel(same, observedVariances(same, true));
    expect(cells.every(({ probability }) => Number.isFinite(probability))).toBe(true);
  });
});
