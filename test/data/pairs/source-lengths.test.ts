/** Pairs by the length of their source. */
import { expect, test } from "vitest";
import type { TextPair } from "../../../src/data/pairs/pair.ts";
import { bySourceLength } from "../../../src/data/pairs/source-lengths.ts";

const of = (...lengths: readonly number[]): TextPair[] =>
  lengths.map((length) => ({ source: "x".repeat(length), target: "y" }));
const lengths = (pairs: readonly TextPair[]): number[] => pairs.map(({ source }) => source.length);

test("sources are short, as long as some that were trained on, or longer than any", () => {
  const { median, longest, ...groups } = bySourceLength(of(7, 1, 30, 4), of(3, 4, 5, 30, 31));
  expect([median, longest]).toEqual([4, 30]);
  expect(lengths(groups.short)).toEqual([3, 4]);
  expect(lengths(groups.seen)).toEqual([5, 30]);
  expect(lengths(groups.longer)).toEqual([31]);
});

test("the length may be counted otherwise; without training pairs there is nothing to compare with", () => {
  const words = (source: string): number => source.split(" ").length;
  const train = [{ source: "a b c", target: "" }];
  const found = bySourceLength(train, [{ source: "longlonglong", target: "" }], words);
  expect(found.short).toHaveLength(1);
  expect(() => bySourceLength([], of(1))).toThrow(/training pairs, got none/);
});
