/**
 * The learning page: its examples against plain formulas, its commands, its glossary.
 */
import fs from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { learnedTable, map, mapOfTable, rowVectors } from "../../docs/make/learn/article.ts";
import { outputOfBit } from "../../docs/make/learn/attention.ts";
import { glossary } from "../../docs/make/learn/glossary.ts";
import { commands, lossesOnText, shownOnText } from "../../docs/make/learn/measured.ts";
import { distanceMatrix, fixed, matrixTable, solve } from "../../docs/make/learn/numbers.ts";
import { alibiWeights, shawScores } from "../../docs/make/learn/relative.ts";
import { lengths, overreach, rotated, rules } from "../../docs/make/learn/rotary.ts";
import { readRecords } from "../../reproduce/record.ts";
import { encodingById } from "../../src/encodings/index.ts";
import { factsOf } from "../../src/explanation/facts.ts";
import { referenceShape } from "../../src/explanation/reference-shape.ts";
import { relpos } from "../cli/relpos.ts";
import { read, root } from "./documents.ts";

const { text: page } = read("docs/learn.md");

describe("examples", () => {
  test("attention: the order of words changes nothing, and the weights are a softmax", () => {
    const [one, other] = [outputOfBit(["dog", "bit", "man"]), outputOfBit(["man", "bit", "dog"])];
    one.output.forEach((value, at) => expect(value).toBeCloseTo(other.output[at]!, 12));
    const powers = [2, 2, 1].map((score) => Math.exp(score / Math.SQRT2));
    const sum = powers.reduce((a, b) => a + b);
    one.weights.forEach((weight, at) => expect(weight).toBeCloseTo(powers[at]! / sum, 12));
    expect(one.output[0]).toBeCloseTo((2 * powers[0]! + powers[1]!) / sum, 12);
  });

  test("the article: RPE(i) is the sum over j of W[:, j] |i − j|", () => {
    rowVectors().forEach((row, i) =>
      row.forEach((value, c) =>
        expect(value).toBeCloseTo(
          map[c]!.reduce((sum, w, j) => sum + w * Math.abs(i - j), 0),
          12,
        ),
      ),
    );
  });

  test("the article: the determinant of D, and a map for any table", () => {
    for (let n = 2; n <= 8; n++) {
      const { determinant } = solve(distanceMatrix(n), distanceMatrix(n));
      expect(determinant).toBeCloseTo((-1) ** (n - 1) * (n - 1) * 2 ** (n - 2), 6);
    }
    const { map: found, error } = mapOfTable();
    expect(error).toBeLessThan(1e-12);
    const [first] = learnedTable;
    expect(found[0]!.reduce((sum, w, j) => sum + w * j, 0)).toBeCloseTo(first![0]!, 12);
    expect(() =>
      solve(
        [
          [1, 1],
          [1, 1],
        ],
        [[1], [1]],
      ),
    ).toThrow("no inverse");
  });

  test("Shaw: the nearest key but one has q · (k + a₁) / √2", () => {
    const expected = [0, 0, 0, 2, 1].map((product) => product / Math.SQRT2);
    shawScores().forEach((score, j) => expect(score).toBeCloseTo(expected[j]!, 12));
  });

  test("ALiBi: weights fall by the same factor from key to key", () => {
    alibiWeights().forEach((weights, head) => {
      for (let n = 1; n < weights.length; n++)
        expect(weights[n]! / weights[n - 1]!).toBeCloseTo(Math.exp(-(4 ** -(head + 1))), 12);
      expect(weights.reduce((a, b) => a + b)).toBeCloseTo(1, 12);
    });
  });

  test("rotary: a rotation, and how far each rule goes beyond training", () => {
    const [x, y] = rotated([3, 4], 0.7) as [number, number];
    expect(x).toBeCloseTo(3 * Math.cos(0.7) - 4 * Math.sin(0.7), 12);
    expect(y).toBeCloseTo(3 * Math.sin(0.7) + 4 * Math.cos(0.7), 12);
    const ratio = (lengths.longer - 1) / (lengths.train - 1);
    const by = new Map(rules.map(([name, scaling]) => [name, overreach(scaling)]));
    for (const value of by.get("none")!) expect(value).toBeCloseTo(ratio, 12);
    for (const value of by.get("position interpolation")!) expect(value).toBeCloseTo(ratio / 4, 12);
    for (const name of ["NTK-aware", "YaRN"]) {
      expect(by.get(name)![0]).toBeCloseTo(ratio, 12);
      expect(by.get(name)!.at(-1)).toBeCloseTo(ratio / 4, 9);
    }
  });

  test("what it calls shift-invariant is", () => {
    const invariant = (id: string): boolean =>
      factsOf(encodingById(id), referenceShape).shiftInvariant;
    for (const id of ["shaw", "t5", "alibi", "rope", "kerple-log", "sandwich"])
      expect(invariant(id), id).toBe(true);
    expect(invariant("distance-row")).toBe(false);
  });

  test("the losses of its words: rope's rises, alibi's and t5's do not, learned ends", () => {
    const records = readRecords(new URL("../../docs/results/", import.meta.url));
    const rise = (encoding: string): number => {
      const losses = lossesOnText(encoding, records);
      return losses.get(1024)! / losses.get(64)!;
    };
    expect(rise("rope")).toBeGreaterThan(1.2);
    expect(rise("sinusoidal(tokenStart=0.02)")).toBeGreaterThan(1.2);
    expect(rise("alibi")).toBeLessThan(1.01);
    expect(rise("t5(form=scaled,maxDistance=32)")).toBeLessThan(1.05);
    expect([...lossesOnText("learned", records).keys()]).toEqual([64]);
    expect(shownOnText).toContain("learned");
  });

  test("numbers are written with a minus sign, and whole columns without a point", () => {
    expect([fixed(-0.004), fixed(-1.5), fixed(2, 0)]).toEqual(["0.00", "−1.50", "2"]);
    expect(matrixTable(["", "a", "b"], [["x", [1, 0.5]]])).toContain("| x   | 1   | 0.50 |");
  });
});

