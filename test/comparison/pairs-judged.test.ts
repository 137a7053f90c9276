/**
 * How long the answers are that models on pairs are judged by. The model has random weights.
 */
import { expect, test } from "vitest";
import { pairsData } from "../../src/index.ts";
import type { AnswerEnd } from "../../src/comparison/kinds/pairs-settings.ts";
import { encodePairs } from "../../src/data/pairs/pair-tokens.ts";
import { makeTokenizer } from "../../src/data/tokenizers.ts";
import { exactText } from "../../src/measures/text/ranked-texts.ts";
import { trainedPair } from "../generation/trained-pair.ts";

const tokenizer = makeTokenizer("char", "abcdefghi");
const pairs = [
  { source: "abc", target: "cba" },
  { source: "ab", target: "bafghie" },
  { source: "abcde", target: "e" },
];
const encoded = encodePairs({ source: tokenizer, target: tokenizer }, pairs, "the pairs");

async function answersOf(answerEnd?: AnswerEnd): Promise<readonly string[]> {
  const answers: string[] = [];
  const spy: typeof exactText = {
    ...exactText,
    contribution: (answer, references) => {
      answers.push(answer);
      return exactText.contribution(answer, references);
    },
  };
  const data = pairsData({
    ...{ tokenizer, training: encoded, longest: { source: 6, target: 8 }, measures: [spy] },
    groups: [{ protocol: "held-out", length: 6, pairs, encoded }],
    ...(answerEnd === undefined ? {} : { answerEnd }),
  });
  const trained = trainedPair();
  await data.judge({ trained, seed: 1, length: 6 });
  return answers;
}

test("answers are as long as the right answers where models learn no end symbol", async () => {
  const answers = await answersOf("length");
  expect(answers.map((answer) => answer.length)).toEqual(pairs.map(({ target }) => target.length));
});

test("elsewhere they end at the end symbol, or at half as much again as the longest right answer", async () => {
  const answers = await answersOf();
  for (const answer of answers) expect(answer.length).toBeLessThanOrEqual(1.5 * 8 + 8);
  expect(answers.map((answer) => answer.length)).not.toEqual(
    pairs.map(({ target }) => target.length),
  );
});
