/**
 * Exact match and F1 against the rules of SQuAD's scripts: 300 answers by themselves and together.
 */
import { describe, expect, test } from "vitest";
import { halfEven } from "../../../src/measures/text/half-even.ts";
import {
  squadExactMatch,
  squadF1,
  squadVersions,
  squadWords,
} from "../../../src/measures/text/squad.ts";
import { scoreTexts } from "../../../src/measures/text/text-measure.ts";
import { readGolden } from "../../golden/golden.ts";
import { textCase } from "./cases.ts";

const { cases } = readGolden("squad");
const measures = squadVersions.flatMap((script) => [squadExactMatch(script), squadF1(script)]);
const singles = cases.filter(({ name }) => name !== "all");

describe("an answer", () => {
  test.each(singles)("$name", ({ options, outputs }) => {
    const { answer, references } = textCase(options);
    // Every operation is one of float64 in the reference's order, so the numbers are the same to the bit.
    expect(
      measures.flatMap((measure) => measure.contribution(answer, references)[measure.id]!),
    ).toEqual(outputs["squad"]!.data);
  });
});

test("all answers together, to the last digit shown", () => {
  expect(singles).toHaveLength(300);
  const texts = singles.map(({ options }) => textCase(options));
  const scores = measures.map((measure) =>
    scoreTexts(
      measure,
      texts.map(({ answer }) => answer),
      texts.map(({ references }) => references),
    ),
  );
  const { options, outputs } = cases.find(({ name }) => name === "all")!;
  scores.forEach(({ value }, at) => expect(value).toBeCloseTo(outputs["squad"]!.data[at]!, 12));
  expect(scores.map(({ value }, at) => halfEven(value, measures[at]!.printed.digits))).toEqual(
    options["printed"],
  );
});

test("an article is a word by itself: a combining mark ends it, and a letter of any script does not", () => {
  expect(squadWords("The a\u0301 thé aя an_ the2 The-a")).toEqual([
    "\u0301",
    "thé",
    "aя",
    "the2",
    "thea",
  ]);
});
