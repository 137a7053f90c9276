/** Measures of texts by which encodings are ranked. */
import { expect, test } from "vitest";
import { bleu } from "../../../src/measures/text/bleu.ts";
import { exactText, rankedTexts } from "../../../src/measures/text/ranked-texts.ts";
import { scoreTexts } from "../../../src/measures/text/text-measure.ts";

test("an answer is exact if it equals any right one, but for white space at its ends", () => {
  const answers = ["2027-03-04", " a b ", "a  b", "A b", ""];
  const right = [["2027-03-05", "2027-03-04"], ["a b"], ["a b"], ["a b"], ["a b"]];
  const { items, value, signature } = scoreTexts(exactText, answers, right);
  expect(items).toEqual({ exact: [1, 1, 0, 0, 0] });
  expect(value).toBe(0.4);
  expect(signature).toMatch(/^nrefs:var\|exact\|/);
});

test("a ranked score has the value that it has unranked, and a spread that grows with it", () => {
  const plain = bleu();
  const ranked = rankedTexts(plain);
  const texts = [["the cat sat on the mat"], [["the cat sat on a mat"]]] as const;
  expect(scoreTexts(ranked, ...texts)).toEqual(scoreTexts(plain, ...texts));
  const { spread, floor, items } = ranked.uncertainty;
  expect(items.kind).toBe("pairs");
  expect(Math.sqrt(spread.level(35, 0))).toBeCloseTo(0.42, 12);
  expect(Math.sqrt(spread.level(35, -10))).toBeCloseTo(Math.hypot(0.42, 0.7), 12);
  // Half a pair of a thousand moves a score of 100 by 0.05, on each of two sides.
  expect(Math.sqrt(floor!(1000))).toBeCloseTo(0.05 * Math.SQRT2, 12);
  expect(exactText.uncertainty.floor!(1000)).toBeCloseTo(0.5e-6, 15);
});

test("a measure without a largest value is refused", () => {
  expect(() => rankedTexts({ ...bleu(), range: [0, Infinity] })).toThrow(/need a largest value/);
});
