/**
 * What of an error is due to seeds and what to items, and of whose value a mean's interval is.
 */
import { expect, test } from "vitest";
import { allPairs, differencesFromBest } from "../../../src/comparison/statistics/differences.ts";
import type { Entry } from "../../../src/comparison/statistics/differences.ts";
import { bitsPerByte } from "../../../src/measures/bits-per-byte.ts";
import { random } from "../../../src/random/random.ts";
import { madeUpRuns } from "./made-up.ts";

const made = madeUpRuns(
  { encodings: 3, seeds: 3, losses: [2.5, 2.52, 2.6], unequal: "equal" },
  random(8, "errors"),
);
const entries = made.map((runs): Entry => ({ runs }));

test("the variance of a difference is that of the items, which more seeds do not lessen, and the rest is that of seeds", () => {
  const { best, errors } = differencesFromBest(bitsPerByte, entries);
  const { pairs, estimate } = allPairs(bitsPerByte, entries);
  const [all, given] = [estimate("blocks"), estimate("given")];
  errors.forEach(({ seeds, items }, at) => {
    if (at === best) return;
    const place = pairs.findIndex((pair) => pair.includes(at) && pair.includes(best));
    expect(items).toBeCloseTo(given[place]!.standardError ** 2, 12);
    expect(seeds + items).toBeCloseTo(all[place]!.standardError ** 2, 12);
    expect(seeds).toBeGreaterThan(0);
    expect(items).toBeGreaterThan(0);
  });
});

test("what a seed does to all encodings widens the interval of each mean, and not that of their difference", () => {
  const shifts = [-0.3, 0, 0.3];
  const moved = made.map((runs): Entry => ({
    runs: runs.map((run, seed) => ({ ...run, value: run.value + shifts[seed]! })),
  }));
  const width = (interval: { low: number; high: number } | null): number =>
    interval!.high - interval!.low;
  const [plain, shifted] = [entries, moved].map((each) => differencesFromBest(bitsPerByte, each));
  plain!.means.forEach(({ interval }, at) =>
    expect(width(shifted!.means[at]!.interval)).toBeGreaterThan(3 * width(interval)),
  );
  plain!.differences.forEach(({ interval }, at) => {
    if (at === plain!.best) return;
    expect(width(shifted!.differences[at]!.interval) / width(interval)).toBeCloseTo(1, 6);
  });
});
