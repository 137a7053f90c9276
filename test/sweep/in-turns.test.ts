/**
 * Measuring in turns: the order, the medians, and what ends it.
 */
import { describe, expect, test } from "vitest";
import { groupsWithin, median, mediansInTurns } from "../../src/sweep/in-turns.ts";

const often = { rounds: 5, leastRounds: 2, seconds: 60 };

describe("medians in turns", () => {
  test("each is called once in a round, in order", async () => {
    const calls: string[] = [];
    const measurements = ["a", "b", "c"].map((name, at) => async () => {
      calls.push(name);
      return Promise.resolve(at);
    });
    expect(await mediansInTurns(measurements, often)).toEqual([0, 1, 2]);
    expect(calls.join("")).toBe("abcabcabcabcabc");
  });

  test("a machine that is slow for a while slows all alike, and one outlier moves none", async () => {
    // The same two things, of which the second takes twice as long, on a machine that slows down by and by.
    let clock = 0;
    const takes = (seconds: number) => async () => Promise.resolve(seconds * (1 + 0.1 * clock++));
    const [one, two] = (await mediansInTurns([takes(1), takes(2)], often))!;
    expect(two! / one!).toBeGreaterThan(1.9);
    expect(two! / one!).toBeLessThan(2.2);
    const values = [1, 1, 50, 1, 1];
    const outlier = async (): Promise<number> => Promise.resolve(values.pop()!);
    expect(await mediansInTurns([outlier], often)).toEqual([1]);
  });

  test("no round begins after the time, but for the fewest", async () => {
    let calls = 0;
    const slow = async (): Promise<number> => {
      calls++;
      await new Promise((resolve) => setTimeout(resolve, 15));
      return 1;
    };
    await mediansInTurns([slow], { rounds: 9, leastRounds: 3, seconds: 0 });
    expect(calls).toBe(3);
  });

  test("it can be ended between two measurements", async () => {
    let calls = 0;
    const measure = async (): Promise<number> => Promise.resolve(calls++);
    const goesOn = async (): Promise<boolean> => Promise.resolve(calls < 3);
    expect(await mediansInTurns([measure, measure], { ...often, goesOn })).toBeUndefined();
    expect(calls).toBe(3);
  });
});

test("the median of an odd and an even count, and of none", () => {
  expect(median([3, 1, 2])).toBe(2);
  expect(median([4, 1, 3, 2])).toBe(2.5);
  expect(median([])).toBeNaN();
});

test.each([
  [[3, 3, 3], 9, [[3, 3, 3]]],
  [[3, 3, 3], 8, [[3, 3], [3]]],
  [[9, 1, 1, 9], 4, [[9], [1, 1], [9]]],
  [[1, NaN, 1], 4, [[1], [NaN], [1]]],
  [[], 4, []],
])("groups of %j within %d", (sizes, most, expected) => {
  expect(groupsWithin(sizes, (size) => size, most)).toEqual(expected);
});
