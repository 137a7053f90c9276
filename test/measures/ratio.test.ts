import { describe, expect, test } from "vitest";
import { intervalOf } from "../../src/comparison/intervals.ts";
import { meanOfSeeds, pairedSeeds } from "../../src/measures/estimate.ts";
import { differenceOfRatios, meanOfRatio } from "../../src/measures/ratio.ts";
import type { RatioItems } from "../../src/measures/ratio.ts";
import { normal, random } from "../comparison/fixture.ts";

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

describe("over text", () => {
  const windows = (upper: number[], lower: number[]): RatioItems => ({ upper, lower });

  test("bits per byte is the ratio of totals, not the mean of ratios", () => {
    expect(meanOfRatio(windows([100, 900], [100, 300])).mean).toBeCloseTo(2.5, 12);
  });

  test("one window has no interval, and no variation has one of width zero", () => {
    expect(intervalOf(meanOfRatio(windows([10], [5])))).toBeNull();
    expect(intervalOf(meanOfRatio(windows([10, 10, 10], [5, 5, 5])))).toEqual({ low: 2, high: 2 });
  });

  test("windows of another length are paired by their place in the text", () => {
    const noise = random(5);
    const short = Array.from({ length: 96 }, () => 500 + 100 * normal(noise));
    const long = Array.from({ length: 24 }, (_, i) =>
      short.slice(4 * i, 4 * i + 4).reduce((sum, x) => sum + x, 0),
    );
    const change = differenceOfRatios(
      windows(long, new Array<number>(24).fill(1000)),
      windows(short, new Array<number>(96).fill(250)),
    );
    expect(change.mean).toBeCloseTo(0, 12);
    expect(change.standardError).toBeLessThan(1e-12);
  });

  /** Share of `trials` made-up texts whose 95 % interval holds the truth, 2.2. */
  function coverage(count: number, correlation: number, trials = 1500): number {
    const noise = random(count + 1000 * correlation);
    let held = 0;
    for (let trial = 0; trial < trials; trial++) {
      let hard = normal(noise);
      const bits: number[] = [];
      const bytes: number[] = [];
      for (let i = 0; i < count; i++) {
        hard = correlation * hard + Math.sqrt(1 - correlation ** 2) * normal(noise);
        const size = 400 + 40 * normal(noise);
        bytes.push(size);
        bits.push(size * (2.2 + 0.1 * hard));
      }
      const { low, high } = intervalOf(meanOfRatio({ upper: bits, lower: bytes }))!;
      if (low <= 2.2 && 2.2 <= high) held++;
    }
    return held / trials;
  }

  test.each([
    [256, 0],
    [256, 0.5],
    [256, 0.8],
    [64, 0.5],
    [32, 0],
    [32, 0.3],
    [16, 0],
  ])("%i windows with neighbour correlation %f: the interval holds the truth", (count, r) => {
    // Within 3 points of 95 %; three standard deviations of 1500 trials are 1.7 points.
    expect(coverage(count, r)).toBeGreaterThan(0.92);
    expect(coverage(count, r)).toBeLessThan(0.985);
  });

  test("few, strongly alike windows are the known weak spot", () => {
    expect(coverage(16, 0.6)).toBeGreaterThan(0.85);
  });
});
