import { describe, expect, test } from "vitest";
import { compareEncodings } from "../../src/comparison/compare-encodings.ts";
import { isRanked } from "../../src/comparison/ranked.ts";
import type { Ranked } from "../../src/comparison/ranked.ts";
import type { Measured, Trial } from "../../src/comparison/trial-record.ts";
import { configuration, fixture, normal, random, seven } from "./fixture.ts";

const oneLength = { ...configuration, testLengths: [128] };

/** A trial measured at one length, with noise of its own in each window. */
function trial(encoding: string, seed: number, level: number, noise: () => number): Trial {
  const bytes = new Array<number>(48).fill(300);
  const bits = bytes.map((size) => size * (level + 0.02 * normal(noise)));
  const evaluation: Measured = {
    length: 128,
    protocol: "windows",
    values: { bitsPerByte: bits.reduce((sum, x) => sum + x, 0) / (48 * 300), perplexity: 30 },
    tokens: 6144,
    items: { bits, bytes, tokens: bytes.map(() => 128) },
  };
  return {
    encoding,
    seed,
    parameters: 1,
    secondsPerStep: 1,
    peakMemoryBytes: 1,
    trainingLoss: [],
    evaluations: [evaluation],
    lossByPosition: [],
  };
}

describe("compareEncodings", () => {
  test("has a row for each encoding, length and protocol", () => {
    const { comparison } = fixture();
    expect(comparison).toHaveLength(7 * 4 * 2);
    expect(comparison.filter((row) => row.length === 1024 && isRanked(row))).toHaveLength(5 * 2);
  });

  test("with one seed pairs windows, with several pairs seeds", () => {
    const over = (seeds: number[]): Set<string> =>
      new Set(
        fixture({ configuration: { seeds } })
          .comparison.filter(isRanked)
          .map((row) => row.over),
      );
    expect(over([1])).toEqual(new Set(["paired windows of text"]));
    expect(over([1, 2])).toEqual(new Set(["paired seeds"]));
  });

  test("the truly best encoding is best or level in 95 of 100 comparisons of equals", () => {
    const names = ["a", "b", "c", "d", "e"];
    const noise = random(3);
    let excluded = 0;
    const rounds = 400;
    for (let round = 0; round < rounds; round++) {
      const rows = compareEncodings(
        { ...oneLength, encodings: names },
        names.map((name) => trial(name, 1, 2.2, noise)),
      ) as Ranked[];
      // All five are equal, so each could stand for the truth; one must be named.
      if (rows.find((row) => row.encoding === "a")!.standing === "behind") excluded++;
    }
    expect(excluded / rounds).toBeLessThan(0.05);
  });

  test("tells a real difference", () => {
    const noise = random(4);
    const rows = compareEncodings({ ...oneLength, encodings: ["a", "b"] }, [
      trial("a", 1, 2.25, noise),
      trial("b", 1, 2.2, noise),
    ]) as Ranked[];
    expect(rows.map((row) => row.standing)).toEqual(["behind", "best"]);
    expect(rows[0]!.difference.mean).toBeCloseTo(0.05, 1);
    expect(rows[0]!.difference.simultaneous!.low).toBeGreaterThan(0);
  });

  test("the interval for all together is the wider one", () => {
    for (const row of fixture().comparison) {
      if (!isRanked(row) || row.standing === "best" || row.length !== 256) continue;
      const { interval, simultaneous } = row.difference;
      expect(simultaneous!.low).toBeLessThan(interval!.low);
      expect(simultaneous!.high).toBeGreaterThan(interval!.high);
    }
  });

  test("growth is this length minus the train length", () => {
    const rows = fixture().comparison.filter(isRanked);
    const at = (length: number): Ranked =>
      rows.find(
        (row) => row.encoding === "rope" && row.length === length && row.protocol === "windows",
      )!;
    expect(at(128).growth).toBeNull();
    expect(at(1024).growth!.mean).toBeCloseTo(at(1024).value - at(128).value, 10);
  });

  test("an encoding that diverged with one seed is not averaged over the others", () => {
    const noise = random(6);
    const broken = trial("a", 2, NaN, noise);
    const rows = compareEncodings({ ...oneLength, encodings: ["a", "b"], seeds: [1, 2] }, [
      trial("a", 1, 2.0, noise),
      broken,
      trial("b", 1, 2.2, noise),
      trial("b", 2, 2.2, noise),
    ]);
    expect(rows[0]).toMatchObject({
      encoding: "a",
      failed: "bits per byte not finite with seed 2",
    });
    expect(rows[1]).toMatchObject({ encoding: "b", standing: "best" });
  });

  test("what cannot run keeps its reason", () => {
    const row = fixture().comparison.find(
      ({ encoding, length }) => encoding === "learned" && length === 512,
    );
    expect(row).toMatchObject({ failed: "its table has 128 rows" });
    expect(seven.find(({ encoding }) => encoding === "learned")!.reach).toBe(128);
  });
});
