/**
 * Damaged results: what `parseResults` accepts, the report, its files, the table, the verdict and the warnings can show.
 */
import { describe, expect, test } from "vitest";
import { parseResults, ResultsError } from "../../src/comparison/parse-results.ts";
import { renderReport, reportFiles } from "../../src/report/node-report.ts";
import { renderTable } from "../../src/report/table.ts";
import { verdictText } from "../../src/report/verdict.ts";
import { warningTexts } from "../../src/report/warning-texts.ts";
import { fixture, heldAgainst, random, seven } from "../comparison/fixture.ts";
import { four, taskFixture } from "../comparison/task-fixture.ts";

type Fields = Record<string, unknown>;
interface Document {
  readonly configuration: { readonly encodings: string[] };
  trials: Fields[];
  comparison: Fields[];
}
const small = { seeds: [1, 2], steps: 12 };
const documents = {
  text: JSON.stringify(
    heldAgainst(
      fixture({
        characters: [seven[2]!, seven[5]!],
        configuration: { ...small, testLengths: [128, 256] },
      }),
      { bitsPerByte: 2 },
    ),
  ),
  task: JSON.stringify(taskFixture({ solvers: four.slice(2), configuration: small })),
};

/** Whether a document is accepted; where it is, everything that is made of it. */
function shown(document: unknown): boolean {
  let results;
  try {
    results = parseResults(JSON.stringify(document));
  } catch (error) {
    expect(error).toBeInstanceOf(ResultsError);
    return false;
  }
  renderReport(results);
  reportFiles(results);
  renderTable(results);
  verdictText(results);
  warningTexts(results);
  return true;
}

describe.each(["text", "task"] as const)("a comparison on %s", (kind) => {
  const whole = documents[kind];

  test.each<[string, boolean, (document: Document) => void]>([
    ["no trials", true, (d) => (d.trials = [])],
    ["no comparison", true, (d) => (d.comparison = [])],
    ["an encoding without trials", true, (d) => d.configuration.encodings.push("other")],
    ["unknown lengths", true, (d) => d.comparison.forEach((row) => (row.length = 99))],
    ["no best", true, (d) => d.comparison.forEach((row) => (row.standing = "behind"))],
    ["an empty loss", true, (d) => d.trials.forEach((t) => (t.trainingLoss = []))],
    [
      "a value that overflows",
      true,
      (d) =>
        d.comparison.forEach((row) => {
          if ("value" in row)
            Object.assign(row, { value: 1e308, interval: { low: -1e308, high: 1e308 } });
        }),
    ],
    [
      "more seeds than are ever suggested",
      false,
      (d) => d.comparison.forEach((row) => (row.seedsToDecide = 2 ** 50)),
    ],
    [
      "a picture of millions of pixels",
      false,
      (d) =>
        (d.trials[0]!.scorePicture = { size: 600, values: Array(360_000).fill(1), caption: "" }),
    ],
  ])("%s: accepted %s", (_, accepted, damage) => {
    const document = JSON.parse(whole) as Document;
    damage(document);
    expect(shown(document)).toBe(accepted);
  });

  test("30 random changes are refused or shown", () => {
    const uniform = random(kind === "text" ? 11 : 12);
    let accepted = 0;
    for (let change = 0; change < 30; change++) {
      const document = JSON.parse(whole) as Document;
      damageAnywhere(document as unknown as Fields, uniform);
      if (shown(document)) accepted++;
    }
    // Neither everything nor nothing: the changes reach both sides.
    expect(accepted).toBeGreaterThan(1);
    expect(accepted).toBeLessThan(28);
  });
});

const replacements: readonly unknown[] = [
  ...[null, 0, -1, 1, 0.5, 1e308, -1e308, 1e-320, 2 ** 31, 2 ** 53, "", "x", "<b>"],
  ...[true, [], {}, [1], "none", "rope"],
];

/** Removes, repeats, scales, cuts or replaces one value somewhere in a document. */
function damageAnywhere(document: Fields, uniform: () => number): void {
  const pick = <Item>(list: readonly Item[]): Item => list[Math.floor(uniform() * list.length)]!;
  let node = document;
  let key = pick(Object.keys(node));
  while (uniform() < 0.97) {
    const inner = node[key];
    if (typeof inner !== "object" || inner === null || Object.keys(inner).length === 0) break;
    node = inner as Fields;
    key = pick(Object.keys(node));
  }
  const list = Array.isArray(node) ? (node as unknown[]) : undefined;
  const value = node[key];
  const how = uniform();
  if (how < 0.25 && list) list.splice(Number(key), 1);
  else if (how < 0.25) Reflect.deleteProperty(node, key);
  else if (how < 0.35 && list) list.push(structuredClone(value));
  else if (how < 0.5 && typeof value === "number") node[key] = value * pick([-1, 2, 1e300, 0, 0.5]);
  else if (how < 0.6 && Array.isArray(value))
    node[key] = value.slice(0, Math.floor(uniform() * value.length)) as unknown[];
  else node[key] = structuredClone(pick(replacements));
}