describe("commands", () => {
  const given = commands.map((command) => command.replace("npx relpos ", ""));

  test("are on the page", () => {
    for (const command of commands) expect(page).toContain(`\n${command}\n`);
  });

  test("those that draw run", async () => {
    for (const command of given.filter((one) => one.startsWith("explain"))) {
      const id = command.replace("explain ", "").replaceAll('"', "");
      const { code, stderr, stdout } = await relpos("explain", id);
      expect(code, stderr).toBe(0);
      expect(stdout).toContain("queries");
    }
  });

  test("those that train have options that exist and encodings that can be made", async () => {
    const compare = given.filter((one) => one.startsWith("compare"));
    expect(compare).toHaveLength(2);
    const { stdout: help } = await relpos("compare", "--help");
    for (const command of compare) {
      for (const [option] of command.matchAll(/--[\w-]+/g)) expect(help).toContain(`  ${option} `);
      const [, list] = /--encodings (\S+)/.exec(command)!;
      for (const id of list!.split(",")) encodingById(id).create(referenceShape);
    }
  });

  test("the file that is checked exists", () => {
    const [check] = given.filter((one) => one.startsWith("check "));
    expect(fs.existsSync(path.join(root, check!.replace("check ", "")))).toBe(true);
  });
});

describe("glossary", () => {
  test("is in alphabetical order, each term once, in one or two sentences", () => {
    const terms = glossary.map(([term]) => term);
    expect(terms).toEqual(terms.toSorted((a, b) => a.toLowerCase().localeCompare(b.toLowerCase())));
    expect(new Set(terms).size).toBe(terms.length);
    for (const [term, meaning] of glossary) {
      expect(meaning, term).toMatch(/^[A-Ze\d].+\.$/);
      const sentences = meaning.split(/[.?!] (?=[A-Z])/).length;
      expect(sentences, term).toBeLessThanOrEqual(2);
      expect(page).toContain(`- **${term}**: ${meaning}\n`);
    }
  });

  test.each(
    "attention,query,key,value,softmax,head,score,mask,causal,relative encoding,absolute encoding,shift-invariant,bucket,slope,rotary,frequency,extrapolation,perplexity,NoPE,seed".split(
      ",",
    ),
  )("has %s", (term) => expect(glossary.some(([own]) => own === term)).toBe(true));
});

test("the sections lead from the matrix to extension, in that order", () => {
  const heads = [...page.matchAll(/^## (.+)$/gm)].map(([, head]) => head!);
  const order = [
    "Attention",
    "Distances",
    "The article",
    "Shaw",
    "T5",
    "ALiBi",
    "Rotary",
    "Extension",
    "Glossary",
  ];
  const places = order.map((name) => heads.findIndex((head) => head.startsWith(name)));
  expect(places).not.toContain(-1);
  expect(places).toEqual(places.toSorted((a, b) => a - b));
});

test("the index of encodings and the README lead to it and to the choice", () => {
  for (const name of ["README.md", "docs/encodings.md"]) {
    const { text } = read(name);
    const folder = name === "README.md" ? "docs/" : "";
    for (const target of ["learn.md", "choose.md"]) expect(text).toContain(`](${folder}${target})`);
  }
});
