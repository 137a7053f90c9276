import { parseHTML } from "linkedom";
import { describe, expect, test } from "vitest";
import { csv } from "../../src/report/csv.ts";
import { reportFiles } from "../../src/report/node-report.ts";
import { fixture, seven } from "../comparison/fixture.ts";

describe("csv", () => {
  test("quotes what RFC 4180 says must be quoted, and ends lines with CRLF", () => {
    expect(csv([["a,b", 'say "x"', "two\nlines", 1.5, -2, null, NaN]])).toBe(
      '"a,b","say ""x""","two\nlines",1.5,-2,,\r\n',
    );
  });

  test.each(["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", " =1", "\r=1", "＝1"])(
    "text %j is no formula",
    (text) => {
      expect(csv([[text]]).replace(/^"/, "")).toMatch(/^'/);
    },
  );

  test("other text is unchanged", () => {
    expect(csv([["rope", "a-b", "t5(form=scaled)"]])).toBe("rope,a-b,t5(form=scaled)\r\n");
  });
});

describe("reportFiles", () => {
  const files = reportFiles(fixture());

  test("has every figure and every table", () => {
    const figures = files.filter(({ path }) => path.startsWith("report-figures/"));
    const tables = files.filter(({ path }) => path.startsWith("report-tables/"));
    expect(figures).toHaveLength(2 + 4 + 1 + 1);
    expect(tables.map(({ path }) => path)).toEqual([
      "report-tables/comparison.csv",
      "report-tables/measures.csv",
      "report-tables/trials.csv",
    ]);
    for (const { text } of figures) {
      expect(text).toMatch(/^<svg xmlns="http:\/\/www.w3.org\/2000\/svg"/);
      expect(text).not.toMatch(/NaN|Infinity|undefined|<script/);
      expect(text).toContain("--hue-0: #1d5fc4");
    }
  });

  test("a table has every number of the comparison, with all its digits", () => {
    const results = fixture();
    const { text } = files.find(({ path }) => path.endsWith("comparison.csv"))!;
    const [head, ...rows] = text.trimEnd().split("\r\n");
    expect(head).toMatch(/^encoding,length,protocol,measure,value,/);
    expect(rows).toHaveLength(results.comparison.length);
    for (const row of results.comparison)
      if ("value" in row) expect(text).toContain(`,${row.value},`);
    expect(text).toContain("its table has 128 rows");
  });

  test("a name of a user is neither a formula nor markup in any file", () => {
    const evil = `=HYPERLINK("http://x","<script>")`;
    const characters = [{ ...seven[0]!, encoding: evil }, seven[4]!];
    for (const { path, text } of reportFiles(fixture({ characters }))) {
      if (path.endsWith(".csv")) expect(text).not.toMatch(/(^|[,\n])"?=/);
      else expect(parseHTML(text).document.querySelector("script")).toBeNull();
    }
  });
});
