/**
 * Charts are drawn into the document that the caller gives: linkedom's here, a page's own in a page.
 */
import { parseHTML } from "linkedom";
import { describe, expect, test } from "vitest";
import { ceilingOf, verticalRange } from "../../src/drawing/curve.ts";
import type { Curve } from "../../src/drawing/curve.ts";
import { forestPlot } from "../../src/drawing/forest-plot.ts";
import type { ForestRow } from "../../src/drawing/forest-plot.ts";
import { apart } from "../../src/drawing/label-places.ts";
import { lineChart } from "../../src/drawing/line-chart.ts";
import { markupOf } from "../../src/drawing/svg.ts";
import { sourceFiles } from "../architecture/source-files.ts";

const { document } = parseHTML("<html><body></body></html>");

const curves: readonly Curve[] = [
  {
    ...{ name: "alibi", index: 0, reach: 256 },
    points: [
      { x: 64, y: 2.1, low: 2, high: 2.2 },
      { x: 128, y: 2.05, low: 2, high: 2.1 },
      { x: 256, y: 2, low: 1.9, high: 2.1 },
    ],
  },
  {
    ...{ name: "sinusoidal(layout=concat)", index: 1, reach: 256 },
    points: [
      { x: 64, y: 2.2 },
      { x: 128, y: 3.4 },
      { x: 256, y: 90.125 },
    ],
  },
  { name: "learned", index: 2, reach: 64, points: [{ x: 64, y: 2.3 }] },
  { name: "diverged", index: 3, reach: 0, points: [] },
];
const chart = {
  description: "Bits per byte by test length",
  curves,
  x: { scale: "log2", ticks: [64, 128, 256], multipleOf: 64 },
  points: true,
  ceiling: 4,
} as const;
const textsOf = (svg: Element): string[] =>
  [...svg.querySelectorAll("text")].map((node) => node.textContent);

describe("a line chart", () => {
  test("is an element of the given document, which it does not change", () => {
    const svg = lineChart(document, chart)!;
    expect(svg.ownerDocument).toBe(document);
    expect(svg.parentNode).toBeNull();
    expect(document.body.childNodes).toHaveLength(0);
    expect(svg.getAttribute("class")).toBe("plot wide");
    expect(svg.getAttribute("aria-label")).toBe("Bits per byte by test length");
    expect(svg.querySelector("style")).toBeNull();
  });

  test("has a line for each curve with points, in its colour, and names those that reach the end", () => {
    const svg = lineChart(document, chart, "narrow")!;
    const lines = [...svg.querySelectorAll(".series:not(.target) path")];
    expect(lines).toHaveLength(3);
    for (const line of lines) expect(line.getAttribute("d")).toMatch(/^M[\d.]+,/);
    expect(svg.querySelector(".s1")!.outerHTML).toContain("var(--hue-1)");
    const texts = textsOf(svg);
    expect(texts).toContain("alibi 2.000");
    expect(texts.some((text) => /^sinu\S*…\S+ 90\.125$/.test(text))).toBe(true);
    expect(texts.some((text) => text.startsWith("learned"))).toBe(false);
  });

  test("values above the ceiling leave the frame but keep their number", () => {
    const [low, high] = verticalRange(curves, { ceiling: 4 });
    expect([low, high]).toEqual([expect.closeTo(1.816), expect.closeTo(4.084)]);
    const dots = lineChart(document, chart)!.querySelectorAll(".s1 circle");
    expect(dots).toHaveLength(2);
  });

  test("writes as many digits as it is asked for", () => {
    expect(textsOf(lineChart(document, { ...chart, digits: 1 })!)).toContain("alibi 2.0");
  });

  test("of nothing is undefined", () => {
    expect(lineChart(document, { ...chart, curves: curves.slice(3) })).toBeUndefined();
  });

  test("as markup has no number that is none, and hundredths of a pixel", () => {
    const { source } = markupOf(lineChart(document, chart)!);
    expect(source).toMatch(/^<svg /);
    expect(source).not.toMatch(/NaN|Infinity|undefined/);
    expect([...source.matchAll(/<[^>]*\d\.\d{3,}[^>]*>/g)]).toEqual([]);
    expect(source).toContain("90.125");
  });
});

test("an axis ends where the close values end, unless all are close", () => {
  expect(ceilingOf(curves, [2.3])).toBeCloseTo(2 + 3 * 0.3, 12);
  expect(ceilingOf(curves.slice(0, 1), [2.2])).toBeCloseTo(2.2, 12);
});

describe("a forest plot", () => {
  const row = (name: string, index: number, difference: number): ForestRow => ({
    ...{ name, index, difference },
    interval: { low: difference - 0.01, high: difference + 0.01 },
    simultaneous: { low: difference - 0.02, high: difference + 0.02 },
    standing: difference === 0 ? "best" : Math.abs(difference) < 0.02 ? "level" : "behind",
  });
  const options = {
    description: "Difference to the best",
    rows: [row("far", 0, 3), row("best", 1, 0), row("near", 2, 0.01)],
    superlative: "lowest",
  };

  test("has the best on top, differences in words, and an arrow for what is far", () => {
    const texts = textsOf(forestPlot(document, options));
    expect(texts.filter((text) => ["best", "near", "far"].includes(text))).toEqual([
      "best",
      "near",
      "far",
    ]);
    expect(texts).toContain("lowest");
    expect(texts).toContain("+0.010 level");
    expect(texts).toContain("+3.000");
    expect(texts).toContain("→");
  });

  test("where more is better, what is lower is to the right, with its own sign", () => {
    const rows = options.rows.map((one) => ({ ...one, difference: -one.difference }));
    const turned = forestPlot(document, { ...options, rows, worse: -1, superlative: "highest" });
    const texts = textsOf(turned);
    expect(texts).toContain("highest");
    expect(texts).toContain("−3.000");
    expect(texts.some((text) => /^\+\d\.\d{3}/.test(text))).toBe(false);
  });
});

describe("labels", () => {
  test("that do not touch keep their place", () => {
    expect(apart([10, 50, 90], 0, 200)).toEqual([10, 50, 90]);
  });
});

describe("what drawing imports", () => {
  const files = new Map(sourceFiles().map((file) => [file.path, file]));
  /** All files that are reached from some, themselves included. */
  const reachedFrom = (start: readonly string[]): Set<string> => {
    const reached = new Set(start);
    for (const name of reached)
      for (const next of files.get(name)?.imports ?? []) reached.add(next);
    return reached;
  };
  const naming = (reached: Iterable<string>, specifier: RegExp): string[] =>
    [...reached].filter((name) => files.get(name)?.specifiers.some((one) => specifier.test(one)));

  test("neither linkedom nor node:*, however far", () => {
    const drawing = [...files.keys()].filter((name) => name.startsWith("drawing/"));
    expect(drawing.length).toBeGreaterThan(8);
    expect(naming(reachedFrom(drawing), /^(linkedom|node:)/)).toEqual([]);
    // The same search finds the one file of the report that does.
    expect(naming(reachedFrom(["report/node-report.ts"]), /^linkedom$/)).toEqual([
      "report/node-report.ts",
    ]);
  });

  test("the browser's entry reaches charts and report, and no linkedom", () => {
    const reached = reachedFrom(["browser.ts"]);
    expect(reached).toContain("drawing/line-chart.ts");
    expect(reached).toContain("report/report.ts");
    expect(naming(reached, /^linkedom$/)).toEqual([]);
  });
});
