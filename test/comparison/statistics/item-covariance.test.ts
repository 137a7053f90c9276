/**
 * What the choice of items leaves, against sums computed here.
 */
import { describe, expect, test } from "vitest";
import { itemCovariance } from "../../../src/comparison/statistics/item-covariance.ts";
import type { Run } from "../../../src/measures/estimate.ts";
import { bitsPerByte } from "../../../src/measures/bits-per-byte.ts";
import { exactMatch } from "../../../src/measures/exact-match.ts";
import type { RankingMeasure } from "../../../src/measures/measure.ts";
import { exactText } from "../../../src/measures/text/ranked-texts.ts";
import { random } from "../../../src/random/random.ts";

/** A model whose stretches of one byte each have these bits. */
function ofText(bits: readonly number[]): Run {
  const items = { bits, bytes: bits.map(() => 1), tokens: bits.map(() => 1) };
  return { value: bits.reduce((a, b) => a + b, 0) / bits.length, items, count: bits.length };
}

function ofSamples(correct: readonly number[]): Run {
  const value = correct.reduce((a, b) => a + b, 0) / correct.length;
  return { value, items: { correct }, count: correct.length };
}

const covarianceOf = (measure: RankingMeasure, runs: readonly Run[][]) =>
  itemCovariance(
    measure,
    runs.map((each) => ({ runs: each })),
    runs.length === 1 ? [[0]] : [[1, 0]],
  );

/** A series of the first order: each number is `r` times the one before it, plus noise. */
function series(r: number, count: number): number[] {
  const stream = random(11, "series", r);
  let last = 0;
  return Array.from({ length: count }, () => (last = r * last + stream.normal()));
}

/** Sample variance of the mean. */
function variance(numbers: readonly number[]): number {
  const mean = numbers.reduce((a, b) => a + b, 0) / numbers.length;
  const squares = numbers.reduce((sum, x) => sum + (x - mean) ** 2, 0);
  return squares / (numbers.length - 1) / numbers.length;
}

/** Of the means of two rows of numbers. */
function covariance(a: readonly number[], b: readonly number[]): number {
  const sum = a.map((x, at) => x + b[at]!);
  return (variance(sum) - variance(a) - variance(b)) / 2;
}

/** Correlation of neighbours, with Kendall's correction of its bias. */
function correlation(numbers: readonly number[]): number {
  const mean = numbers.reduce((a, b) => a + b, 0) / numbers.length;
  const centred = numbers.map((x) => x - mean);
  const raw =
    centred.slice(1).reduce((sum, x, k) => sum + x * centred[k]!, 0) /
    centred.reduce((sum, x) => sum + x * x, 0);
  return raw + (1 + 3 * raw) / numbers.length;
}

describe("of stretches of text", () => {
  test("that are not correlated, it is the variance of their mean, with one degree less than there are", () => {
    const bits = Array.from({ length: 24 }, (_, k) => 3 + ((k * 7) % 24) / 24);
    expect(Math.abs(correlation(bits))).toBeLessThan(1 / Math.sqrt(24));
    const { matrix, degreesOfFreedom } = covarianceOf(bitsPerByte, [[ofText(bits)]]);
    expect(matrix[0]![0]).toBeCloseTo(variance(bits), 12);
    expect(degreesOfFreedom).toBe(23);
  });

  test("that are like their neighbours, it is wider by (1 + r) / (1 − r), with fewer degrees", () => {
    const bits = series(0.6, 32).map((x) => 10 + x);
    const r = correlation(bits);
    expect(r).toBeGreaterThan(0.3);
    expect(r).toBeLessThan(0.8);
    const { matrix, degreesOfFreedom } = covarianceOf(bitsPerByte, [[ofText(bits)]]);
    expect(matrix[0]![0]! / variance(bits)).toBeCloseTo((1 + r) / (1 - r), 9);
    expect(degreesOfFreedom).toBeCloseTo((32 * (1 - r)) / (1 + r) - 1, 9);
  });

  test("that alternate, it is not narrower", () => {
    const bits = Array.from({ length: 32 }, (_, k) => 5 + (k % 2) + (k % 5) / 100);
    expect(correlation(bits)).toBeLessThan(-0.8);
    const { matrix, degreesOfFreedom } = covarianceOf(bitsPerByte, [[ofText(bits)]]);
    expect(matrix[0]![0]).toBeCloseTo(variance(bits), 12);
    expect(degreesOfFreedom).toBe(31);
  });

  test("that hardly change, the correlation counts as 0.8 at most", () => {
    const bits = Array.from({ length: 32 }, (_, k) => 5 + k / 10);
    expect(correlation(bits)).toBeGreaterThan(0.9);
    const { matrix } = covarianceOf(bitsPerByte, [[ofText(bits)]]);
    expect(matrix[0]![0]! / variance(bits)).toBeCloseTo(1.8 / 0.2, 9);
  });

  test("two models on the same text are paired: what both have in common cancels", () => {
    const common = Array.from({ length: 30 }, (_, k) => 3 + ((k * 11) % 30) / 3);
    const own = Array.from({ length: 30 }, (_, k) => ((k * 7) % 30) / 300);
    const other = common.map((x, k) => x + own[k]!);
    const { matrix } = covarianceOf(bitsPerByte, [[ofText(common)], [ofText(other)]]);
    const of = (i: number, j: number): number => matrix[i]![j]!;
    expect(of(0, 0) + of(1, 1) - 2 * of(0, 1)).toBeCloseTo(variance(own), 12);
    expect(of(0, 1)).toBe(of(1, 0));
  });

  test("more seeds do not make the text longer", () => {
    const bits = Array.from({ length: 24 }, (_, k) => 3 + ((k * 7) % 24) / 24);
    const one = covarianceOf(bitsPerByte, [[ofText(bits)]]);
    const three = covarianceOf(bitsPerByte, [[ofText(bits), ofText(bits), ofText(bits)]]);
    expect(three.matrix[0]![0]).toBeCloseTo(one.matrix[0]![0]!, 12);
    expect(three.degreesOfFreedom).toBe(one.degreesOfFreedom);
  });
});

