/**
 * A comparison on a task: ranking, verdict, table, report, document.
 */
import { parseHTML } from "linkedom";
import { describe, expect, test } from "vitest";
import { parseResults, ResultsError } from "../../src/comparison/parse-results.ts";
import { isRanked } from "../../src/comparison/ranked.ts";
import type { Ranked } from "../../src/comparison/ranked.ts";
import type { Results } from "../../src/comparison/results.ts";
import { renderReport } from "../../src/report/node-report.ts";
import { renderTable } from "../../src/report/table.ts";
import { verdict, verdictText } from "../../src/report/verdict.ts";
import { four, taskFixture } from "./task-fixture.ts";

const results = taskFixture();
const at = (encoding: string, length: number, protocol = "trained"): Ranked =>
  results.comparison.find(
    (row): row is Ranked =>
      isRanked(row) &&
      row.encoding === encoding &&
      row.length === length &&
      row.protocol === protocol,
  )!;

describe("the ranking", () => {
  test("has a row for each encoding, length and condition, conditions outermost", () => {
    expect(results.comparison).toHaveLength(4 * 3 * 2);
    expect(results.comparison.slice(0, 12).every((row) => row.protocol === "trained")).toBe(true);
    expect(results.comparison.slice(0, 4).map((row) => row.encoding)).toEqual(
      four.map(({ encoding }) => encoding),
    );
  });

  test("more is better: the highest is best, and what is certainly lower is behind", () => {
    expect(at("none", 40).standing).toBe("best");
    expect(at("rope", 40).standing).toBe("behind");
    expect(at("rope", 40).difference.mean).toBeCloseTo(-at("none", 40).value, 12);
    expect(at("rope", 40).difference.simultaneous!.high).toBeLessThan(0);
    expect(at("t5", 30).standing).toBe("level");
  });

  test("growth is what longer samples change, and falls here", () => {
    const { growth } = at("t5", 40);
    expect(growth!.mean).toBeCloseTo(at("t5", 40).value - at("t5", 20).value, 12);
    expect(growth!.mean).toBeLessThan(-0.5);
    expect(at("t5", 20).growth).toBeNull();
  });

  test("what cannot run keeps its reason", () => {
    expect(
      results.comparison.find((row) => row.encoding === "learned" && row.length === 30),
    ).toMatchObject({ failed: "its table has 20 rows" });
  });

  test("with one seed only a large difference is one of the encodings", () => {
    const one = taskFixture({ configuration: { seeds: [1] } });
    const row = one.comparison.find(({ encoding, length }) => encoding === "t5" && length === 40);
    expect(row).toMatchObject({ standing: "level" });
    expect((row as Ranked).difference.trained!.high).toBeLessThan(0);
  });
});

describe("the verdict", () => {
  test("speaks of exact match and of the task", () => {
    const told = verdictText(results);
    expect(told).toContain("At 2× the train length, 40 symbols to copy: none");
    expect(told).toMatch(/rope \(−0\.\d{3}, from −\d\.\d{3} to −0\.\d{3}, worse in 3 of 3 seeds\)/);
    expect(told).toContain("Samples drawn sparse, 20 symbols to copy: ");
    expect(told).toContain("Without a number: learned at length 30 and 40: its table has 20 rows.");
    expect(told).toContain("this task (selective-copy(alphabet=8))");
    expect(told).not.toMatch(/bits per byte|loss|text/);
  });

  test("a certain fall of more than five points is a break", () => {
    const line = verdict(results).find(({ heading }) => heading.startsWith("Break"))!;
    expect(line.text).toContain("rope (1.000 to 0.000 at 1.5×");
    expect(line.text).toContain("exact match has certainly fallen by more than 0.050");
  });

  test("no encoding that answers nothing is called best", () => {
    const nothing = taskFixture({
      solvers: four.map((solver) => ({ ...solver, right: () => 0, reach: Infinity })),
    });
    expect(verdictText(nothing)).toContain("No encoding answers a single sample right.");
    expect(verdictText(nothing)).not.toContain("is best");
  });
});

