/**
 * ROUGE against rouge-score: 300 answers with several references, with and without stemmer, and the stems of NLTK.
 */
import { describe, expect, test } from "vitest";
import { porterStem } from "../../../src/measures/text/porter-stemmer.ts";
import { rouge } from "../../../src/measures/text/rouge.ts";
import type { RougeKind } from "../../../src/measures/text/rouge.ts";
import { scoreTexts } from "../../../src/measures/text/text-measure.ts";
import { readGolden } from "../../golden/golden.ts";
import { textCase } from "./cases.ts";

const { cases } = readGolden("rouge");
const answers = cases.filter(({ options }) => options["kind"] !== "stems");

/** Precision, recall and F of one answer, of each kind. */
function scores(
  kinds: readonly RougeKind[],
  stemmer: boolean,
  { answer, references }: ReturnType<typeof textCase>,
): number[] {
  return kinds.flatMap((kind) => {
    const { items, value } = scoreTexts(rouge(kind, { stemmer }), [answer], [references]);
    const id = stemmer ? `${kind}-stem` : kind;
    expect(items[`${id}F`]).toEqual([value]);
    return ["Precision", "Recall", "F"].flatMap((part) => items[id + part]!);
  });
}

describe("an answer", () => {
  test.each(answers)("$name", ({ options, outputs }) => {
    const { kinds, ...described } = options as { readonly kinds: readonly RougeKind[] };
    const texts = textCase(described);
    // Every operation is one of float64 in the reference's order, so the numbers are the same to the bit.
    expect([...scores(kinds, false, texts), ...scores(kinds, true, texts)]).toEqual(
      outputs["rouge"]!.data,
    );
  });

  test("there are 300", () => {
    expect(answers).toHaveLength(300);
  });
});

test("stems are NLTK's, for words that meet every rule", () => {
  const { words, stems } = cases.find(({ options }) => options["kind"] === "stems")!.options as {
    readonly words: string;
    readonly stems: string;
  };
  const given = words.split(" ");
  expect(given.length).toBeGreaterThan(1500);
  expect(given.map((word) => `${word} ${porterStem(word)}`)).toEqual(
    stems.split(" ").map((stem, at) => `${given[at]!} ${stem}`),
  );
});

test("of all answers, ROUGE is the mean of F", () => {
  const texts = answers.slice(0, 100).map(({ options }) => textCase(options));
  const { value, signature } = scoreTexts(
    rouge("rouge2"),
    texts.map(({ answer }) => answer),
    texts.map(({ references }) => references),
  );
  const each = answers.slice(0, 100).map(({ outputs }) => outputs["rouge"]!.data[5]!);
  expect(value).toBeCloseTo(each.reduce((a, b) => a + b, 0) / 100, 14);
  expect(signature).toMatch(/^nrefs:var\|stemmer:none\|version:relpos-/);
});
