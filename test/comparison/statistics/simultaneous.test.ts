import { describe, expect, test } from "vitest";
import { estimateTogether } from "../../../src/comparison/statistics/simultaneous.ts";
import type { Contrast } from "../../../src/comparison/statistics/item-covariance.ts";
import { studentQuantile } from "../../../src/comparison/statistics/student-t.ts";
import { random } from "../../../src/random/random.ts";

const noItems = (count: number) => ({
  matrix: Array.from({ length: count }, () => new Float64Array(count)),
  degreesOfFreedom: 0,
});
const half = (interval: { low: number; high: number } | null): number =>
  (interval!.high - interval!.low) / 2;
const pairs = (count: number): Contrast[] =>
  Array.from({ length: count }, (_, of) =>
    Array.from({ length: of }, (_, minus): Contrast => [of, minus]),
  ).flat();
const units = (count: number, seeds: number, expected = 1) => {
  const stream = random(4, "units", count, seeds);
  return Array.from({ length: count }, () => ({
    values: Array.from({ length: seeds }, () => stream.normal()),
    expected,
  }));
};

describe("with many seeds", () => {
  // Studentised range, infinite degrees of freedom: q = 2.772, 3.314 and 4.474 for 2, 3 and 10 means (Tukey's tables).
  test.each([
    [2, 2.772],
    [3, 3.314],
    [10, 4.474],
  ])("%i equal means have Tukey's intervals", (count, range) => {
    for (const { standardError, simultaneous } of estimateTogether({
      units: units(count, 400),
      contrasts: pairs(count),
      items: noItems(count),
      seeds: "blocks",
    }))
      expect(Math.abs(half(simultaneous) / standardError / (range / Math.SQRT2) - 1)).toBeLessThan(
        0.04,
      );
  });

  test("one mean has Student's interval, whatever variance was expected", () => {
    const [unit] = units(1, 60, 9);
    const mean = unit!.values.reduce((a, b) => a + b, 0) / 60;
    const square = unit!.values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
    const student = studentQuantile(0.95, 59) * Math.sqrt(square / 59 / 60);
    const [found] = estimateTogether({
      units: [unit!],
      contrasts: [[0]],
      items: noItems(1),
      seeds: "independent",
    });
    expect(found!.mean).toBeCloseTo(mean, 12);
    expect(Math.abs(half(found!.interval) / student - 1)).toBeLessThan(0.08);
  });
});

describe("with the seeds as given", () => {
  const matrix = [Float64Array.of(4, 1), Float64Array.of(1, 2)];
  const family = {
    units: [
      { values: [3], expected: 1 },
      { values: [1], expected: 1 },
    ],
    contrasts: [[0, 1]] as Contrast[],
    items: { matrix, degreesOfFreedom: 11 },
    seeds: "given" as const,
  };

  test("a difference has Student's interval of the items", () => {
    const [found] = estimateTogether(family);
    expect(found!.mean).toBe(2);
    expect(found!.standardError).toBeCloseTo(2, 12); // 4 + 2 − 2 · 1
    expect(Math.abs(half(found!.simultaneous) / (2 * studentQuantile(0.95, 11)) - 1)).toBeLessThan(
      0.04,
    );
  });

  test("other seeds widen it, and by more where less is known", () => {
    const [given] = estimateTogether(family);
    const [one] = estimateTogether({ ...family, seeds: "blocks" });
    const wide = family.units.map(({ values }) => ({ values, expected: 4 }));
    const [more] = estimateTogether({ ...family, units: wide, seeds: "blocks" });
    expect(half(one!.simultaneous)).toBeGreaterThan(1.2 * half(given!.simultaneous));
    expect(half(more!.simultaneous)).toBeGreaterThan(1.3 * half(one!.simultaneous));
  });

  test("the same data give the same interval", () => {
    expect(estimateTogether({ ...family, seeds: "blocks" })).toEqual(
      estimateTogether({ ...family, seeds: "blocks" }),
    );
  });

  test("one stretch and one seed leave no interval", () => {
    const items = { matrix, degreesOfFreedom: 0 };
    const [found] = estimateTogether({ ...family, items, seeds: "blocks" });
    expect(found).toMatchObject({ mean: 2, interval: null, simultaneous: null });
  });

  test("equal items have an interval of width zero for a difference that is zero by definition", () => {
    const same = [Float64Array.of(4, 4), Float64Array.of(4, 4)];
    const [found] = estimateTogether({ ...family, items: { matrix: same, degreesOfFreedom: 11 } });
    expect(half(found!.simultaneous)).toBeCloseTo(0, 6);
  });
});
