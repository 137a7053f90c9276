/**
 * BLEU and chrF against sacreBLEU: 300 answers by themselves and corpora of them, value, signature and printed line.
 */
import { describe, expect, test } from "vitest";
import { bleu, printBleuParts } from "../../../src/measures/text/bleu.ts";
import type { BleuOptions } from "../../../src/measures/text/bleu.ts";
import { chrF } from "../../../src/measures/text/chrf.ts";
import type { ChrFOptions } from "../../../src/measures/text/chrf.ts";
import { halfEven } from "../../../src/measures/text/half-even.ts";
import { scoreTexts } from "../../../src/measures/text/text-measure.ts";
import type { TextMeasure } from "../../../src/measures/text/text-measure.ts";
import { version } from "../../../src/version.ts";
import { readGolden } from "../../golden/golden.ts";
import { textCase } from "./cases.ts";
import type { TextCase } from "./cases.ts";

const { source, cases } = readGolden("translation-measures");
const bleus = (source["bleuSettings"] as readonly BleuOptions[]).map(bleu);
const chrFs = (source["chrfSettings"] as readonly ChrFOptions[]).map(chrF);
const measures: readonly TextMeasure[] = [...bleus, ...chrFs];
const singles = cases.filter(({ options }) => options["kind"] !== "corpus");
const corpora = cases.filter(({ options }) => options["kind"] === "corpus");
const texts: readonly TextCase[] = singles.map(({ options }) => textCase(options));
const { sacrebleu } = source["versions"] as { readonly sacrebleu: string };

/** The largest difference, relative above 1; logarithms and exponentials may differ in the last bit. */
function difference(ours: readonly number[], theirs: readonly number[]): number {
  expect(ours).toHaveLength(theirs.length);
  return Math.max(
    ...ours.map((value, at) => Math.abs(value - theirs[at]!) / Math.max(1, theirs[at]!)),
  );
}

test("there are 300 answers, and settings of both measures", () => {
  expect(singles).toHaveLength(300);
  expect([bleus.length, chrFs.length, corpora.length]).toEqual([11, 6, 8]);
  expect(new Set(measures.map(({ id }) => id)).size).toBe(17);
});

describe("a sentence", () => {
  test.each(singles.map((each, at) => ({ ...each, at })))("$name", ({ at, outputs }) => {
    const { answer, references } = texts[at]!;
    const of = (group: readonly TextMeasure[]): number[] =>
      group.map((measure) => scoreTexts(measure, [answer], [references]).value);
    expect(difference(of(bleus), outputs["bleu"]!.data)).toBeLessThan(1e-12);
    expect(difference(of(chrFs), outputs["chrf"]!.data)).toBeLessThan(1e-12);
  });
});

describe("a corpus", () => {
  test.each(corpora)("$name", ({ options, outputs }) => {
    const span = options as unknown as {
      readonly from: number;
      readonly to: number;
      readonly references: number;
      readonly printed: readonly string[];
    };
    const chosen = texts.slice(span.from, span.to);
    const scores = measures.map((measure) =>
      scoreTexts(
        measure,
        chosen.map(({ answer }) => answer),
        chosen.map(({ references }) => references.slice(0, span.references)),
      ),
    );
    const values = scores.map(({ value }) => value);
    expect(difference(values, [...outputs["bleu"]!.data, ...outputs["chrf"]!.data])).toBeLessThan(
      1e-12,
    );
    const lines = scores.map(({ value, signature, items }, at) => {
      const parts = at < bleus.length ? ` ${printBleuParts(bleus[at]!.parts(totals(items)))}` : "";
      const { name, digits } = measures[at]!.printed;
      return `${name}|${signature} = ${halfEven(value, digits)}${parts}`;
    });
    expect(lines).toEqual(
      span.printed.map((line) => line.replace(`version:${sacrebleu}`, `version:relpos-${version}`)),
    );
  });
});

function totals(items: Readonly<Record<string, readonly number[]>>): Record<string, number> {
  return Object.fromEntries(
    Object.entries(items).map(([column, numbers]) => [column, numbers.reduce((a, b) => a + b, 0)]),
  );
}
