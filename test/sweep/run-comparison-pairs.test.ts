/**
 * A whole comparison on pairs of texts: run, run again, taken up with another encoding, refused where its files changed.
 */
import fs from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { completeSettings, openPairRun, parseResults, runComparison } from "../../src/index.ts";
import { renderTable, verdictText, withDataChoices } from "../../src/index.ts";
import type { ComparisonSettings, Results } from "../../src/index.ts";
import { filesIn, workplace } from "../cli/relpos.ts";

const { folder: work, remove } = workplace("run-comparison-pairs");
afterAll(remove);

const folder = path.join(work, "comparison");
const file = path.join(work, "doubled.tsv");
/** Letters, and the same letters twice. */
const lines = Array.from({ length: 40 }, (_, at) => {
  const letters = [..."abcd"]
    .slice(at % 3)
    .join("")
    .repeat(1 + (at % 2));
  return `${letters}${"d".repeat(at % 5)}\t${letters}${letters}`;
});
const resultOf = (name: string): string => path.join(folder, "trials", name, "result.json");

let settings: ComparisonSettings;
let results: Results;
beforeAll(async () => {
  await fs.writeFile(file, lines.join("\n"));
  await fs.writeFile(path.join(work, "held.tsv"), "ab\tabab\nabcdab\tabcdabcd\nabcdabcdabcd\tab\n");
  settings = completeSettings(
    await withDataChoices({
      pairs: {
        task: "translate",
        data: { files: [file], validation: [path.join(work, "held.tsv")] },
      },
      ...{ encodings: ["none", "learned"], seeds: [1], tokenizer: "char", measure: "exact" },
      ...{ width: 8, heads: 2, layers: 1, batch: 8, steps: 3, trainLength: 8 },
    }),
  );
  results = (await runComparison({ settings, folder, processes: 2 }))!;
}, 300_000);

describe("a comparison on pairs", () => {
  test("returns what it writes, and prints it", async () => {
    const written = await fs.readFile(path.join(folder, "results.json"), "utf8");
    expect(parseResults(written)).toEqual(results);
    expect(results.configuration).toMatchObject({
      ...{ trainLength: 8, testLengths: [4, 8, 16] },
      pairs: { name: "doubled.tsv", measure: "exact", longestTarget: 13 },
    });
    expect(await filesIn(folder)).toContain("report.html");
    const table = renderTable(results);
    expect(table).toContain("Exact match on doubled.tsv, validation pairs (higher is better)");
    expect(table).toContain("learned: ");
    expect(verdictText(results)).toContain("At the train length, sources of 5 to 8 tokens: ");
  });

  test("an encoding with a table judges no source that is longer than it", () => {
    const learned = results.trials.find(({ encoding }) => encoding === "learned")!;
    expect(learned.evaluations.map((entry) => "unsupported" in entry)).toEqual([
      false,
      false,
      true,
    ]);
  });

  test("each trial is a run that pairs can be translated with", async () => {
    const run = await openPairRun(path.join(folder, "trials", "learned-1"));
    expect(run.step).toBe(3);
    expect(run.configuration).toMatchObject({ kind: "pairs", task: "translate", sourceLength: 8 });
    expect("encoder" in run.model && run.model.encoder.id).toBe("learned");
    expect(run.weights.size).toBe(run.model.parameters.specs.length);
  });

  test("other pairs in the same files are refused", async () => {
    await fs.writeFile(file, [...lines, "dddd\taaaa"].join("\n"));
    await expect(runComparison({ settings, folder })).rejects.toThrow(
      /holds a run that differs in .*data\.sha256/,
    );
    await fs.writeFile(file, lines.join("\n"));
  });

  test("again nothing is trained; another encoding is added beside the others", async () => {
    const before = await fs.readFile(resultOf("none-1"), "utf8");
    const more = (await runComparison({ settings: { ...settings, encodings: ["rope"] }, folder }))!;
    expect(more.configuration.encodings).toEqual(["none", "learned", "rope"]);
    expect(await fs.readFile(resultOf("none-1"), "utf8")).toBe(before);
  }, 300_000);
});
