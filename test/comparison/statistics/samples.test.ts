/**
 * Shares of samples: what is paired, and that agreement of all samples is no certainty.
 */
import { describe, expect, test } from "vitest";
import {
  changesTogether,
  differencesFromBest,
} from "../../../src/comparison/statistics/differences.ts";
import { itemCovariance } from "../../../src/comparison/statistics/item-covariance.ts";
import { exactMatch } from "../../../src/measures/exact-match.ts";
import { tokenAccuracy } from "../../../src/measures/token-accuracy.ts";
import type { Run } from "../../../src/measures/estimate.ts";

const answered = (correct: readonly number[]): Run => ({
  value: correct.reduce((sum, one) => sum + one, 0) / correct.length,
  items: { correct },
  count: correct.length,
});
const same = (one: number, n: number): Run => answered(new Array<number>(n).fill(one));
const half = answered(Array.from({ length: 200 }, (_, at) => at % 2));
const shifted = answered(Array.from({ length: 200 }, (_, at) => (at + 1) % 2));

/** Variance of the difference of the first two values. */
function variance(
  ...values: readonly { readonly runs: readonly Run[]; readonly minus?: readonly Run[] }[]
): number {
  const { matrix } = itemCovariance(exactMatch, values, []);
  return matrix[0]![0]! + matrix[1]![1]! - 2 * matrix[0]![1]!;
}

describe("pairs", () => {
  test("encodings with a seed: alike answers are surer than answers that agree by chance", () => {
    expect(variance({ runs: [half] }, { runs: [half] })).toBeCloseTo(1 / 200 ** 2, 12);
    expect(variance({ runs: [half] }, { runs: [shifted] })).toBeCloseTo(1 / 199 + 1 / 200 ** 2, 12);
  });

  test("two seeds halve the variance, since they answer other samples", () => {
    const one = variance({ runs: [half] }, { runs: [shifted] });
    const two = variance({ runs: [half, half] }, { runs: [shifted, shifted] });
    expect(two / one).toBeCloseTo(0.5, 2);
  });

  test("two lengths are not paired", () => {
    const { matrix } = itemCovariance(exactMatch, [{ runs: [half], minus: [half] }], []);
    expect(matrix[0]![0]).toBeCloseTo(2 * (0.25 / 199 + 0.5 / 200 ** 2), 12);
  });

  test("tokens of one sample count as one", () => {
    const run: Run = {
      value: 0.5,
      items: {
        right: Array.from({ length: 100 }, (_, at) => 40 * (at % 2)),
        scored: new Array<number>(100).fill(40),
      },
      count: 100,
    };
    const { matrix } = itemCovariance(tokenAccuracy, [{ runs: [run] }], []);
    expect(matrix[0]![0]).toBeCloseTo(0.25 / 99 + 0.5 / 100 ** 2, 12);
  });

  test("samples of different sizes are not the same, and are refused", () => {
    const run = (scored: readonly number[]): Run => ({
      value: 0.5,
      items: { right: scored.map((one) => one / 2), scored },
      count: scored.length,
    });
    const entries = [
      [2, 4, 6],
      [2, 6, 4],
    ].map((scored) => ({ runs: [run(scored)] }));
    expect(() => differencesFromBest(tokenAccuracy, entries)).toThrow(
      "encodings with a seed must answer the same samples, and of item 1, the scored tokens of the sample are 6 and 4.",
    );
    // At another length they are others.
    const [one, other] = entries as [(typeof entries)[0], (typeof entries)[0]];
    expect(changesTogether(tokenAccuracy, [{ runs: one.runs, before: other.runs }])).toHaveLength(
      1,
    );
  });

  test("runs of different numbers of samples are refused", () => {
    expect(() =>
      itemCovariance(exactMatch, [{ runs: [half] }, { runs: [same(1, 100)] }], []),
    ).toThrow("must answer the same samples, got 200 and 100 of them");
  });
});

describe("samples that all agree", () => {
  test.each([1, 3])("leave an interval, with %i seeds", (seeds) => {
    const all = (one: number): readonly Run[] => new Array<Run>(seeds).fill(same(one, 256));
    const { differences, means } = differencesFromBest(exactMatch, [
      { runs: all(1) },
      { runs: all(1) },
      { runs: all(0) },
    ]);
    expect(differences[1]!.trained!.low).toBeLessThan(0);
    expect(differences[1]!.simultaneous!.low).toBeLessThan(-0.002);
    expect(differences[2]!.simultaneous!.high).toBeLessThan(-0.5);
    expect(means[0]!.interval!.low).toBeLessThan(0.999);
    expect(means[0]!.interval!.high).toBe(1);
  });
});

test("no interval leaves what is possible: a share is from 0 to 1, and two differ by 1 at most", () => {
  const runs = [0.1, 0.9, 0.5].map((share) =>
    answered(Array.from({ length: 100 }, (_, at) => (at < 100 * share ? 1 : 0))),
  );
  const low = runs.map(() => same(0, 100));
  const { differences, means } = differencesFromBest(exactMatch, [{ runs }, { runs: low }]);
  for (const { interval } of means) {
    expect(interval!.low).toBeGreaterThanOrEqual(0);
    expect(interval!.high).toBeLessThanOrEqual(1);
  }
  expect(differences[1]!.simultaneous!.low).toBeGreaterThanOrEqual(-1);
  const [change] = changesTogether(exactMatch, [{ runs: low, before: runs }]);
  expect(change!.simultaneous!.low).toBeGreaterThanOrEqual(-1);
  expect(change!.worseSeeds).toBe(3);
});
