/** Dates and numbers that Intl writes: exact answers, parts without common dates, and the length split. */
import { describe, expect, test } from "vitest";
import { builtInChoice, makeBuiltIn } from "../../../src/data/pairs/built-in.ts";
import { drawPairs } from "../../../src/data/pairs/draw-pairs.ts";
import type { PairSet, TextPair } from "../../../src/data/pairs/pair.ts";
import type { Random } from "../../../src/random/random.ts";

const small = { train: 300, test: 40, seed: 7 } as const;
const datesIn = (text: string): readonly string[] => text.match(/\d{4}-\d\d-\d\d/g) ?? [];
const judged = ({ validation, tests }: PairSet): readonly TextPair[] => [
  ...validation,
  ...tests.flatMap(({ pairs }) => pairs),
];

describe("dates", async () => {
  const set = await makeBuiltIn({ name: "dates", options: { ...small, locales: ["en", "de"] } });

  test("the answer is the date that is written", () => {
    for (const { source, target } of set.train) {
      const english = source.replace(/ und | and |, and /g, " ");
      for (const iso of datesIn(target)) {
        const [year, month, day] = iso.split("-").map(Number);
        const name = new Date(`${iso}T00:00Z`).toLocaleString("en", {
          month: "long",
          timeZone: "UTC",
        });
        const german = new Date(`${iso}T00:00Z`).toLocaleString("de", {
          month: "long",
          timeZone: "UTC",
        });
        expect(month).toBeGreaterThan(0);
        expect(
          english.includes(`${name} ${day}, ${year}`) ||
            english.includes(`${day}. ${german} ${year}`),
          `${source} → ${iso}`,
        ).toBe(true);
      }
    }
  });

  test("no date that is judged is trained on, and no source is judged twice", () => {
    const trained = new Set(set.train.flatMap(({ target }) => datesIn(target)));
    expect(trained.size).toBeGreaterThan(300);
    const dates = judged(set).flatMap(({ target }) => datesIn(target));
    expect(dates.length).toBeGreaterThan(200);
    expect(dates.filter((date) => trained.has(date))).toEqual([]);
    for (const { pairs } of set.tests)
      expect(new Set(pairs.map(({ source }) => source)).size).toBe(pairs.length);
    const within = new Set(set.validation.flatMap(({ target }) => datesIn(target)));
    const tested = set.tests.flatMap(({ pairs }) => pairs.flatMap(({ target }) => datesIn(target)));
    expect(tested.filter((date) => within.has(date))).toEqual([]);
  });

  test("sources of the test longer have more dates than any of the training", () => {
    const counts = (pairs: readonly TextPair[]): readonly number[] =>
      [...new Set(pairs.map(({ target }) => datesIn(target).length))].sort();
    const [within, longer] = set.tests;
    expect([within?.id, longer?.id]).toEqual(["within", "longer"]);
    expect(counts(set.train)).toEqual([1, 2]);
    expect(counts(within!.pairs)).toEqual([1, 2]);
    expect(counts(longer!.pairs)).toEqual([3, 4]);
  });

  test("the seed decides, and the digest tells", async () => {
    const options = { ...small, locales: ["en", "de"] };
    expect((await makeBuiltIn({ name: "dates", options })).sha256).toBe(set.sha256);
    const other = await makeBuiltIn({ name: "dates", options: { ...options, seed: 8 } });
    expect(other.sha256).not.toBe(set.sha256);
    expect(set.source).toMatch(/ICU [\d.]+ and CLDR [\d.]+/);
  });

  test("dates are written and translated into a language that the source names", async () => {
    const written = await makeBuiltIn(
      builtInChoice("dates(direction=write,most=1,locales=[fr],train=50,test=5)"),
    );
    for (const { source, target } of written.train) {
      const [iso = ""] = datesIn(source);
      const words = new Date(`${iso}T00:00Z`).toLocaleDateString("fr", {
        dateStyle: "long",
        timeZone: "UTC",
      });
      expect(source).toBe(`fr ${iso}`);
      expect(target).toBe(words);
    }
    const between = await makeBuiltIn(
      builtInChoice("dates(direction=between,most=1,locales=[fr,en],train=50,test=5)"),
    );
    for (const { source, target } of between.train)
      expect(/[A-Z]/.test(target) ? "en" : "fr").toBe(source.slice(0, 2));
  });
});

describe("numbers", async () => {
  const set = await makeBuiltIn({ name: "numbers", options: { ...small, locales: ["en"] } });

  test("the answer is the number that is written", () => {
    let compared = 0;
    for (const { source, target } of [...set.train, ...judged(set)]) {
      const [, digits = "", words = ""] = /^en ([\d.,]+)(.*)$/.exec(source) ?? [];
      const factor = / (thousand|million|billion|trillion)$/.exec(words)?.[1];
      if (factor === undefined) {
        expect(digits.replaceAll(",", "")).toBe(target.split(" ")[0]);
        compared++;
      } else {
        const power = { thousand: 3, million: 6, billion: 9, trillion: 12 }[factor]!;
        expect(Math.round(Number(digits.replaceAll(",", "")) * 10 ** power)).toBe(Number(target));
      }
    }
    expect(compared).toBeGreaterThan(200);
  });

  test("no number that is judged is trained on, and longer ones have more digits", () => {
    const numberOf = ({ target }: TextPair): string => target.split(" ")[0]!;
    const digitsOf = (pair: TextPair): number => numberOf(pair).split(".")[0]!.length;
    const trained = new Set(set.train.map(numberOf));
    expect(judged(set).filter((pair) => trained.has(numberOf(pair)))).toEqual([]);
    expect(Math.max(...set.train.map(digitsOf))).toBe(7);
    expect(Math.min(...set.tests[1]!.pairs.map(digitsOf))).toBe(8);
    expect(Math.max(...set.tests[1]!.pairs.map(digitsOf))).toBe(14);
  });

  test("long numbers are not rounded, in other digits too", async () => {
    const long = await makeBuiltIn(
      builtInChoice("numbers(direction=write,digits=30,locales=[hi-u-nu-deva],train=200,test=5)"),
    );
    const plainOf = (text: string): string =>
      [...text].map((c) => (/[०-९]/.test(c) ? String(c.charCodeAt(0) - 0x966) : c)).join("");
    for (const { source, target } of long.train)
      expect(plainOf(target).replaceAll(",", "")).toContain(source.split(" ")[1]);
  });
});

test.each([
  ["date", 'data "date" is unknown. Did you mean "dates"?'],
  ["dates(mst=3)", 'it has no option "mst". Did you mean "most"?'],
  ["dates(most=0)", "most must be"],
  ["dates(", "expected"],
  ["dates(locales=[xx])", 'cannot write the language "xx"'],
  ["dates(locales=[d_])", '"d_" is no language tag'],
])("%s is refused", async (text, words) => {
  await expect(Promise.resolve(text).then(builtInChoice).then(makeBuiltIn)).rejects.toMatchObject({
    exitCode: 2,
    message: expect.stringContaining(words) as unknown,
  });
});

test("too many different pairs are refused, and one source with two answers", () => {
  const sizes = { train: 5, test: 20, seed: 1 };
  const few = (random: Random): TextPair => ({ source: `${random.integer(9)}`, target: "x" });
  expect(() => drawPairs("dice", sizes, few)).toThrow(
    "dice: test 20 asks for more different sources than there are; about 9 were found",
  );
  const both = (random: Random): TextPair => ({ source: "a", target: `${random.integer(9)}` });
  expect(() => drawPairs("dice", sizes, both)).toThrow('dice: "a" is written for both "');
});
