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
import { byId } from "../model/sequence-model.ts";

const tokenizer = makeTokenizer("char", "abcdefghi");
const pairs = [
  { source: "abc", target: "cba" },
  { source: "ab", target: "bafghie" },
  { source: "abcde", target: "e" },
];
const encoded = encodePairs({ source: tokenizer, target: tokenizer }, pairs, "the pairs");

/** The answers, or why there are none. */
async function answersOf(
  answerEnd?: AnswerEnd,
  trained = trainedPair(),
): Promise<readonly string[] | string> {
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
  const [judged] = (await data.judge({ trained, seed: 1, length: 6 })).evaluations;
  return judged !== undefined && "unsupported" in judged ? judged.unsupported : answers;
}

test("answers are as long as the right answers where models learn no end symbol", async () => {
  const answers = (await answersOf("length")) as string[];
  expect(answers.map((answer) => answer.length)).toEqual(pairs.map(({ target }) => target.length));
});

test("elsewhere they end at the end symbol, or at half as much again as the longest right answer", async () => {
  const answers = (await answersOf()) as string[];
  for (const answer of answers) expect(answer.length).toBeLessThanOrEqual(1.5 * 8 + 8);
  expect(answers.map((answer) => answer.length)).not.toEqual(
    pairs.map(({ target }) => target.length),
  );
});

test("a model that would end at once, or never", async () => {
  const trained = trainedPair();
  const { shape, data } = trained.weights.get("head.weight")!;
  const [, vocab] = shape as [number, number];
  /** The logit of the end symbol, the last token, is far above all others, or far below. */
  const lengths = async (factor: number, answerEnd?: AnswerEnd): Promise<number[]> => {
    const changed = data.map((value, at) => (at % vocab === vocab - 1 ? factor : 1) * value);
    const weights = new Map([
      ...trained.weights,
      ["head.weight", { shape, data: changed }] as const,
    ]);
    const answers = (await answersOf(answerEnd, { ...trained, weights })) as string[];
    return answers.map(({ length }) => length);
  };
  expect(await lengths(-100)).toContain(0);
  expect(await lengths(-100, "length")).toEqual(pairs.map(({ target }) => target.length));
  // The longest right answer has 8 tokens with its end symbol.
  expect(await lengths(100)).toEqual([20, 20, 20]);
});

test("an answer without an end symbol needs one position less", async () => {
  const limited = (maxLength: number) =>
    trainedPair({ decoder: byId(`learned(maxLength=${maxLength})`) });
  expect(await answersOf("length", limited(7))).toHaveLength(3);
  expect(await answersOf("symbol", limited(8))).toHaveLength(3);
  expect(await answersOf("symbol", limited(7))).toMatch(/its table has 7 rows/);
});
