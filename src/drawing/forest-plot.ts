/**
 * A forest plot: the distance of each of several things to the best of them, with its interval. One whose interval
 * touches the rule at zero is not shown to be worse than the best.
 *
 * Worse is to the right, whichever sign that has. A rival far behind would leave no width for the close ones, so the
 * axis ends where those end. What is outside has an arrow at the edge: a far one, or the end of a wide interval. The
 * number of each is written beside it.
 *
 * @module
 */
import { refuseUnknownNames } from "../errors.ts";
import type { NamesOf } from "../errors.ts";
import * as Plot from "@observablehq/plot";
import { shortened, signed } from "../format.ts";
import { ink } from "./palette.ts";
import { labelWidth } from "./label-places.ts";
import { finishChart } from "./svg.ts";
import type { ChartSize } from "./svg.ts";

/** From low to high. */
export interface Range {
  readonly low: number;
  readonly high: number;
}

/** One thing and its difference to the best. */
export interface ForestRow {
  readonly name: string;
  /** Decides the colour, see `ink`. */
  readonly index: number;
  /** This one minus the best; 0 for the best itself. */
  readonly difference: number;
  /** The interval of this difference alone: the thick bar. */
  readonly interval: Range | null;
  /** The interval that holds for all rows together: the thin line. */
  readonly simultaneous: Range | null;
  /** best, level with it, or behind it. */
  readonly standing: "best" | "level" | "behind";
}

/** What a forest plot shows. */
export interface ForestPlotOptions {
  /** Read aloud instead of the picture. */
  readonly description: string;
  readonly rows: readonly ForestRow[];
  /** 1 where a positive difference is worse, −1 where a negative one is. Default 1. */
  readonly worse?: 1 | -1;
  /** What the best is called: "lowest". */
  readonly superlative: string;
  /** Digits after the point. Default 3. */
  readonly digits?: number;
}

const names: NamesOf<ForestPlotOptions> = {
  description: true,
  rows: true,
  worse: true,
  superlative: true,
  digits: true,
};

/** The plot as an SVG element of `document`. */
export function forestPlot(
  document: Document,
  options: ForestPlotOptions,
  size: ChartSize = "wide",
): Element {
  refuseUnknownNames("forestPlot", options, names);
  const { description, rows, worse = 1, superlative, digits = 3 } = options;
  const wide = size === "wide";
  const bars = barsOf(rows, worse);
  const { low, limit } = axisEnds(bars);
  const pad = 0.04 * (limit - low);
  const beside = bars.map((bar) => besideBar(bar, { worse, superlative, digits }));
  const arrow = (side: "left" | "right", outside: (bar: Bar) => boolean): Plot.Markish =>
    Plot.text(bars.filter(outside), {
      ...{ y: "place", frameAnchor: side, textAnchor: side === "left" ? "start" : "end" },
      ...{ fill: colorOf, fontSize: 14, fontWeight: 700 },
      text: () => (side === "left" ? "←" : "→"),
    });
  const svg = Plot.plot({
    document,
    className: "plot",
    width: wide ? 520 : 360,
    height: bars.length * 22 + 34,
    marginTop: 4,
    marginBottom: 30,
    marginLeft: wide ? 150 : 122,
    marginRight: labelWidth(beside, 12),
    x: { domain: [low - pad, limit + pad], label: null },
    y: { type: "band", domain: bars.map((bar) => bar.place), axis: null },
    color: { type: "identity" },
    marks: [
      ...axis(worse, wide ? 4 : 2),
      ...barMarks(bars.filter((bar) => bar.at <= limit)),
      Plot.text(bars, {
        ...{ y: "place", frameAnchor: "left", textAnchor: "end", dx: -8, fill: colorOf },
        text: (bar: Bar) => shortened(bar.row.name, wide ? 17 : 14),
        fontSize: 12,
        fontWeight: 600,
      }),
      arrow("right", (bar) => bar.high > limit + pad),
      arrow("left", (bar) => bar.at <= limit && bar.low < low - pad),
      Plot.text(bars, {
        ...{ y: "place", frameAnchor: "right", textAnchor: "start", dx: 10, fill: "var(--ink)" },
        text: (_: Bar, at: number) => beside[at]!,
        fontSize: 12,
      }),
    ],
  });
  return finishChart(svg, size, description);
}