test("the table has a part for each condition, and signs that fit", () => {
  const lines = renderTable(results).split("\n");
  expect(lines[0]).toBe(
    "Exact match on selective-copy(alphabet=8), samples drawn as in training (higher is better)",
  );
  expect(lines).toContain("Exact match on selective-copy(alphabet=8), samples drawn sparse");
  expect(lines).toContain("* most samples right at this length");
  expect(lines.find((line) => line.startsWith("learned"))).toMatch(
    /0\.9\d\d [~ ] +- \[1\] +- \[1\]/,
  );
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(100);
});

describe("the report", () => {
  const text = renderReport(results);
  const page = parseHTML(text).document;

  test("tells the task, the verdict word for word, and draws each condition and length", () => {
    expect(page.querySelector("title")!.textContent).toBe(
      "Four position encodings on the selective-copy(alphabet=8) task",
    );
    expect([...page.querySelectorAll(".verdict dd")].map((node) => node.textContent)).toEqual(
      verdict(results).map((line) => line.text),
    );
    expect(text).toContain("&gt; - i - k = (i) (k) (.)");
    for (const size of ["wide", "narrow"])
      expect(page.querySelectorAll(`svg.${size}`)).toHaveLength(2 + 6 + 1);
    const headings = [...page.querySelectorAll("h2")].map((node) => node.textContent);
    expect(headings).toContain("Right answers as samples grow longer");
    expect(headings).not.toContain("Loss by position in the window");
  });

  test("differences are drawn with the worse to the right, and written as they are", () => {
    const forest = [...page.querySelectorAll("svg.wide")].find((svg) =>
      svg.getAttribute("aria-label")!.includes("40 symbols to copy"),
    )!;
    const words = [...forest.querySelectorAll("text")].map((node) => node.textContent);
    expect(words).toContain("highest");
    expect(words.filter((word) => word.startsWith("−0.")).length).toBeGreaterThan(1);
    // Numbers of the axis have fewer digits.
    expect(words.some((word) => /^\+0\.\d{3}/.test(word))).toBe(false);
  });

  test("no drawing holds a number that is none, and nothing speaks of text", () => {
    const drawn = text.replace(/data:image\/png;base64,[^"]+/g, "");
    expect(drawn.match(/NaN|Infinity|undefined|\[object/g)).toBeNull();
    expect(drawn.match(/bits per byte|held-back|corpus/gi)).toBeNull();
  });
});

describe("the document", () => {
  test("reads what was written", () => {
    expect(parseResults(JSON.stringify(results))).toEqual(results);
  });

  type Changed = Record<string, unknown> & { trials: Results["trials"] };
  const damaged = (change: (document: Changed) => void): string => {
    const document = JSON.parse(JSON.stringify(results)) as Changed;
    change(document);
    return JSON.stringify(document);
  };
  type Evaluation = {
    values: { exactMatch: number };
    items: { correct: number[] };
    protocol: string;
  };
  const first = (document: Changed): Evaluation =>
    document.trials[0]!.evaluations[0] as unknown as Evaluation;

  test.each<[string, (document: Changed) => void, string]>([
    [
      "a share above one",
      (d) => (first(d).values.exactMatch = 1.2),
      "trials[0].evaluations[0].values.exactMatch must be a number from 0 to 1, got 1.2",
    ],
    [
      "a missing sample",
      (d) => first(d).items.correct.pop(),
      "trials[0].evaluations[0].items.correct must be configuration.task.samples = 200 numbers, got 199",
    ],
    [
      "a sample that is half right",
      (d) => (first(d).items.correct[3] = 0.5),
      "trials[0].evaluations[0].items.correct[3] must be 0 or 1, got 0.5",
    ],
    [
      "an unknown condition",
      (d) => (first(d).protocol = "windows"),
      'trials[0].evaluations[0].protocol must be "trained" or "sparse", got "windows"',
    ],
  ])("%s is named", (_, change, message) => {
    expect(() => parseResults(damaged(change))).toThrow(ResultsError);
    expect(() => parseResults(damaged(change))).toThrow(message);
  });
});
