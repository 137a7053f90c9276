/**
 * What text measures share: calls that cannot be, counts that add up, and lines of 100,000 words.
 */
import { describe, expect, test } from "vitest";
import { valueOf } from "../../../src/measures/measure.ts";
import { bleu, printBleuParts } from "../../../src/measures/text/bleu.ts";
import { chrF } from "../../../src/measures/text/chrf.ts";
import { halfEven } from "../../../src/measures/text/half-even.ts";
import { lcsLength, lcsUnion } from "../../../src/measures/text/lcs.ts";
import { rouge } from "../../../src/measures/text/rouge.ts";
import { squadF1 } from "../../../src/measures/text/squad.ts";
import { scoreTexts, textItems } from "../../../src/measures/text/text-measure.ts";
import { random } from "../../../src/random/random.ts";
import { longText } from "./cases.ts";

describe("a call that cannot be is refused", () => {
  test("no answers, other numbers of references, an answer without one", () => {
    expect(() => scoreTexts(bleu(), [], [])).toThrow("BLEU needs at least one answer, got none.");
    expect(() => scoreTexts(chrF(), ["a"], [["a"], ["b"]])).toThrow(
      "chrF2 needs references for every answer: there are 1 answers, and references for 2.",
    );
    expect(() => scoreTexts(rouge("rougeL"), ["a", "b"], [["a"], []])).toThrow(
      "ROUGE-L needs a reference for every answer, and answer 2 has none.",
    );
  });

  test("choices that do not exist", () => {
    expect(() => bleu({ tokenizer: "13b" as "13a" })).toThrow(
      'tokenizer of BLEU "13b" is unknown. Did you mean "13a"? Known: 13a, intl, char, zh, none.',
    );
    expect(() => bleu({ smoothing: "epx" as "exp" })).toThrow('Did you mean "exp"?');
    expect(() => bleu({ smoothValue: 1 })).toThrow(
      "smoothing exp of BLEU has no value, got 1. Leave it out, or choose floor or add-k.",
    );
    expect(() => bleu({ smoothing: "floor", smoothValue: 0 })).toThrow("positive number, got 0.");
    expect(() => chrF({ characterOrder: 0 })).toThrow(
      "the character order of chrF must be a whole number from 1 on, got 0.",
    );
    expect(() => rouge("rougeLsun" as "rougeL")).toThrow('Did you mean "rougeLsum"?');
    expect(() => squadF1("3.0" as "2.0")).toThrow("Known: 1.1, 2.0.");
  });
});

test("the value of some answers is computed from their counts alone", () => {
  const answers = ["the cat sat on the mat", "a dog ran", "they saw two birds in a tree"];
  const references = [["the cat is on the mat"], ["a dog ran off"], ["they saw three birds"]];
  for (const measure of [bleu(), chrF({ wordOrder: 2 }), rouge("rouge1"), squadF1()]) {
    const items = textItems(measure, answers, references);
    const chosen = [2, 0, 2];
    const resampled = Object.fromEntries(
      Object.entries(items).map(([column, all]) => [column, chosen.map((at) => all[at]!)]),
    );
    const read = scoreTexts(
      measure,
      chosen.map((at) => answers[at]!),
      chosen.map((at) => references[at]!),
    );
    expect(valueOf(measure, resampled)).toBe(read.value);
    expect(read.value).toBeGreaterThan(0);
  }
});

test("a number between two decimals becomes the even one", () => {
  const numbers: readonly [number, number][] = [
    ...[6.25, 6.35, 3.125, -6.25, 18.75, 0.5, 1.5, 99.95].map((x): [number, number] => [x, 1]),
    ...[0.125, 0.375, 2.675, 1e-9, 0].map((x): [number, number] => [x, 2]),
    [2.5, 0],
    [3.5, 0],
  ];
  expect(numbers.map(([value, digits]) => halfEven(value, digits))).toEqual(
    // As Python's f"{value:.{digits}f}".
    "6.2 6.3 3.1 -6.2 18.8 0.5 1.5 100.0 0.12 0.38 2.67 0.00 0.00 2 4".split(" "),
  );
  const counts = {
    answerWords: 16,
    referenceWords: 1600,
    matches: [1, 0, 0, 0],
    ngrams: [16, 15, 14, 13],
  };
  expect(
    printBleuParts({ score: 0, precisions: [6.25, 0, 0, 0], brevityPenalty: 0.0625, counts }),
  ).toBe("6.2/0.0/0.0/0.0 (BP = 0.062 ratio = 0.010 hyp_len = 16 ref_len = 1600)");
});

/** The whole table, and the way back through it. */
function lcsByTable(a: readonly string[], b: readonly string[]): number[] {
  const table = [b.map(() => 0).concat(0)];
  for (const word of a) {
    const row = [0];
    const above = table.at(-1)!;
    b.forEach((other, j) =>
      row.push(word === other ? above[j]! + 1 : Math.max(above[j + 1]!, row[j]!)),
    );
    table.push(row);
  }
  const indices: number[] = [];
  for (let i = a.length, j = b.length; i > 0 && j > 0;)
    if (a[i - 1] === b[j - 1]) {
      indices.unshift(--i);
      j--;
    } else if (table[i]![j - 1]! > table[i - 1]![j]!) j--;
    else i--;
  return indices;
}

describe("the longest common subsequence", () => {
  const draw = random(3, "lcs");
  const words = (length: number, kinds: number): string[] =>
    Array.from({ length }, () => `w${draw.integer(kinds)}`);

  test("is that of the whole table, at lengths around those of machine words and blocks", () => {
    for (const length of [0, 1, 2, 29, 30, 31, 60, 61, 100])
      for (const other of [0, 1, 9, 30, 64, 65])
        for (const kinds of [1, 2, 5, 40]) {
          const [a, b] = [words(length, kinds), words(other, kinds)];
          const expected = lcsByTable(a, b);
          expect([...lcsUnion(a, [b])].reverse()).toEqual(expected);
          expect(lcsLength(a, b)).toBe(expected.length);
        }
  });

  test("of every fiftieth of 100,000 words is found, and takes neither minutes nor gigabytes", () => {
    const a = longText({ words: 100_000, seed: 7, vocabulary: 90_000, cjk: false }).split(" ");
    const b = a.filter((_, at) => at % 50 === 0);
    expect(lcsLength(a, b)).toBe(2_000);
    expect(lcsUnion(a, [b]).size).toBe(2_000);
  });
});

test("lines of 100,000 words are measured", () => {
  const line = longText({ words: 100_000, seed: 7, vocabulary: 997, cjk: false });
  const half = line.slice(0, line.indexOf(" ", line.length / 2));
  const { value, items } = scoreTexts(bleu(), [half], [[line]]);
  // The brevity penalty alone: all n-grams of the half are in the whole.
  const [answer, reference] = ["AnswerWords", "ReferenceWords"].map(
    (of) => items[`bleu${of}`]![0]!,
  );
  expect(value).toBeCloseTo(100 * Math.exp(1 - reference! / answer!), 9);
  expect(scoreTexts(rouge("rouge2"), [half], [[line]]).items["rouge2Precision"]).toEqual([1]);
});
