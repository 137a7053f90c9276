import { describe, expect, test } from "vitest";
import { intervalOf } from "../../src/comparison/intervals.ts";
import type { Estimate, Run } from "../../src/measures/estimate.ts";
import { partsEstimator, shareEstimator } from "../../src/measures/shares.ts";
import { normal, random } from "../comparison/fixture.ts";

const {
  mean: meanOfShares,
  difference: pairedShares,
  change: unpairedShares,
} = shareEstimator("correct");

const answered = (correct: readonly number[]): Run => ({
  value: correct.reduce((sum, one) => sum + one, 0) / correct.length,
  items: { correct },
  count: correct.length,
});
const same = (one: number, n: number): Run => answered(new Array<number>(n).fill(one));

describe("over seeds", () => {
  test("the interval is Student's where seeds differ more than samples explain", () => {
    const runs = [0.2, 0.5, 0.8].map((share) =>
      answered(Array.from({ length: 100 }, (_, at) => (at < 100 * share ? 1 : 0))),
    );
    const { mean, standardError, degreesOfFreedom } = meanOfShares(runs);
    expect(mean).toBeCloseTo(0.5, 12);
    expect(standardError).toBeCloseTo(0.3 / Math.sqrt(3), 12);
    expect(degreesOfFreedom).toBe(2);
  });

  test("pairing removes what the seeds share", () => {
    const harder = [0.9, 0.5, 0.2].map((share) =>
      answered(Array.from({ length: 1000 }, (_, at) => (at < 1000 * share ? 1 : 0))),
    );
    const easier = [0.95, 0.55, 0.25].map((share) =>
      answered(Array.from({ length: 1000 }, (_, at) => (at < 1000 * share ? 1 : 0))),
    );
    const { mean, standardError } = pairedShares(easier, harder);
    expect(mean).toBeCloseTo(0.05, 12);
    // 150 of 3000 pairs differ, all one way: √(0.05 · 0.95 / 3000) at least.
    expect(standardError).toBeCloseTo(Math.sqrt((0.05 * 0.95) / 3000), 4);
  });

  test("seeds that agree exactly leave an interval of the samples' width, never of none", () => {
    const always = [same(1, 100), same(1, 100), same(1, 100)];
    const never = [same(0, 100), same(0, 100), same(0, 100)];
    for (const estimate of [meanOfShares(always), pairedShares(always, always)]) {
      expect(estimate.standardError).toBeGreaterThan(1 / 600);
      expect(estimate.standardError).toBeLessThan(1 / 100);
    }
    const { low, high } = intervalOf(pairedShares(always, never))!;
    expect(low).toBeGreaterThan(0.95);
    expect(high).toBeGreaterThan(low + 0.01);
  });
});

describe("with one seed", () => {
  test("a difference comes from the samples that one alone answers right", () => {
    const a = answered([1, 1, 1, 1, 0, 0, 1, 1]);
    const b = answered([1, 1, 0, 1, 0, 0, 0, 1]);
    const { mean, degreesOfFreedom } = pairedShares([a], [b]);
    expect(mean).toBeCloseTo(0.25, 12);
    expect(degreesOfFreedom).toBe(7);
  });

  test("alike answers are surer than answers that agree by chance", () => {
    const half = answered(Array.from({ length: 200 }, (_, at) => at % 2));
    const shifted = answered(Array.from({ length: 200 }, (_, at) => (at + 1) % 2));
    const pairs = pairedShares([half], [half]).standardError;
    expect(pairs).toBeLessThan(0.2 * unpairedShares([half], [half]).standardError);
    expect(pairedShares([half], [shifted]).standardError).toBeGreaterThan(10 * pairs);
  });
});

/** Share of made-up experiments whose 95 % interval holds the true difference. */
function coverage(seeds: number, samples: number, [p, q]: [number, number], luck: number): number {
  const noise = random(seeds * 31 + samples + 1000 * p);
  const rounds = 1000;
  let held = 0;
  for (let round = 0; round < rounds; round++) {
    const runs = Array.from({ length: seeds }, () => {
      const [a, b] = [p, q].map((share) => share + luck * normal(noise));
      const pairs = Array.from({ length: samples }, () => {
        const hard = noise(); // the sample's own difficulty, which both share
        return [hard < a! ? 1 : 0, hard < b! ? 1 : 0] as const;
      });
      return [answered(pairs.map(([x]) => x)), answered(pairs.map(([, y]) => y))] as const;
    });
    const estimate: Estimate = pairedShares(
      runs.map(([a]) => a),
      runs.map(([, b]) => b),
    );
    const { low, high } = intervalOf(estimate)!;
    if (low <= p - q && p - q <= high) held++;
  }
  return held / rounds;
}

test.each([
  [3, 100, [0.6, 0.4], 0.1],
  [5, 100, [0.9, 0.8], 0.02],
  [3, 200, [0.99, 0.98], 0],
  [1, 256, [0.7, 0.6], 0],
  [1, 256, [0.99, 0.97], 0],
] as const)(
  "%i seeds, %i samples, shares %j: the interval holds the truth",
  (n, m, shares, luck) => {
    expect(coverage(n, m, [...shares] as [number, number], luck)).toBeGreaterThan(0.93);
  },
);

test("the variance that samples leave is smaller where both answered the same", () => {
  const { leastVariance } = shareEstimator("correct");
  const half = answered(Array.from({ length: 200 }, (_, at) => at % 2));
  expect(leastVariance([half], [half], false)).toBeCloseTo(0.5 / 200, 6);
  expect(leastVariance([half], [half], true)).toBeLessThan(0.05 / 200);
});

describe("shares of parts", () => {
  const { mean, difference, leastVariance } = partsEstimator();
  const run = (value: number): Run => ({ value, items: {}, count: 100 });

  test("an item counts as one, whatever number of parts it has", () => {
    const { standardError } = mean([run(0.5)]);
    expect(standardError).toBeCloseTo(Math.sqrt(0.25 / 100), 12);
  });

  test("items are not paired: a difference has both variances", () => {
    const { standardError, degreesOfFreedom } = difference([run(0.5)], [run(0.5)]);
    expect(standardError).toBeCloseTo(Math.sqrt(0.5 / 100), 12);
    expect(degreesOfFreedom).toBe(99);
    expect(leastVariance([run(0.5)], [run(0.5)], true)).toBeCloseTo(0.5 / 100, 12);
  });
});
