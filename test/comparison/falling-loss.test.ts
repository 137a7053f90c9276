/**
 * A loss that still falls at the end of training, on made-up losses whose trend is known.
 */
import { describe, expect, test } from "vitest";
import { fallsFast, lossTrend } from "../../src/comparison/falling-loss.ts";
import { normal, random } from "./fixture.ts";

function losses(
  steps: number,
  at: (step: number) => number,
  noise = 0,
): { step: number; loss: number }[] {
  const uniform = random(5);
  return Array.from({ length: steps }, (_, step) => ({
    step,
    loss: at(step + 1) + noise * normal(uniform),
  }));
}

describe("the trend", () => {
  test("of a line in log2 of the step is that line", () => {
    const trend = lossTrend(losses(300, (step) => 4 - 0.25 * Math.log2(step)))!;
    expect(trend.fall).toBeCloseTo(0.25, 10);
    // Of the last ten of a hundred steps.
    expect(trend.last).toBeCloseTo(4 - 0.25 * Math.log2(295.5), 4);
    expect(trend.standardError).toBeLessThan(1e-10);
  });

  test("reads the last third only", () => {
    const broken = (step: number): number => (step <= 200 ? 9 : 3 - 0.1 * Math.log2(step / 300));
    expect(lossTrend(losses(300, broken))!.fall).toBeCloseTo(0.1, 10);
  });

  test("has the standard error of a line through its points, with two degrees of freedom less", () => {
    // Every other loss is 0.1 above or below a line: the scatter is 0.01 a point but for what the fit takes.
    const points = losses(90, (step) => 3 - 0.2 * Math.log2(step) + (step % 2 === 0 ? 0.1 : -0.1));
    const part = points.slice(60);
    const xs = part.map(({ step }) => Math.log2(step + 1));
    const ys = part.map(({ loss }) => loss);
    const meanOf = (numbers: readonly number[]): number =>
      numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
    const sxx = xs.reduce((sum, x) => sum + (x - meanOf(xs)) ** 2, 0);
    const syy = ys.reduce((sum, y) => sum + (y - meanOf(ys)) ** 2, 0);
    const sxy = xs.reduce((sum, x, at) => sum + (x - meanOf(xs)) * (ys[at]! - meanOf(ys)), 0);
    const { fall, standardError } = lossTrend(points)!;
    expect(fall).toBeCloseTo(-sxy / sxx, 10);
    expect(standardError).toBeCloseTo(Math.sqrt((syy - sxy ** 2 / sxx) / 28 / sxx), 10);
  });

  test("has the standard error of its scatter", () => {
    const falls = Array.from({ length: 200 }, (_, seed) => {
      const uniform = random(seed);
      const noisy = losses(300, () => 2).map((entry) => ({
        ...entry,
        loss: entry.loss + 0.1 * normal(uniform),
      }));
      return lossTrend(noisy)!;
    });
    const spread = Math.sqrt(falls.reduce((sum, { fall }) => sum + fall ** 2, 0) / falls.length);
    const mean = falls.reduce((sum, { standardError }) => sum + standardError, 0) / falls.length;
    expect(spread / mean).toBeGreaterThan(0.85);
    expect(spread / mean).toBeLessThan(1.15);
  });

  test("is unknown for few losses, or losses that are not finite", () => {
    expect(lossTrend(losses(57, () => 1))).toBeUndefined();
    expect(lossTrend(losses(58, () => 1))).toBeDefined();
    expect(lossTrend([])).toBeUndefined();
    expect(lossTrend(losses(90, (step) => (step === 80 ? NaN : 1)))).toBeUndefined();
    expect(lossTrend(losses(90, (step) => (step === 10 ? NaN : 1)))).toBeDefined();
  });
});

describe("a fall is fast", () => {
  test("from more than three standard errors, 5 % of the loss and 0.05 nats on", () => {
    const certain = { last: 2, fall: 0.31, standardError: 0.1 };
    expect(fallsFast(certain)).toBe(true);
    expect(fallsFast({ ...certain, fall: 0.29 })).toBe(false);
    const sure = { last: 2, fall: 0.11, standardError: 0 };
    expect(fallsFast(sure)).toBe(true);
    expect(fallsFast({ ...sure, fall: 0.09 })).toBe(false);
    expect(fallsFast({ last: 0.5, fall: 0.051, standardError: 0 })).toBe(true);
    expect(fallsFast({ last: 0.5, fall: 0.049, standardError: 0 })).toBe(false);
    // A loss of 0.04 cannot fall by 1.
    expect(fallsFast({ last: 0.04, fall: 1, standardError: 0 })).toBe(false);
  });

  const fast = (at: (step: number) => number, noise = 0.03, steps = 600): boolean =>
    fallsFast(lossTrend(losses(steps, at, noise))!);

  test.each<[string, boolean, (step: number) => number]>([
    ["a power of the steps, a fifth with each doubling", true, (s) => 12 * s ** -0.32],
    ["the same, above an entropy that stays", true, (s) => 1 + 9 * s ** -0.32],
    ["a straight line down", true, (s) => 3 - s / 600],
    ["a plateau", false, () => 1.7],
    ["a plateau since half of the steps", false, (s) => Math.max(1.7, 3 - s / 200)],
    ["a loss that has all but ended", false, (s) => 1.7 + 0.5 * 2 ** (-s / 60)],
    ["a loss that rises", false, (s) => 1.5 + s / 2000],
    ["a loss that has fallen to 0 within the last third", false, (s) => 2 ** (-s / 40)],
    ["the same from a higher one, which bends the line", false, (s) => 200 * 2 ** (-s / 45)],
    ["near 0, where halving means nothing", false, (s) => 0.02 + 0.04 * (1 - s / 600)],
  ])("%s: %s", (_, expected, at) => {
    expect(fast(at)).toBe(expected);
  });

  test("only where the scatter leaves no doubt", () => {
    const slow = (step: number): number => 3 - 0.2 * Math.log2(step);
    expect(fast(slow, 0.02)).toBe(true);
    expect(fast(slow, 3)).toBe(false);
  });
});
