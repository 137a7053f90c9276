/** Answers that no model is needed for. */
import { expect, test } from "vitest";
import { leadOf, simpleAnswers } from "../../../src/data/pairs/simple-answers.ts";

const train = ["x", "b", "a", "a", "b", "c"].map((target, at) => ({ source: `s${at}`, target }));

test("the source, the most frequent target and the first sentence", () => {
  const pair = { source: "One went out. Two stayed." };
  const answers = simpleAnswers(train).map(({ id, answer }) => [id, answer(pair)]);
  expect(answers).toEqual([
    ["copy", "One went out. Two stayed."],
    ["most frequent", "b"],
    ["lead", "One went out."],
  ]);
});

test("the first sentence is the data's, or Unicode's", () => {
  expect(leadOf({ source: "We use e.g. A. It works.", lead: "We use e.g. A." })).toBe(
    "We use e.g. A.",
  );
  expect(leadOf({ source: "no point at the end" })).toBe("no point at the end");
  expect(leadOf({ source: "今日は晴れ。明日は雨。" })).toBe("今日は晴れ。");
  expect(leadOf({ source: "" })).toBe("");
});
