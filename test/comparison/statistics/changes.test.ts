/**
 * Changes of several encodings are one family.
 */
import { expect, test } from "vitest";
import { changesTogether } from "../../../src/comparison/statistics/differences.ts";
import { bitsPerByte } from "../../../src/measures/bits-per-byte.ts";
import { random } from "../../../src/random/random.ts";
import { madeUpRuns } from "./made-up.ts";

test("the interval of a change is wider among ten than alone, and the change and its seeds are the same", () => {
  const stream = random(5, "changes");
  const made = {
    encodings: 10,
    seeds: 3,
    losses: Array<number>(10).fill(2.5),
    unequal: "equal",
  } as const;
  const [before, after] = [madeUpRuns(made, stream), madeUpRuns(made, stream)];
  const entries = after.map((runs, at) => ({ runs, before: before[at]! }));
  const together = changesTogether(bitsPerByte, entries);
  const width = ({ low, high }: { low: number; high: number }): number => high - low;
  for (const { interval, simultaneous, trained, mean, worseSeeds } of together) {
    // Max-t over ten: between the quantile of one and that of Bonferroni.
    const ratio = width(simultaneous!) / width(interval!);
    expect(ratio).toBeGreaterThan(1.15);
    expect(ratio).toBeLessThan(2);
    expect(width(trained!)).toBeLessThan(width(simultaneous!));
    expect((interval!.low + interval!.high) / 2).toBeCloseTo(mean, 9);
    expect(worseSeeds).toBeLessThanOrEqual(3);
  }
  const [alone] = changesTogether(bitsPerByte, entries.slice(0, 1));
  expect(width(alone!.simultaneous!)).toBeLessThan(width(together[0]!.simultaneous!));
  expect(alone!.mean).toBe(together[0]!.mean);
  expect(alone!.worseSeeds).toBe(
    after[0]!.filter(({ value }, seed) => value > before[0]![seed]!.value).length,
  );
});
