import { expect, test } from "vitest";
import { seedList } from "../../src/cli/option-values.ts";

test.each<[string, readonly number[]]>([
  ["1-5", [1, 2, 3, 4, 5]],
  ["1,3-5", [1, 3, 4, 5]],
  ["0-1, 7 - 8,3", [0, 1, 7, 8, 3]],
  ["4-4", [4]],
])("seeds %s", (text, seeds) => {
  expect(seedList(text)).toEqual(seeds);
});

test.each([
  ["5-1", "The range 5-1 ends before it begins. Write 1-5."],
  ["1-1000000000", "has 1000000000 seeds; give at most 1000"],
  ["-3", "It must be a whole number of 0 or more, a range such as 1-5, or a list of them."],
  ["1-", "a range such as 1-5"],
  ["1-2-3", "a range such as 1-5"],
  ["1,,2", "no empty place"],
  ["1.5", "a range such as 1-5"],
])("seeds %s are refused", (text, message) => {
  expect(() => seedList(text)).toThrow(message);
});
