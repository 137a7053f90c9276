/**
 * Line charts, drawn by Observable Plot into the document that the caller gives: linkedom's in Node, the page's own
 * in a page.
 *
 * Values that explode would leave no height for the other lines, so the vertical axis ends where the useful range
 * ends, lines leave through the top with an arrow, and the label at the right still has the number.
 *
 * @module
 */
import { refuseUnknownNames } from "../errors.ts";
import type { NamesOf } from "../errors.ts";
import * as Plot from "@observablehq/plot";
import { grouped, multiple } from "../format.ts";
import { verticalRange } from "./curve.ts";
import type { Curve } from "./curve.ts";
import { labelHeight, labelWidth } from "./label-places.ts";
import { asideStep, endLabel, endLabels, endLabelSize, seriesMarks } from "./line-marks.ts";
import { finishChart } from "./svg.ts";
import type { ChartSize } from "./svg.ts";

/** What a line chart shows. */
export interface LineChartOptions {
  /** Read aloud instead of the picture. */
  readonly description: string;
  readonly curves: readonly Curve[];
  readonly x: {
    readonly scale: "log2" | "linear";
    readonly ticks?: readonly number[];
    /** Ticks read "8×" of this length, below the length itself. */
    readonly multipleOf?: number;
  };
  /** A vertical rule, with its words. */
  readonly rule?: { readonly x: number; readonly label: string };
  /** Mark every point and its interval. Default false. */
  readonly points?: boolean;
  /** Width of the wide drawing in pixels. Default 560. */
  readonly width?: number;
  /** Digits after the point in the labels. Default 3. */
  readonly digits?: number;
  /** Highest value that must be inside the frame; higher ones leave through the top. */
  readonly ceiling: number;
  /** Lowest value inside the frame, where charts side by side share an axis. Default: of the curves. */
  readonly floor?: number;
}

const names: NamesOf<LineChartOptions> = {
  description: true,
  curves: true,
  x: true,
  rule: true,
  points: true,
  width: true,
  digits: true,
  ceiling: true,
  floor: true,
};
const axisNames: NamesOf<LineChartOptions["x"]> = { scale: true, ticks: true, multipleOf: true };

/** The chart as an SVG element of `document`; undefined where no curve has a point. */
export function lineChart(
  document: Document,
  options: LineChartOptions,
  size: ChartSize = "wide",
): Element | undefined {
  refuseUnknownNames("lineChart", options, names);
  refuseUnknownNames("lineChart: x", options.x, axisNames);
  const { x, rule, points = false, digits = 3 } = options;
  const curves = options.curves.filter((curve) => curve.points.length > 0);
  if (curves.length === 0) return undefined;
  const last = Math.max(...curves.map((curve) => curve.reach));
  const words = { characters: size === "wide" ? 14 : 10, digits };
  const labels = curves
    .filter(({ reach }) => reach === last)
    .map((curve) => endLabel(curve, words));
  const frame = frameOf(options, size, curves.length, labelWidth(labels, endLabelSize));
  const bottom = frame.height - frame.marginBottom;
  const first = Math.min(...curves.map((curve) => curve.points[0]!.x));
  const [low, high] = verticalRange(curves, options);
  const scaleY = (y: number): number =>
    bottom - ((Math.min(high, y) - low) / (high - low)) * (bottom - frame.marginTop);
  const svg = Plot.plot({
    ...frame,
    document,
    className: "plot",
    x: {
      ...(x.scale === "log2" ? { type: "log" as const, base: 2 } : { type: "linear" as const }),
      domain: [first, last],
      label: null,
    },
    y: { domain: [low, high], label: null },
    marks: [
      ...axes(options, frame),
      ...(rule ? [Plot.ruleX([rule.x], { stroke: "var(--ink)", strokeDasharray: "2 3" })] : []),
      ...curves.flatMap((curve) =>
        seriesMarks(curve, {
          count: curves.length,
          points,
          ceiling: high,
          logarithmic: x.scale === "log2",
        }),
      ),
      ...(rule ? [ruleLabel(rule)] : []),
      ...endLabels(curves, {
        ...{ lastX: last, scaleY, ...words },
        ...{ top: frame.marginTop, bottom: bottom - 6, inset: frame.insetRight },
      }),
    ],
  });
  return finishChart(svg, size, options.description);
}

interface Frame {
  readonly width: number;
  readonly height: number;
  readonly marginTop: number;
  readonly marginRight: number;
  readonly marginBottom: number;
  readonly marginLeft: number;
  readonly insetLeft: number;
  readonly insetRight: number;
}

function frameOf(
  { width = 560, points = false }: LineChartOptions,
  size: ChartSize,
  labels: number,
  marginRight: number,
): Frame {
  const wide = size === "wide";
  const aside = 6 + 5 * asideStep;
  return {
    width: wide ? width : 360,
    // The labels of many curves need the height.
    height: Math.max(wide ? 340 : 300, labels * labelHeight + 70),
    marginTop: 24,
    marginRight,
    marginBottom: 44,
    marginLeft: 46,
    // Room for points that are moved aside.
    insetLeft: points ? aside : 0,
    insetRight: points ? aside : 0,
  };
}

function axes({ x }: LineChartOptions, frame: Frame): Plot.Markish[] {
  const inner = frame.width - frame.marginLeft - frame.marginRight;
  return [
    Plot.gridY({ stroke: "var(--grid)", strokeOpacity: 1, ticks: 5 }),
    Plot.axisY({ label: null, tickSize: 0, ticks: 5, fontSize: 12 }),
    Plot.axisX({
      label: null,
      tickSize: 4,
      fontSize: 12,
      ticks: x.ticks
        ? thinned(x.ticks, Math.max(2, Math.floor((inner - frame.insetLeft) / 38)))
        : Math.floor(inner / 80),
      tickFormat: (value: number) =>
        x.multipleOf ? `${grouped(value)}\n${multiple(value, x.multipleOf)}` : grouped(value),
    }),
  ];
}

function ruleLabel(rule: NonNullable<LineChartOptions["rule"]>): Plot.Markish {
  return Plot.text([rule], {
    x: "x",
    text: "label",
    frameAnchor: "top",
    textAnchor: "start",
    dx: 5,
    dy: -14,
    fontSize: 12,
    fill: "var(--ink)",
  });
}

/** Every second tick (or third, …) counted from the last, when there are more than `most`. */
function thinned(ticks: readonly number[], most: number): number[] {
  const every = Math.ceil(ticks.length / most);
  return ticks.filter((_, i) => (ticks.length - 1 - i) % every === 0);
}
