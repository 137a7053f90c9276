/**
 * The paired bootstrap: intervals and p against what theory gives, and what pairing is for.
 */
import { describe, expect, test } from "vitest";
import { pairedBootstrap } from "../../../src/comparison/statistics/paired-bootstrap.ts";
import type { Items } from "../../../src/measures/items.ts";
import { bitsPerByte } from "../../../src/measures/bits-per-byte.ts";
import { exactMatch } from "../../../src/measures/exact-match.ts";
import { bleu } from "../../../src/measures/text/bleu.ts";
import { textItems } from "../../../src/measures/text/text-measure.ts";
import { random } from "../../../src/random/random.ts";

/** Right and wrong answers; the second model changes a share of the first one's. */
function answers(count: number, changed: number, seed = 1): readonly [Items, Items] {
  const draw = random(seed, "answers");
  const a = Array.from({ length: count }, () => (draw.uniform() < 0.6 ? 1 : 0));
  const b = a.map((right) => (draw.uniform() < changed ? 0 : right));
  return [{ correct: a }, { correct: b }];
}

describe("of a mean", () => {
  const [a, b] = answers(400, 0.1);
  const { difference, interval, p } = pairedBootstrap(exactMatch, a, b);

  test("the interval is that of the differences item by item", () => {
    const each = a["correct"]!.map((right, at) => right - b["correct"]![at]!);
    expect(difference).toBeCloseTo(each.reduce((x, y) => x + y) / 400, 12);
    const deviation = Math.sqrt((difference * (1 - difference)) / 400);
    // 1,000 resamples leave about 5 % of error in a quantile's distance; unpaired, it would be three times as large.
    expect((interval.high - interval.low) / (2 * 1.96 * deviation)).toBeGreaterThan(0.88);
    expect((interval.high - interval.low) / (2 * 1.96 * deviation)).toBeLessThan(1.12);
    expect((interval.low + interval.high) / 2).toBeCloseTo(difference, 2);
  });

  test("p of a clear difference is the least that the resamples allow", () => {
    expect(p).toBe(1 / 1001);
    expect(pairedBootstrap(exactMatch, a, b, { resamples: 99 }).p).toBe(1 / 100);
  });

  test("the models exchanged give the other sign", () => {
    const other = pairedBootstrap(exactMatch, b, a);
    expect(other.difference).toBe(-difference);
    expect(other.interval.low).toBeCloseTo(-interval.high, 12);
    expect(other.p).toBe(p);
  });

  test("a narrower confidence gives a narrower interval, and another seed another one", () => {
    const half = pairedBootstrap(exactMatch, a, b, { confidence: 0.5 }).interval;
    expect((half.high - half.low) / (interval.high - interval.low)).toBeCloseTo(0.674 / 1.96, 1);
    expect(pairedBootstrap(exactMatch, a, b, { seed: 1 }).interval).not.toEqual(interval);
    expect(pairedBootstrap(exactMatch, a, b)).toEqual({ ...pairedBootstrap(exactMatch, a, b) });
  });
});

test("p is 1 of equal models", () => {
  const [a] = answers(50, 0);
  expect(pairedBootstrap(exactMatch, a, a)).toMatchObject({
    difference: 0,
    interval: { low: 0, high: 0 },
    p: 1,
  });
});

test("where models differ by chance, p is below 0.1 about once in ten times", () => {
  const small = Array.from({ length: 200 }, (_, seed) => {
    const draw = random(seed, "chance");
    const scores = (): number[] => Array.from({ length: 60 }, () => draw.normal());
    const [a, b] = [scores(), scores()].map((bits) => ({ bits, bytes: bits.map(() => 1) }));
    return pairedBootstrap(bitsPerByte, a!, b!, { resamples: 200, seed }).p < 0.1;
  }).filter(Boolean).length;
  // Binomial: 20, standard deviation 4.2.
  expect(small).toBeGreaterThan(8);
  expect(small).toBeLessThan(33);
});

test("BLEU is computed anew from the counts of each resample", () => {
  const sentences = Array.from({ length: 40 }, (_, at) => `the ${at} cats sat on ${at % 7} mats .`);
  const references = sentences.map((each) => [each]);
  const worse = sentences.map((each, at) =>
    at % 4 === 0 ? each.replace("sat on", "on sat") : each,
  );
  const [good, bad] = [sentences, worse].map((each) => textItems(bleu(), each, references));
  const { a, b, interval, p } = pairedBootstrap(bleu(), good!, bad!);
  expect(a).toBe(100);
  expect(b).toBeLessThan(95);
  expect(interval.low).toBeGreaterThan(0);
  expect(interval.low).toBeLessThan(a - b);
  expect(interval.high).toBeGreaterThan(a - b);
  expect(p).toBeLessThan(0.01);
});

test("calls that cannot be are refused", () => {
  const [a, b] = answers(10, 0.5);
  const shorter = { correct: b["correct"]!.slice(1) };
  expect(() => pairedBootstrap(exactMatch, a, shorter)).toThrow(
    "the bootstrap needs the same items for both models, got 10 and 9 of them. Judge both on the same test set.",
  );
  expect(() => pairedBootstrap(exactMatch, { correct: [] }, { correct: [] })).toThrow("got 0 of");
  expect(() => pairedBootstrap(exactMatch, a, b, { resamples: 0 })).toThrow("resamples, got 0.");
  expect(() => pairedBootstrap(exactMatch, a, b, { confidence: 95 })).toThrow(
    "between 0 and 1, got 95.",
  );
  expect(() => pairedBootstrap(bleu(), a, b)).toThrow('the items have no column "bleuAnswerWords"');
});

describe("what is no pair is refused", () => {
  const items = { bits: [3, 4, 5], bytes: [8, 9, 8] };
  test.each<[string, Items, Items, string]>([
    [
      "items of other sizes",
      items,
      { ...items, bytes: [8, 8, 9] },
      "the same items for both models in the same order: of item 1, the bytes of the same tokens are 9 and 8.",
    ],
    [
      "a model without a number",
      items,
      { ...items, bits: [3, NaN, 5] },
      "bits per byte of model b is NaN, because an item has a number that is not finite.",
    ],
    ["an infinite loss", { ...items, bits: [3, Infinity, 5] }, items, "model a is Infinity"],
  ])("%s", (_, a, b, message) => {
    expect(() => pairedBootstrap(bitsPerByte, a, b)).toThrow(message);
  });

  test("what models do differently is none of the item's size", () => {
    expect(pairedBootstrap(bitsPerByte, items, { ...items, bits: [4, 4, 4] }).a).toBe(12 / 25);
  });
});
