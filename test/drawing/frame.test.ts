/** Nothing leaves a chart unseen: arrows, room for labels, points that are alone. */
import { expect, test } from "vitest";
import { forestPlot } from "../../src/drawing/forest-plot.ts";
import { lineChart } from "../../src/drawing/line-chart.ts";
import { newDocument } from "../../src/report/node-report.ts";

const document = newDocument();
const curve = (index: number, ys: readonly number[], high?: number) => ({
  ...{ name: `curve-${index}`, index, reach: ys.length },
  points: ys.map((y, x) => ({ x: x + 1, y, ...(high !== undefined && { low: y, high }) })),
});
const textsOf = (svg: Element): string[] =>
  [...svg.querySelectorAll("text")].map(({ textContent }) => textContent ?? "");
const arrows = (svg: Element): number => textsOf(svg).filter((text) => text === "↑").length;
const chart = { description: "d", x: { scale: "linear" as const }, ceiling: 2 };

test.each([
  ["a line that leaves", curve(0, [1, 9]), 1],
  ["a line that enters", curve(0, [9, 1]), 1],
  ["a line that is outside", curve(0, [9, 9]), 1],
  ["an interval that leaves", curve(0, [1, 1.5], 7), 2],
  ["a line inside", curve(0, [1, 1.5]), 0],
])("%s has its arrows", (_, one, count) => {
  const svg = lineChart(document, { ...chart, points: true, curves: [curve(1, [1, 1.2]), one] })!;
  expect(arrows(svg)).toBe(count);
});

test("a curve of one point is a point, in a chart that marks no others", () => {
  const svg = lineChart(document, { ...chart, curves: [curve(0, [1, 1.2]), curve(1, [1])] })!;
  expect(svg.querySelectorAll(".s0 circle, circle.s0")).toHaveLength(0);
  expect(svg.querySelectorAll(".s1 circle, circle.s1")).toHaveLength(1);
});

test("a chart has the room that its longest label needs", () => {
  const named = { ...curve(0, [1, 1.2]), name: "dynamic-position-bias" };
  const svg = lineChart(document, { ...chart, curves: [named] }, "narrow")!;
  const right = Number(svg.getAttribute("width")) - 46;
  const label = textsOf(svg).find((text) => text.includes("…"))!;
  expect(right).toBeGreaterThan(label.length * 12 * 0.66);
  const grid = [...svg.querySelectorAll("[aria-label='y-grid'] line")][0]!;
  expect(Number(grid.getAttribute("x2"))).toBeLessThan(360 - label.length * 12 * 0.66);
});

test("an interval that ends outside a forest plot has an arrow on its side", () => {
  const row = (name: string, difference: number, half: number) => ({
    ...({ name, index: 0, difference, standing: difference === 0 ? "best" : "level" } as const),
    interval: null,
    simultaneous: { low: difference - half, high: difference + half },
  });
  const rows = [row("a", 0, 0), row("b", 0.01, 0.01), row("c", 0.012, 5), row("d", 0.015, 0.01)];
  const texts = textsOf(forestPlot(document, { description: "d", rows, superlative: "lowest" }));
  expect(texts.filter((text) => text === "→")).toHaveLength(1);
  expect(texts.filter((text) => text === "←")).toHaveLength(1);
});
