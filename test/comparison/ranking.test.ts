/**
 * Which trials enter a row of the ranking.
 */
import { describe, expect, test } from "vitest";
import { compareEncodings } from "../../src/comparison/compare-encodings.ts";
import { isRanked } from "../../src/comparison/ranked.ts";
import type { Trial } from "../../src/comparison/trial-record.ts";
import { differencesFromBest } from "../../src/comparison/statistics/differences.ts";
import { seedsToDecide } from "../../src/comparison/statistics/seeds-to-decide.ts";
import { bitsPerByte } from "../../src/measures/bits-per-byte.ts";
import type { Run } from "../../src/measures/estimate.ts";
import { fixture, seven } from "./fixture.ts";

const { configuration, trials } = fixture({
  characters: seven.filter(({ encoding }) => ["none", "alibi"].includes(encoding)),
  configuration: { seeds: [1, 2, 3] },
});

/** The trials with another value of one of them at 128 tokens. */
function changed(value: number | undefined): Trial[] {
  return trials.map((trial) =>
    trial.encoding !== "alibi" || trial.seed !== 2
      ? trial
      : {
          ...trial,
          evaluations: trial.evaluations.flatMap((entry) => {
            if (entry.length !== 128 || "unsupported" in entry) return [entry];
            return value === undefined
              ? []
              : [{ ...entry, values: { ...entry.values, bitsPerByte: value } }];
          }),
        },
  );
}

describe("an encoding with a seed that failed", () => {
  test.each([
    ["whose loss is not finite", NaN],
    ["that is not there", undefined],
  ])("%s has no mean of the others, at that length", (_, value) => {
    const rows = compareEncodings(configuration, changed(value));
    const of = (encoding: string, length: number) =>
      rows.find(
        (row) => row.encoding === encoding && row.length === length && row.protocol === "windows",
      )!;
    expect(of("alibi", 128)).toMatchObject({ failed: "bits per byte not finite with seed 2" });
    expect(isRanked(of("none", 128))).toBe(true);
    expect(isRanked(of("alibi", 1024))).toBe(true);
  });

  test("a mean is that of all seeds", () => {
    const row = compareEncodings(configuration, trials).find(
      ({ encoding, length, protocol }) =>
        encoding === "alibi" && length === 128 && protocol === "windows",
    )!;
    const values = trials
      .filter(({ encoding }) => encoding === "alibi")
      .map(({ evaluations }) => {
        const entry = evaluations.find(
          (each) => each.length === 128 && each.protocol === "windows",
        )!;
        return "values" in entry ? entry.values["bitsPerByte"]! : NaN;
      });
    expect(values).toHaveLength(3);
    expect(isRanked(row) && row.value).toBeCloseTo(values.reduce((a, b) => a + b, 0) / 3, 12);
  });
});

describe("a row has the statistics of all encodings at its place", () => {
  const whole = fixture({ configuration: { seeds: [1, 2] } });
  const place = (encoding: string, length: number) =>
    whole.configuration.seeds.flatMap((seed): Run[] => {
      const trial = whole.trials.find((each) => each.encoding === encoding && each.seed === seed)!;
      const entry = trial.evaluations.find(
        (each) => each.length === length && each.protocol === "windows",
      );
      if (entry === undefined || "unsupported" in entry) return [];
      const { values, items } = entry;
      return [{ value: values["bitsPerByte"]!, items, count: items["bits"]!.length }];
    });

  test.each([128, 1024])("at %i", (length) => {
    const there = whole.configuration.encodings.filter(
      (encoding) => place(encoding, length).length > 0,
    );
    const entries = there.map((encoding) => ({
      runs: place(encoding, length),
      ...(length === 128 ? {} : { before: place(encoding, 128) }),
    }));
    const { differences, errors } = differencesFromBest(bitsPerByte, entries);
    const rows = whole.comparison
      .filter(isRanked)
      .filter((row) => row.length === length && row.protocol === "windows");
    expect(rows.map(({ encoding }) => encoding)).toEqual(there);
    rows.forEach((row, at) => {
      expect(row.difference).toEqual(differences[at]);
      if (row.seedsToDecide === undefined) return;
      const together = (there.length * (there.length - 1)) / 2;
      const open = { mean: row.difference.mean, ...errors[at]!, together };
      expect(row.seedsToDecide).toBe(seedsToDecide(open, 2));
    });
    if (length === 128)
      expect(rows.some((row) => typeof row.seedsToDecide === "number")).toBe(true);
  });
});
