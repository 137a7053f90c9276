import { describe, expect, test } from "vitest";
import { intervalOf } from "../../src/comparison/statistics/intervals.ts";
import { meanOfSeeds, pairedSeeds } from "../../src/measures/estimate.ts";

describe("over seeds", () => {
  test("the interval of a mean, worked by hand", () => {
    // mean 3, standard deviation √2.5, standard error √0.5, t(4) 2.77645
    const interval = intervalOf(meanOfSeeds([1, 2, 3, 4, 5]))!;
    expect(interval.low).toBeCloseTo(3 - 2.77645 * Math.SQRT1_2, 4);
    expect(interval.high).toBeCloseTo(3 + 2.77645 * Math.SQRT1_2, 4);
  });

  test("pairing removes what the seeds share", () => {
    const a = [2.0, 2.5, 3.1];
    const b = a.map((x) => x + 0.1);
    const { mean, standardError } = pairedSeeds(b, a);
    expect(mean).toBeCloseTo(0.1, 12);
    expect(standardError).toBeLessThan(1e-12);
  });

  test("one seed has no interval", () => {
    expect(intervalOf(meanOfSeeds([2]))).toBeNull();
  });

  test("seeds must match one to one", () => {
    expect(() => pairedSeeds([1, 2], [1])).toThrow("got 2 and 1");
  });
});