describe("of samples", () => {
  const correct = Array.from({ length: 40 }, (_, k) => (k % 4 === 0 ? 1 : 0));

  test("it is that of a share, with half a sample added to each outcome, and one degree less a seed", () => {
    const floor = exactMatch.uncertainty.floor!(40);
    expect(floor).toBeGreaterThan(0);
    for (const seeds of [1, 3]) {
      const runs = Array.from({ length: seeds }, () => ofSamples(correct));
      const { matrix, degreesOfFreedom } = covarianceOf(exactMatch, [runs]);
      expect(degreesOfFreedom).toBe(39 * seeds);
      const share = (0.25 * 0.75) / 39;
      expect(matrix[0]![0]).toBeCloseTo((share + floor) / seeds, 12);
    }
  });

  test("of one sample there is none", () => {
    expect(covarianceOf(exactMatch, [[ofSamples([1])]]).degreesOfFreedom).toBe(0);
    expect(covarianceOf(bitsPerByte, [[ofText([1])]]).degreesOfFreedom).toBe(0);
  });
});

describe("of answers to pairs of texts", () => {
  const ofPairs = (exact: readonly number[]): Run => ({
    value: exact.reduce((a, b) => a + b, 0) / exact.length,
    items: { exact },
    count: exact.length,
  });
  const draw = (name: string, count: number): Run => {
    const stream = random(5, "answers", name);
    return ofPairs(Array.from({ length: count }, () => stream.integer(2)));
  };
  const floor = (count: number): number => 0.5 / count ** 2;
  const means = (...runs: readonly Run[]): number[] =>
    runs[0]!.items["exact"]!.map(
      (_, at) => runs.reduce((sum, { items }) => sum + items["exact"]![at]!, 0) / runs.length,
    );

  test("it is the variance of the mean over seeds of each answer: seeds do not make the set larger", () => {
    const [one, two] = [draw("one", 40), draw("two", 40)];
    const alone = covarianceOf(exactText, [[one]]);
    expect(alone.matrix[0]![0]).toBeCloseTo(variance(means(one)) + floor(40), 12);
    expect(alone.degreesOfFreedom).toBe(39);
    const both = covarianceOf(exactText, [[one, two]]).matrix[0]![0]!;
    expect(both).toBeCloseTo(variance(means(one, two)) + floor(40), 12);
    const same = covarianceOf(exactText, [[one, one]]).matrix[0]![0]!;
    expect(same).toBeCloseTo(alone.matrix[0]![0]!, 12);
    // Samples of two seeds are twice as many.
    const samples = covarianceOf(exactMatch, [
      [ofSamples(one.items["exact"]!), ofSamples(one.items["exact"]!)],
    ]);
    expect(same / samples.matrix[0]![0]!).toBeGreaterThan(1.8);
  });

  test("encodings are paired answer by answer, across seeds too", () => {
    const [a, b] = [draw("a", 40), draw("b", 40)];
    const { matrix } = covarianceOf(exactText, [[a], [b]]);
    const difference = means(a).map((value, at) => value - means(b)[at]!);
    expect(matrix[0]![0]! + matrix[1]![1]! - 2 * matrix[0]![1]!).toBeCloseTo(
      variance(difference) + 2 * floor(40),
      12,
    );
  });

  test("another length has other pairs, of any number", () => {
    const [after, before] = [draw("after", 30), draw("before", 50)];
    const change = [{ runs: [after], minus: [before] }];
    const { matrix, degreesOfFreedom } = itemCovariance(exactText, change, [[0]]);
    expect(matrix[0]![0]).toBeCloseTo(
      variance(means(after)) + floor(30) + variance(means(before)) + floor(50),
      12,
    );
    expect(degreesOfFreedom).toBe(29);
    expect(() => covarianceOf(exactText, [[after], [before]])).toThrow(
      /must answer the same pairs, got 30 and 50/,
    );
  });

  test("changes to several lengths share the pairs of the train length alone", () => {
    const [before, other] = [draw("before", 50), draw("other before", 50)];
    const [near, far, second] = [draw("near", 30), draw("far", 40), draw("second", 40)];
    const values = [
      { runs: [near], minus: [before], length: 60 },
      { runs: [far], minus: [before], length: 120 },
      { runs: [second], minus: [other], length: 120 },
    ];
    const { matrix, degreesOfFreedom } = itemCovariance(exactText, values, [[0], [1], [2]]);
    expect(matrix[0]![1]).toBeCloseTo(variance(means(before)), 12);
    expect(matrix[1]![0]).toBe(matrix[0]![1]);
    expect(matrix[0]![2]).toBeCloseTo(covariance(means(before), means(other)), 12);
    expect(matrix[1]![2]).toBeCloseTo(
      covariance(means(far), means(second)) + covariance(means(before), means(other)),
      12,
    );
    expect(degreesOfFreedom).toBe(29);
  });
});
