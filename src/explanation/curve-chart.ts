/**
 * Curves by distance as SVG markup. Colours are the page's variables, so they follow its scheme.
 *
 * @module
 */
import { apart } from "../drawing/label-places.ts";
import { short } from "../format.ts";
import { escapeHtml } from "../drawing/html.ts";
import { ink } from "../drawing/palette.ts";
import type { AtDistance } from "../pictures/by-distance.ts";
import { isSpread } from "./curves.ts";
import type { Curve } from "./curves.ts";

/** Pixels of a chart, labels included. */
export interface ChartSize {
  readonly width: number;
  readonly height: number;
}

const margin = { top: 10, bottom: 34, left: 46 } as const;
/** Room for names at the right; none where there is one curve. */
const nameRoom = 92;

/** The chart's inner markup; the caller wraps it in an `svg` or a `g`. */
export function curveChart(curves: readonly Curve[], { width, height }: ChartSize): string {
  const spread = isSpread(curves);
  const frame = {
    left: margin.left,
    right: width - (curves.length > 1 ? nameRoom : 12),
    top: margin.top,
    bottom: height - margin.bottom,
  };
  const last = curves[0]!.points.length - 1;
  const [low, high] = domainOf(curves, spread);
  const x = (distance: number): number =>
    frame.left + (distance / Math.max(1, last)) * (frame.right - frame.left);
  const y = (value: number): number =>
    frame.bottom - ((value - low) / (high - low)) * (frame.bottom - frame.top);
  const levels = ticks(low, high, 5);
  const label = labelOf(levels);
  return [
    ...levels.map((value) => horizontal(label(value), y(value), frame)),
    ...ticks(0, last, 6)
      .filter((value) => Number.isInteger(value))
      .map((value) => text(x(value), frame.bottom + 15, String(value), "middle")),
    text((frame.left + frame.right) / 2, frame.bottom + 30, "distance, query − key", "middle"),
    ...(spread
      ? curves.map(({ points, heads }) =>
          band(points, heads[0]!, x, y, curves.length > 1 ? 0.08 : 0.14),
        )
      : []),
    ...curves.map(({ points, heads }) => line(points, heads[0]!, x, y)),
    ...names(curves, y, frame),
  ].join("");
}

interface Frame {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

function domainOf(curves: readonly Curve[], spread: boolean): [low: number, high: number] {
  const all = curves.flatMap(({ points }) =>
    points.flatMap(({ mean, low, high }) => (spread ? [low, high] : [mean])),
  );
  const [low, high] = [Math.min(...all), Math.max(...all)];
  if (!(high - low > 1e-12 * Math.max(1, Math.abs(high)))) return [low - 1, high + 1];
  const pad = 0.04 * (high - low);
  return [low - pad, high + pad];
}

/** Round numbers inside a range: steps of 1, 2 or 5 times a power of ten. */
export function ticks(low: number, high: number, about: number): number[] {
  const rough = (high - low) / about;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5, 10].find((times) => times * power >= rough) ?? 10);
  const first = Math.ceil(low / step - 1e-9);
  const count = Math.floor(high / step + 1e-9) - first + 1;
  return Array.from({ length: Math.max(0, count) }, (_, k) =>
    Number(((first + k) * step).toPrecision(12)),
  );
}

/** As many decimals as make the levels different. */
function labelOf(levels: readonly number[]): (value: number) => string {
  const step = levels.length < 2 ? 0 : levels[1]! - levels[0]!;
  const largest = Math.max(...levels.map(Math.abs));
  if (!(step >= 1e-4) || largest >= 1e5) return short;
  const decimals = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  return (value) => (value === 0 ? "0" : value.toFixed(decimals).replace("-", "−"));
}

function horizontal(words: string, at: number, { left, right }: Frame): string {
  const rule = `<line x1="${left}" x2="${right}" y1="${px(at)}" y2="${px(at)}" stroke="var(--grid)"/>`;
  return rule + text(left - 6, at + 4, words, "end");
}

type Scale = (value: number) => number;

function line(points: readonly AtDistance[], head: number, x: Scale, y: Scale): string {
  const { color, dash } = ink(head);
  const path = points.map(({ distance, mean }) => `${px(x(distance))},${px(y(mean))}`).join("L");
  return (
    `<path d="M${path}" fill="none" stroke="${color}" stroke-width="1.8"` +
    `${dash === "none" ? "" : ` stroke-dasharray="${dash}"`}/>`
  );
}

/** Between the least and the greatest number at each distance. */
function band(
  points: readonly AtDistance[],
  head: number,
  x: Scale,
  y: Scale,
  opacity: number,
): string {
  const upper = points.map(({ distance, high }) => `${px(x(distance))},${px(y(high))}`);
  const lower = points.map(({ distance, low }) => `${px(x(distance))},${px(y(low))}`).reverse();
  const path = [...upper, ...lower].join("L");
  return `<path d="M${path}Z" fill="${ink(head).color}" fill-opacity="${opacity}"/>`;
}

function names(curves: readonly Curve[], y: Scale, { right, top, bottom }: Frame): string[] {
  if (curves.length < 2) return [];
  const ends = curves
    .map((curve) => ({ curve, at: y(curve.points.at(-1)!.mean) }))
    .sort((a, b) => a.at - b.at);
  const places = apart(
    ends.map(({ at }) => at),
    top + 6,
    bottom - 4,
  );
  return ends.map(({ curve: { name, heads } }, k) => {
    const shown = name.length > 14 ? `${name.slice(0, 13)}…` : name;
    return (
      `<text x="${right + 8}" y="${px(places[k]! + 4)}" font-weight="600" ` +
      `style="fill:${ink(heads[0]!).color}">${escapeHtml(shown)}</text>`
    );
  });
}

function text(x: number, y: number, words: string, anchor: "middle" | "end"): string {
  return (
    `<text x="${px(x)}" y="${px(y)}" text-anchor="${anchor}" style="fill:var(--quiet)">` +
    `${escapeHtml(words)}</text>`
  );
}

/** Hundredths of a pixel are enough. */
function px(value: number): string {
  return String(Number(value.toFixed(2)));
}
