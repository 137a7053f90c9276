/**
 * What the README says of the article and of the default run agrees with the records and with its picture.
 */
import fs from "node:fs";
import { describe, expect, test } from "vitest";
import { judge } from "../../reproduce/claims.ts";
import { readRecords } from "../../reproduce/record.ts";
import { alibi, article } from "../../reproduce/rows-on-text.ts";
import { read, root } from "./documents.ts";

const { text } = read("README.md");

test("the picture of encodings is given for wide and for narrow pages", () => {
  expect(text).toContain('srcset="docs/encodings-narrow.svg"');
  expect(text).toMatch(/<img src="docs\/encodings\.svg" alt="Seven position encodings/);
});

describe.each([
  ["for wide pages", "docs/report.svg", '<img src="docs/report.svg"'],
  ["for narrow pages", "docs/report-narrow.svg", 'srcset="docs/report-narrow.svg"'],
])("the picture of the report, %s", (_, file, use) => {
  const svg = fs.readFileSync(`${root}/${file}`, "utf8");
  const [, windows = ""] =
    /Bits per byte, windows that do not overlap[^\n]*\n([\s\S]*?)\n\n/.exec(text) ?? [];
  const losses = windows
    .split("\n")
    .slice(2)
    .map((line) => line.match(/\d\.\d{3}(?=\D|$)/g)!);

  test("comes before the first heading, and is small and without script", () => {
    expect(text.indexOf(use)).toBeGreaterThan(0);
    expect(text.indexOf(use)).toBeLessThan(text.indexOf("\n## "));
    expect(svg.length).toBeLessThan(20_000);
    expect(svg).not.toMatch(/<script|https?:\/\/(?!www\.w3\.org)/);
  });

  test("ends where the table of the default run ends", () => {
    expect(losses).toHaveLength(5);
    for (const line of losses) expect(svg).toContain(line.at(-1)!);
  });
});

describe("the article and its claims", () => {
  const records = readRecords(new URL("../../docs/results/", import.meta.url));
  const section = text.slice(
    text.indexOf("## The article and its claims"),
    text.indexOf("## More"),
  );
  const judged = [article.claims, article.further ?? [], alibi.claims].flatMap((claims) =>
    judge(claims, records),
  );
  /** How a claim came out; `better` is the encoding of a claim about one. */
  const outcome = (better: string, worse?: string): readonly string[] =>
    judged
      .filter(({ claim }) =>
        claim.kind === "holds"
          ? worse === undefined && claim.encoding === better
          : claim.better === better && claim.worse === worse,
      )
      .map((one) => one.outcome);

  test("says plainly that it is a blog article, and what was taken from it", () => {
    expect(section).toContain(
      "a blog article on relative position encoding for large language models",
    );
    for (const target of ["docs/encodings/distance-row.md", "examples/05-encoder.ts"])
      expect(section).toContain(`](${target})`);
  });

  test("better than no positions; worse than learned, sinusoidal and rope, and at copying", () => {
    expect(section).toContain(
      "Better than no positions; worse than `learned`, `sinusoidal` and `rope` on text and than `learned` at copying",
    );
    expect(outcome("distance-row", "none")).toEqual(["shown"]);
    expect(outcome("distance-row", "learned")).toEqual(["contradicted", "contradicted"]);
    expect(outcome("distance-row", "sinusoidal(tokenStart=0.02)")).toEqual(["contradicted"]);
    expect(outcome("rope", "distance-row")).toEqual(["shown"]);
  });

  test("two modes do not hold their loss, the third is not decided", () => {
    expect(section).toContain(
      "two of the three modes that have one do not hold their loss, the third is not decided",
    );
    const modes = ["fixed-anchors", "normalise", "bucket,causal=true"].map((mode) =>
      outcome(`distance-row(mode=${mode})`),
    );
    expect(modes).toEqual([["open"], ["contradicted"], ["contradicted"]]);
  });

  test("alibi holds its loss", () => {
    expect(new Set(outcome("alibi"))).toEqual(new Set(["shown"]));
  });
});