/** A row with its signs changed where necessary, so that worse is positive. */
interface Bar {
  readonly row: ForestRow;
  /** Its place from the top; keeps two shortened names apart. */
  readonly place: string;
  readonly at: number;
  readonly low: number;
  readonly high: number;
  readonly innerLow: number;
  readonly innerHigh: number;
}

function barsOf(rows: readonly ForestRow[], worse: 1 | -1): Bar[] {
  const oriented = (range: Range | null): Range | null =>
    range && worse < 0 ? { low: -range.high, high: -range.low } : range;
  return [...rows]
    .sort((a, b) => worse * (a.difference - b.difference))
    .map((row, place): Bar => {
      const at = worse * row.difference || 0;
      const [inner, outer] = [oriented(row.interval), oriented(row.simultaneous)];
      return {
        ...{ row, at, place: `${place}` },
        ...{ low: outer?.low ?? at, high: outer?.high ?? at },
        ...{ innerLow: inner?.low ?? at, innerHigh: inner?.high ?? at },
      };
    });
}

function colorOf({ row }: Bar): string {
  return ink(row.index).color;
}

/** What is written to the right of a bar. */
function besideBar(
  { at, row }: Bar,
  { worse, superlative, digits }: { worse: 1 | -1; superlative: string; digits: number },
): string {
  if (row.standing === "best") return superlative;
  const difference = signed(worse * at, digits);
  return row.standing === "level" ? `${difference} level` : difference;
}

function axis(worse: 1 | -1, ticks: number): Plot.Markish[] {
  return [
    Plot.gridX({ stroke: "var(--grid)", strokeOpacity: 1, ticks }),
    Plot.axisX({
      ticks,
      tickSize: 0,
      fontSize: 12,
      tickFormat: (value: number) =>
        value === 0
          ? "0"
          : (worse * value < 0 ? "−" : "+") + String(Math.abs(Number(value.toFixed(4)))),
    }),
    Plot.ruleX([0], { stroke: "var(--ink)" }),
  ];
}

function barMarks(bars: readonly Bar[]): Plot.Markish[] {
  const common = { y: "place", stroke: colorOf, clip: true } as const;
  return [
    Plot.ruleY(bars, { ...common, x1: "low", x2: "high", strokeWidth: 1.25 }),
    Plot.ruleY(bars, {
      ...common,
      ...{ x1: "innerLow", x2: "innerHigh" },
      strokeWidth: 4,
      strokeOpacity: 0.45,
    }),
    Plot.dot(bars, {
      ...{ x: "at", y: "place", r: 4, fill: colorOf },
      stroke: "var(--page)",
      strokeWidth: 1,
      symbol: ({ row }: Bar) => (row.standing === "best" ? "diamond" : "circle"),
    }),
  ];
}

/**
 * The ends of the axis: the intervals of those not far behind the middle of the field, each no longer than the place of
 * the furthest of these doubled.
 */
function axisEnds(bars: readonly Bar[]): { readonly low: number; readonly limit: number } {
  const behind = bars.filter(({ row }) => row.standing !== "best").map((bar) => bar.at);
  if (behind.length === 0) return { low: 0, limit: 0.01 };
  const middle = behind[Math.floor((behind.length - 1) / 2)]!;
  const near = bars.filter((bar) => bar.at <= Math.max(0.02, 4 * middle));
  const reach = 3 * Math.max(0.02, ...near.map((bar) => bar.at));
  return {
    low: Math.max(-reach, Math.min(0, ...near.map((bar) => bar.low))),
    limit: Math.min(reach, Math.max(0.005, ...near.map((bar) => bar.high))),
  };
}
