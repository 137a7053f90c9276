/**
 * What is printed of a comparison on pairs of texts.
 */
import { describe, expect, test } from "vitest";
import { parseResults } from "../../src/comparison/parse-results.ts";
import { isRanked } from "../../src/comparison/ranked.ts";
import { renderReport, reportFiles } from "../../src/report/node-report.ts";
import { renderTable } from "../../src/report/table.ts";
import { verdictText } from "../../src/report/verdict.ts";
import { pairsFixture } from "../comparison/pairs-fixture.ts";

describe("a comparison on pairs", () => {
  const results = pairsFixture();

  test("is written and read again", () => {
    expect(parseResults(JSON.stringify(results))).toEqual(results);
    const broken = JSON.stringify(results).replace('"measure":"exact"', '"measure":"blue"');
    expect(() => parseResults(broken)).toThrow("configuration.pairs.measure must be");
  });

  test("has a table by the length of the source, shorter ones too", () => {
    const table = renderTable(results);
    expect(table).toContain("Exact match on dates, held-out pairs (higher is better)");
    expect(table).toMatch(/20 \(0\.5×\) +40 \(1×\) +80 \(2×\)/);
    expect(table).toContain("- [1] learned: its table has 40 rows");
    expect(table).toContain("a column has the sources of at most so many tokens, and of more than");
  });

  test("names measures as the field does, and yardsticks of several by what they are", () => {
    const place = { length: 20, protocol: "held-out" };
    const values = { exactText: 0, rougeL: 0.25, rouge2: 0.125 };
    const names = ["the source itself", "the first sentence of the source, as it is"];
    const yardsticks = names.map((name, at) => ({
      ...{ id: ["copy", "lead"][at]!, name },
      reached: [20, 40, 80].map((length) => ({
        ...place,
        length,
        values: { ...values, chrF: length / 2, rouge1: 1 / length },
      })),
    }));
    const two = renderTable({ ...results, yardsticks });
    expect(two).toContain("judged on the same pairs: exact match / chrF2\n");
    expect(two).toMatch(/the source itself +0\.000 \/ 10\.00/);
    const three = renderTable({ ...pairsFixture("rouge"), yardsticks });
    for (const line of ["ROUGE-L", "ROUGE-1", "ROUGE-2"])
      expect(three).toContain(`judged on the same pairs: ${line}\n`);
    expect(three).toMatch(/the first sentence of the source, as it is +0\.2500/);
    const files = reportFiles({ ...results, yardsticks });
    const table = files.find(({ path }) => path === "report-tables/yardsticks.csv")!;
    expect(table.text).toContain("yardstick,length,protocol,exactText,chrF\r\n");
    expect(table.text).toContain("the source itself,40,held-out,0,20\r\n");
  });

  test("has a verdict that names the range of sources", () => {
    const told = verdictText(results);
    expect(told).toContain("At the train length, sources of 21 to 40 tokens: ");
    expect(told).toMatch(
      /At 2× the train length, sources of 41 to 80 tokens: alibi answers most sources right/,
    );
    expect(told).toContain("Break beyond the train length: ");
    expect(told).toContain("learned at up to 80 tokens: its table has 40 rows");
  });

  test("has a report and files of its figures and tables", () => {
    const page = renderReport(results);
    expect(page).toContain("Three position encodings on translating dates");
    expect(page).toMatch(/The same encoder-decoder \(\d+ layers? of width \d+ in each half\)/);
    const paths = reportFiles(results).map(({ path }) => path);
    expect(paths).toContain("report-figures/by-length-held-out.svg");
    expect(paths).toContain("report-tables/comparison.csv");
  });

  test("says where answers ended and which targets were not trained on", () => {
    const limited = pairsFixture("exact", true);
    const page = renderReport(parseResults(JSON.stringify(limited)));
    expect(page).toContain("No pair with more than 22 tokens of a target was trained on.");
    expect(page).toContain("without an end symbol, which models did not learn");
    expect(page).not.toContain("half as long again");
    expect(page).toContain("with the end symbol of each source.");
    expect(renderReport(results)).toContain("half as long again");
    const broken = JSON.stringify(limited).replace('"answerEnd":"length"', '"answerEnd":"never"');
    expect(() => parseResults(broken)).toThrow("configuration.pairs.answerEnd must be");
  });

  test.each(["bleu", "chrf", "rouge", "f1"] as const)("is ranked by %s too", (measure) => {
    const ranked = pairsFixture(measure).comparison.filter(isRanked);
    const best = ranked.find(({ length, standing }) => length === 80 && standing === "best");
    expect(best?.encoding).toBe("alibi");
    expect(verdictText(pairsFixture(measure))).not.toMatch(/highest (\S+), \1/);
    expect(parseResults(JSON.stringify(pairsFixture(measure))).comparison).toHaveLength(9);
  });
});
