/**
 * Which of equal values is the best, and in which seeds another is worse.
 */
import { expect, test } from "vitest";
import { differencesFromBest } from "../../../src/comparison/statistics/differences.ts";
import type { Entry } from "../../../src/comparison/statistics/differences.ts";
import { bitsPerByte } from "../../../src/measures/bits-per-byte.ts";
import { exactMatch } from "../../../src/measures/exact-match.ts";

/** Models whose losses over four stretches of one byte have these means, one model a seed. */
const losses = (...seeds: readonly number[]): Entry => ({
  runs: seeds.map((value) => ({
    value,
    items: { bits: [0.9, 1.1, 1.2, 0.8].map((one) => one * value), bytes: [1, 1, 1, 1] },
    count: 4,
  })),
});

/** Models that answer so many of four samples right, one model a seed. */
const shares = (...seeds: readonly number[]): Entry => ({
  runs: seeds.map((right) => ({
    value: right / 4,
    items: { correct: [0, 1, 2, 3].map((sample) => (sample < right ? 1 : 0)) },
    count: 4,
  })),
});

test("the first of several equal ones is the best, whichever way is better", () => {
  expect(
    differencesFromBest(
      bitsPerByte,
      [3, 2, 2].map((one) => losses(one, one)),
    ).best,
  ).toBe(1);
  expect(
    differencesFromBest(
      exactMatch,
      [1, 3, 3].map((one) => shares(one, one)),
    ).best,
  ).toBe(1);
});

test("a seed with equal values is none in which one of them is worse", () => {
  const { differences } = differencesFromBest(bitsPerByte, [
    losses(2, 2, 2),
    losses(2, 3, 1.9),
    losses(3, 3, 2),
  ]);
  expect(differences.map(({ worseSeeds }) => worseSeeds)).toEqual([0, 1, 2]);
  const ofShares = differencesFromBest(exactMatch, [shares(4, 3, 3), shares(4, 1, 4)]);
  expect(ofShares.differences.map(({ worseSeeds }) => worseSeeds)).toEqual([0, 1]);
});
