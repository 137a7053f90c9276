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

  const pair = (level: number, seeds: readonly number[]): Ranked[] => {
    const noise = random(4);
    return compareEncodings(
      { ...oneLength, encodings: ["a", "b"], seeds },
      seeds.flatMap((seed) => [
        trial("a", seed, 2.2 + level + 0.001 * normal(noise), noise),
        trial("b", seed, 2.2, noise),
      ]),
    ) as Ranked[];
  };

  test("with one seed a difference of the trained models is not one of the encodings", () => {
    const [a, b] = pair(0.03, [1]);
    expect([a!.standing, b!.standing]).toEqual(["level", "best"]);
    expect(a!.difference.trained!.low).toBeGreaterThan(0);
    expect(a!.difference.simultaneous!.low).toBeLessThan(0);
    expect(a!.seedsToDecide).toBeGreaterThan(1);
    const far = pair(0.4, [1])[0]!;
    expect(far.standing).toBe("behind");
    expect(far.difference.simultaneous!.low).toBeGreaterThan(0.1);
    expect(far).not.toHaveProperty("seedsToDecide");
  });

  test("several seeds tell the same difference", () => {
    const [a, b] = pair(0.03, [1, 2, 3]);
    expect([a!.standing, b!.standing]).toEqual(["behind", "best"]);
    expect(a!.difference.mean).toBeCloseTo(0.03, 1);
    expect(a!.difference.simultaneous!.low).toBeGreaterThan(0);
    expect(a!.difference.worseSeeds).toBe(3);
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
