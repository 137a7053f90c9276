/**
 * Measures as data: values from items, what a break is, and a measure whose items contribute several counts.
 */
import { describe, expect, test } from "vitest";
import { rank } from "../../src/comparison/ranking.ts";
import { isRanked } from "../../src/comparison/ranked.ts";
import type { Trial } from "../../src/comparison/trial-record.ts";
import { bitsPerByte } from "../../src/measures/bits-per-byte.ts";
import { mean } from "../../src/measures/estimate.ts";
import { exactMatch } from "../../src/measures/exact-match.ts";
import { measureById, measures } from "../../src/measures/index.ts";
import { allowedChange, columnsOf, valueOf, valuesOf } from "../../src/measures/measure.ts";
import type { RankingMeasure } from "../../src/measures/measure.ts";
import { worseSign } from "../../src/measures/measure.ts";
import { perplexity } from "../../src/measures/perplexity.ts";
import { tokenAccuracy } from "../../src/measures/token-accuracy.ts";
import { signsExplained } from "../../src/report/table.ts";
import { configuration } from "../comparison/fixture.ts";

describe("values are computed from totals, not from the items' own values", () => {
  test("bits per byte and perplexity of two windows", () => {
    const items = { bits: [100, 900], bytes: [100, 300], tokens: [50, 450] };
    expect(valuesOf([bitsPerByte, perplexity], items)).toEqual({ bitsPerByte: 2.5, perplexity: 4 });
  });

  test("exact match and accuracy by token of three samples", () => {
    const items = { correct: [1, 0, 0], right: [4, 3, 0], scored: [4, 4, 8] };
    expect(valuesOf([exactMatch, tokenAccuracy], items)).toEqual({
      exactMatch: 1 / 3,
      tokenAccuracy: 7 / 16,
    });
  });

  test("a loss that is not finite stays so", () => {
    expect(valueOf(bitsPerByte, { bits: [1, NaN], bytes: [1, 1] })).toBeNaN();
  });

  test("a column that is missing is named", () => {
    expect(() => valueOf(bitsPerByte, { bits: [1], tokens: [1] })).toThrow(
      'measure bitsPerByte: the items have no column "bytes", only bits, tokens. Give bits and bytes of each item.',
    );
  });

  test("measures of the same items share their columns", () => {
    expect(Object.keys(columnsOf([bitsPerByte, perplexity]))).toEqual(["bits", "bytes", "tokens"]);
  });
});

describe("a break", () => {
  test("is a share of a loss, and points of a share", () => {
    expect(allowedChange(bitsPerByte, 2)).toBeCloseTo(0.1, 12);
    expect(allowedChange(exactMatch, 0.2)).toBe(0.05);
  });
});

describe("the list", () => {
  test("finds a measure by its id, and suggests the nearest", () => {
    expect(measureById("exactMatch")).toBe(exactMatch);
    expect(() => measureById("exactMach")).toThrow(
      'measure "exactMach" is unknown. Did you mean "exactMatch"? Known: bitsPerByte,',
    );
  });

  test.each(measures)("$id: one item gives a value within its range", (measure) => {
    const items = Object.fromEntries(Object.keys(measure.contributes).map((name) => [name, [1]]));
    const [least, most] = measure.range;
    expect(valueOf(measure, items)).toBeGreaterThanOrEqual(least);
    expect(valueOf(measure, items)).toBeLessThanOrEqual(most);
    expect(measures.filter(({ id }) => id === measure.id)).toHaveLength(1);
    // chrF is a name of its own.
    expect(measure.printed.name).toMatch(/^[A-Z]|^chrF/);
  });
});

/** As a corpus BLEU: an item contributes several counts, and more is better. */
const overlap: RankingMeasure = {
  ...exactMatch,
  id: "overlap",
  range: [0, 100],
  contributes: {
    words: { meaning: "words that agree", values: "count" },
    pairs: { meaning: "pairs of words that agree", values: "count" },
    length: { meaning: "words of the answer", values: "count" },
  },
  value: ({ words, pairs, length }, count) =>
    100 * Math.sqrt((words! / length!) * (pairs! / (length! - count))),
  // Two answers are too few for an interval, so that seeds alone decide.
  uncertainty: {
    ...exactMatch.uncertainty,
    spread: { level: () => 1, change: () => 1, words: "a standard deviation of 1" },
  },
};

describe("a measure whose items contribute several counts", () => {
  const items = (agree: number) => ({
    words: [agree, agree + 1],
    pairs: [agree - 1, agree],
    length: [10, 12],
  });
  const trial = (encoding: string, seed: number, agree: number): Trial => ({
    ...{ encoding, seed, parameters: 1, secondsPerStep: 1, peakMemoryBytes: 1, trainingLoss: [] },
    evaluations: [
      {
        ...{ length: 128, protocol: "greedy", tokens: 22 },
        values: valuesOf([overlap], items(agree)),
        items: items(agree),
      },
    ],
  });
  const rows = rank({
    configuration: {
      ...configuration,
      encodings: ["a", "b"],
      seeds: [1, 2, 3],
      testLengths: [128],
    },
    protocols: ["greedy"],
    trials: [1, 2, 3].flatMap((seed) => [trial("a", seed, 4 + (seed % 2)), trial("b", seed, 9)]),
    measure: overlap,
  }).filter(isRanked);

  test("is ranked, the highest first", () => {
    expect(worseSign(overlap)).toBe(-1);
    expect(rows.map(({ encoding, standing }) => [encoding, standing])).toEqual([
      ["a", "behind"],
      ["b", "best"],
    ]);
    expect(rows[0]!.measure).toBe("overlap");
    expect(rows[0]!.value).toBeCloseTo(
      mean([1, 2, 3].map((s) => valueOf(overlap, items(4 + (s % 2))))),
      12,
    );
    expect(rows[0]!.difference.worseSeeds).toBe(3);
  });

  test("is printed in its own words, with what guessing reaches", () => {
    const printed = { ...overlap.printed, best: "highest overlap", digits: 1, chance: 12.345 };
    expect(signsExplained({ ...overlap, printed }, ["best", "behind"])).toEqual([
      "* highest overlap at this length",
      "guessing reaches 12.3",
    ]);
  });
});
