/**
 * results.json of "relpos-compare/1", written by the version before, read as the present version. Its comparison is
 * computed again from its trials: the statistics have not changed.
 */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { compareEncodings } from "../../src/comparison/compare-encodings.ts";
import { parseResults, ResultsError } from "../../src/comparison/parse-results.ts";
import { isMeasured } from "../../src/comparison/trial-record.ts";
import { verdictText } from "../../src/report/verdict.ts";

interface Version1 {
  schema: string;
  configuration: Record<string, unknown>;
  trials: { evaluations: Record<string, unknown>[]; lossByPosition?: unknown }[];
  comparison: Record<string, unknown>[];
}

const read = (kind: string): Version1 =>
  JSON.parse(
    readFileSync(new URL(`./version-1/${kind}.json`, import.meta.url), "utf8"),
  ) as Version1;
const kinds = [
  { kind: "text", measures: ["bitsPerByte", "perplexity"] },
  { kind: "task", measures: ["exactMatch", "tokenAccuracy"] },
];

describe.each(kinds)("on $kind", ({ kind, measures: [ranked = "", other = ""] }) => {
  const document = read(kind);
  const results = parseResults(JSON.stringify(document));

  test("has the values under the measures, and the items in columns", () => {
    expect(document.schema).toBe("relpos-compare/1");
    expect(results.schema).toBe("relpos-compare/2");
    let measured = 0;
    results.trials.forEach(({ evaluations }, t) =>
      evaluations.forEach((entry, e) => {
        const before = document.trials[t]!.evaluations[e]!;
        expect([entry.length, entry.protocol]).toEqual([before["length"], before["protocol"]]);
        if (!isMeasured(entry)) return expect(entry.unsupported).toBe(before["unsupported"]);
        measured++;
        expect(entry.values).toEqual({ [ranked]: before[ranked], [other]: before[other] });
        const items = kind === "text" ? before["windows"] : { correct: before["correct"] };
        expect(entry.items).toEqual(items);
      }),
    );
    expect(measured).toBeGreaterThan(8);
  });

  test("its comparison is what its trials give today, to the last digit", () => {
    expect(results.comparison.length).toBe(document.comparison.length);
    expect(results.comparison).toEqual(compareEncodings(results.configuration, results.trials));
    results.comparison.forEach((row, c) =>
      expect("value" in row ? row.value : row.failed).toBe(
        document.comparison[c]![ranked] ?? document.comparison[c]!["failed"],
      ),
    );
  });

  test("can be judged, written and read again", () => {
    expect(verdictText(results)).toContain("At the train length");
    expect(parseResults(JSON.stringify(results))).toEqual(results);
  });
});

test("why no position was measured is dropped, since the evaluations say it", () => {
  const document = read("text");
  document.trials[0]!.lossByPosition = { unsupported: "its table has 8 rows" };
  const { trials } = parseResults(JSON.stringify(document));
  expect(trials[0]).not.toHaveProperty("lossByPosition");
  expect(trials[1]!.lossByPosition!.length).toBeGreaterThan(4);
});

describe("what is wrong is named as the file has it", () => {
  test.each<[string, string, (entry: Record<string, unknown>) => void, string]>([
    [
      "a value of a wrong kind",
      "text",
      (entry) => (entry["bitsPerByte"] = "low"),
      'results: trials[0].evaluations[0].bitsPerByte must be a number, got "low". Run the comparison again',
    ],
    [
      "windows that do not match",
      "text",
      (entry) => (entry["windows"] as { bytes: number[] }).bytes.pop(),
      "trials[0].evaluations[0].windows.bytes must be as long as bits (",
    ],
    [
      "a column that is missing",
      "text",
      (entry) => delete (entry["windows"] as Record<string, unknown>)["bits"],
      "trials[0].evaluations[0].windows.bits must be an array, got nothing",
    ],
    [
      "a sample that is missing",
      "task",
      (entry) => (entry["correct"] as number[]).pop(),
      "trials[0].evaluations[0].correct must be configuration.task.samples = 20 numbers, got 19",
    ],
    [
      "a share above one",
      "task",
      (entry) => (entry["exactMatch"] = 1.2),
      "trials[0].evaluations[0].exactMatch must be a number from 0 to 1, got 1.2",
    ],
    [
      "the other version's form",
      "task",
      (entry) => {
        entry["values"] = { exactMatch: entry["exactMatch"] };
        delete entry["exactMatch"];
      },
      "trials[0].evaluations[0].exactMatch must be a number from 0 to 1, got nothing",
    ],
  ])("%s", (_, kind, change, message) => {
    const document = read(kind);
    change(document.trials[0]!.evaluations[0]!);
    const parse = (): unknown => parseResults(JSON.stringify(document));
    expect(parse).toThrow(ResultsError);
    expect(parse).toThrow(message);
  });
});
