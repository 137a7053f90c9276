import { expect, test } from "vitest";
import { seedsToDecide } from "../../../src/comparison/statistics/seeds-to-decide.ts";
import { studentQuantile } from "../../../src/comparison/statistics/student-t.ts";

const open = { mean: 0.05, seeds: 0.001, items: 0.00001, together: 21 };

test("is the least number with which the interval would leave zero out", () => {
  const count = seedsToDecide(open, 3)!;
  const left = (n: number): number =>
    0.05 - studentQuantile(1 - 0.05 / 21, 2 * (n - 1) + 3) * Math.sqrt((0.001 * 3) / n + 0.00001);
  expect(count).toBeGreaterThan(3);
  expect(left(count)).toBeGreaterThan(0);
  expect(left(count - 1)).toBeLessThan(0);
});

test("a larger difference, a smaller variance and fewer pairs need fewer", () => {
  const count = seedsToDecide(open, 3)!;
  expect(seedsToDecide({ ...open, mean: 0.08 }, 3)!).toBeLessThan(count);
  expect(seedsToDecide({ ...open, seeds: 0.0004 }, 3)!).toBeLessThan(count);
  expect(seedsToDecide({ ...open, together: 1 }, 3)!).toBeLessThan(count);
});

test("what the text leaves open is not decided by seeds", () => {
  expect(seedsToDecide({ ...open, items: 0.01 }, 3)).toBeNull();
  expect(seedsToDecide({ ...open, mean: 0 }, 3)).toBeNull();
  // Were its variance divided by the seeds as theirs is, 20 would do: 0.05 > 3.3 √((0.001 + 0.0002) 3 / 20).
  expect(seedsToDecide({ ...open, items: 0.0002 }, 3)).toBeNull();
});
