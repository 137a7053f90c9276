/**
 * The marks of a line chart that belong to its curves: lines, points, intervals, and names at the right.
 *
 * @module
 */
import * as Plot from "@observablehq/plot";
import { decimal, shortened } from "../format.ts";
import type { Curve, Point } from "./curve.ts";
import { apart } from "./label-places.ts";
import { ink } from "./palette.ts";

/** How a curve is drawn among others. */
export interface SeriesOptions {
  /** Curves in the chart. */
  readonly count: number;
  /** Mark every point and its interval. */
  readonly points: boolean;
  /** Points above are not marked. */
  readonly ceiling: number;
}

/** The line of a curve, with its points and intervals if `points` is set. */
export function seriesMarks(
  curve: Curve,
  { count, points, ceiling }: SeriesOptions,
): Plot.Markish[] {
  const { color, dash } = ink(curve.index);
  const style = { ariaDescription: `series s${curve.index}` };
  // Intervals at one length would hide one another; few enough curves can be moved aside.
  const dx = points && count <= 10 ? (curve.index - (count - 1) / 2) * 2 : 0;
  const line = Plot.line(curve.points as Point[], {
    ...style,
    ...{ x: "x", y: "y", stroke: color, dx, clip: true },
    strokeWidth: 1.8,
    strokeDasharray: dash,
  });
  if (!points) return [line];
  const inside = curve.points.filter((point) => point.y <= ceiling);
  const intervals = inside
    .filter((point) => point.low !== undefined)
    .map((point) => ({ ...point, high: Math.min(point.high!, ceiling) }));
  return [
    line,
    Plot.ruleX(intervals, {
      ...style,
      ...{ x: "x", y1: "low", y2: "high", stroke: color, dx },
      strokeWidth: 1.5,
      strokeOpacity: 0.55,
    }),
    Plot.dot(inside, {
      ...style,
      ...{ x: "x", y: "y", r: 3, fill: color, dx },
      stroke: "var(--page)",
      strokeWidth: 1,
    }),
  ];
}

/** Where the names at the right may be. */
export interface EndLabelOptions {
  /** Curves that reach it are named. */
  readonly lastX: number;
  /** Pixels from the top of a value. */
  readonly scaleY: (y: number) => number;
  readonly top: number;
  readonly bottom: number;
  /** The longest name in characters; longer ones are shortened. */
  readonly characters: number;
  /** Digits after the point. */
  readonly digits: number;
}

/** Names and last values at the right end, moved apart where they would overlap. */
export function endLabels(
  curves: readonly Curve[],
  { lastX, scaleY, top, bottom, characters, digits }: EndLabelOptions,
): Plot.Markish[] {
  const ends = curves
    .map((curve) => ({ curve, end: curve.points[curve.points.length - 1]! }))
    .filter(({ curve }) => curve.reach === lastX)
    .sort((a, b) => b.end.y - a.end.y);
  const heights = apart(
    ends.map(({ end }) => scaleY(end.y)),
    top,
    bottom,
  );
  return ends.map(({ curve, end }, i) => {
    const name = shortened(curve.name, characters);
    return Plot.text([end], {
      ariaDescription: `series s${curve.index}`,
      x: "x",
      frameAnchor: "top",
      textAnchor: "start",
      dx: 10,
      dy: heights[i]! - top,
      lineAnchor: "middle",
      text: () => `${name} ${decimal(end.y, digits)}`,
      fill: ink(curve.index).color,
      fontSize: 11.5,
      fontWeight: 600,
    });
  });
}
