/** Pairs of texts and the digest by which a run recognises them. */
import { expect, test } from "vitest";
import { answersOf, digestOfPairs } from "../../../src/data/pairs/pair.ts";

const pair = { source: "ein Hund", target: "a dog" };

test("the target is the first of the right answers", () => {
  expect(answersOf(pair)).toEqual(["a dog"]);
  expect(answersOf({ ...pair, references: ["one dog"] })).toEqual(["a dog", "one dog"]);
});

test("a digest depends on texts, sides, order, references and parts", async () => {
  const other = { source: "eine Katze", target: "a cat" };
  const variants = [
    [["train", [pair, other]]],
    [["train", [other, pair]]],
    [["train", [pair]]],
    [
      ["train", [pair]],
      ["validation", [other]],
    ],
    [
      ["train", [pair]],
      ["test", [other]],
    ],
    [["train", [{ source: pair.target, target: pair.source }]]],
    [["train", [{ ...pair, references: ["one dog"] }, other]]],
    [["train", [{ ...pair, target: "a do", references: ["g"] }, other]]],
  ] as const;
  const digests = await Promise.all(variants.map((parts) => digestOfPairs(parts)));
  expect(new Set(digests).size).toBe(variants.length);
  for (const digest of digests) expect(digest).toMatch(/^[0-9a-f]{64}$/);
});

test("pairs beyond the first ten thousand count", async () => {
  const many = Array.from({ length: 10_001 }, () => pair);
  const changed = [...many.slice(0, -1), { ...pair, target: "the dog" }];
  expect(await digestOfPairs([["train", changed]])).not.toBe(
    await digestOfPairs([["train", many]]),
  );
});
