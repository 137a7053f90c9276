import { describe, expect, test } from "vitest";
import { changesTogether } from "../../../src/comparison/statistics/differences.ts";
import { commonStretches, mostStretches } from "../../../src/comparison/statistics/stretches.ts";
import { bitsPerByte } from "../../../src/measures/bits-per-byte.ts";
import type { Run } from "../../../src/measures/estimate.ts";
import { random } from "../../../src/random/random.ts";

const equal = (count: number, size: number): number[] => new Array<number>(count).fill(size);

/** A run over windows whose bits and bytes are given. */
function run(bits: readonly number[], bytes: readonly number[]): Run {
  const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
  return { value: sum(bits) / sum(bytes), items: { bits, bytes }, count: bits.length };
}

/** Sums of so many neighbours. */
function joined(values: readonly number[], together: number): number[] {
  return Array.from({ length: values.length / together }, (_, at) =>
    values.slice(at * together, (at + 1) * together).reduce((a, b) => a + b, 0),
  );
}

describe("stretches in common", () => {
  test("are the windows of the longest length, where shorter ones fit in", () => {
    const [short, long] = commonStretches([equal(256, 64), equal(32, 512)]);
    expect(short).toEqual(Array.from({ length: 32 }, (_, at) => 8 * (at + 1)));
    expect(long).toEqual(Array.from({ length: 32 }, (_, at) => at + 1));
  });

  test("are at most 32, of equal size but for the last", () => {
    expect(mostStretches).toBe(32);
    const [ends] = commonStretches([equal(33, 100)]);
    expect(ends).toEqual([...Array.from({ length: 16 }, (_, at) => 2 * (at + 1)), 33]);
    expect(commonStretches([equal(5, 7)])[0]).toEqual([1, 2, 3, 4, 5]);
  });

  test("join windows until their ends coincide", () => {
    // 100 and 64 coincide at 1,600; the last windows of a span are shorter.
    const [hundred, sixtyFour] = commonStretches([
      [...equal(32, 100), 40],
      [...equal(50, 64), 40],
    ]);
    expect(hundred).toEqual([16, 32, 33]);
    expect(sixtyFour).toEqual([25, 50, 51]);
  });

  test("of different texts are refused", () => {
    expect(() => commonStretches([equal(4, 10), equal(4, 11)])).toThrow(
      "evaluations that are compared must be of the same text, got 40 and 44 bytes",
    );
  });
});

describe("changes between lengths are paired by text", () => {
  const noise = random(5, "losses");
  const bits = Array.from({ length: 256 }, () => 160 + 30 * noise.normal());
  const bytes = Array.from({ length: 256 }, (_, at) => 60 + (at % 9));
  const short = run(bits, bytes);

  test("the same losses summed by 64 and by 512 have an interval of zero", () => {
    const long = run(joined(bits, 8), joined(bytes, 8));
    const [change] = changesTogether(bitsPerByte, [{ runs: [long], before: [short] }]);
    expect(change!.mean).toBeCloseTo(0, 12);
    expect(change!.trained!.low).toBeCloseTo(0, 12);
    expect(change!.trained!.high).toBeCloseTo(0, 12);
  });

  test("a small fall in 28 of 32 stretches is certain, and one in another order is not", () => {
    const falls = Array.from({ length: 32 }, (_, at) => (at % 8 === 0 ? 4 : -8));
    const long = joined(bits, 8).map((one, at) => one + falls[at]!);
    const [paired] = changesTogether(bitsPerByte, [
      { runs: [run(long, joined(bytes, 8))], before: [short] },
    ]);
    expect(paired!.trained!.high).toBeLessThan(0);
    // The same numbers without their places: the text's own difficulty hides the fall.
    const moved = run(
      [...long.slice(5), ...long.slice(0, 5)],
      joined(bytes, 8).map(() => 512),
    );
    const before = run(bits, equal(256, 64));
    const [unpaired] = changesTogether(bitsPerByte, [{ runs: [moved], before: [before] }]);
    expect(unpaired!.trained!.low).toBeLessThan(0);
    expect(unpaired!.trained!.high).toBeGreaterThan(0);
  });
});
