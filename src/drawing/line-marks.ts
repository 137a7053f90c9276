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
  /** Points above are not marked; an arrow is where a line or an interval leaves. */
  readonly ceiling: number;
  /** Whether the horizontal axis is logarithmic. */
  readonly logarithmic: boolean;
}

/** Pixels between the points of neighbouring curves at one place. */
export const asideStep = 3;

/** Where a line crosses the upper edge of the frame; its first place where all of it is above. */
function crossings(
  points: readonly Point[],
  ceiling: number,
  logarithmic: boolean,
): { readonly x: number }[] {
  const [to, from] = logarithmic ? [Math.log2, (x: number) => 2 ** x] : [Number, Number];
  const edges = points.flatMap((point, at) => {
    const next = points[at + 1];
    return next && point.y > ceiling !== next.y > ceiling ? [{ x: between(point, next) }] : [];
  });
  return edges.length === 0 && points[0] && points[0].y > ceiling ? [{ x: points[0].x }] : edges;

  function between(a: Point, b: Point): number {
    return from(to(a.x) + ((ceiling - a.y) / (b.y - a.y)) * (to(b.x) - to(a.x)));
  }
}

/** Points inside the frame whose interval ends above it. */
function cutIntervals(points: readonly Point[], ceiling: number): { readonly x: number }[] {
  return points.filter((point) => point.y <= ceiling && (point.high ?? point.y) > ceiling);
}

/** The line of a curve, with its points and intervals if `points` is set. */
export function seriesMarks(
  curve: Curve,
  { count, points, ceiling, logarithmic }: SeriesOptions,
): Plot.Markish[] {
  const { color, dash } = ink(curve.index);
  const style = { ariaDescription: `series s${curve.index}` };
  // Intervals at one length would hide one another; few enough curves can be moved aside.
  const dx = points && count <= 10 ? (curve.index - (count - 1) / 2) * asideStep : 0;
  const single = curve.points.length === 1;
  const line = Plot.line(curve.points as Point[], {
    ...style,
    ...{ x: "x", y: "y", stroke: color, dx, clip: true },
    strokeWidth: 1.8,
    strokeDasharray: dash,
  });
  const target = Plot.line(curve.points as Point[], {
    ...{ ariaDescription: `series s${curve.index} target`, x: "x", y: "y", dx, clip: true },
    ...{ stroke: "transparent", strokeWidth: 11, pointerEvents: "stroke" },
  });
  const leaving = [
    ...crossings(curve.points, ceiling, logarithmic),
    ...cutIntervals(curve.points, ceiling),
  ];
  const arrows = Plot.text(leaving, {
    ...style,
    ...{ x: "x", y: () => ceiling, text: () => "↑", dx, dy: -1, lineAnchor: "bottom" },
    ...{ fill: color, fontSize: 14, fontWeight: 700 },
  });
  const inside = curve.points.filter((point) => point.y <= ceiling);
  if (!points)
    return [
      ...[line, target, arrows],
      ...(single ? [Plot.dot(inside, { ...style, x: "x", y: "y", r: 4.5, fill: color })] : []),
    ];
  const intervals = inside
    .filter((point) => point.low !== undefined)
    .map((point) => ({ ...point, high: Math.min(point.high!, ceiling) }));
  return [
    ...[line, target, arrows],
    Plot.ruleX(intervals, {
      ariaDescription: `series s${curve.index} interval`,
      ...{ x: "x", y1: "low", y2: "high", stroke: color, dx },
      strokeWidth: 1.5,
      strokeOpacity: 0.55,
    }),
    Plot.dot(inside, {
      ...style,
      ...{ x: "x", y: "y", r: single ? 4.5 : 3, fill: color, dx },
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
  /** Pixels from the last place to the end of the frame. */
  readonly inset: number;
  /** The longest name in characters; longer ones are shortened. */
  readonly characters: number;
  /** Digits after the point. */
  readonly digits: number;
}

/** Font size of the names at the right in pixels. */
export const endLabelSize = 12;

/** "alibi 1.940" */
export function endLabel(
  { name, points }: Curve,
  { characters, digits }: Pick<EndLabelOptions, "characters" | "digits">,
): string {
  return `${shortened(name, characters)} ${decimal(points.at(-1)!.y, digits)}`;
}

/** Names and last values at the right end, moved apart where they would overlap. */
export function endLabels(
  curves: readonly Curve[],
  { lastX, scaleY, top, bottom, characters, digits, inset }: EndLabelOptions,
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
    return Plot.text([end], {
      ariaDescription: `series s${curve.index}`,
      x: "x",
      frameAnchor: "top",
      textAnchor: "start",
      dx: inset + 8,
      dy: heights[i]! - top,
      lineAnchor: "middle",
      text: () => endLabel(curve, { characters, digits }),
      fill: ink(curve.index).color,
      fontSize: endLabelSize,
      fontWeight: 600,
    });
  });
}
