/**
 * The line figures, drawn by Observable Plot into a document that needs no browser. Each is drawn twice,
 * wide and narrow, so that its text keeps its size on a telephone; the style sheet shows one of them.
 *
 * Loss that explodes would press every other line flat, so the vertical axis ends where the useful range
 * ends, lines leave through the top, and the label at the right still tells the number.
 *
 * @module
 */
import * as Plot from "@observablehq/plot";
import { parseHTML } from "linkedom";
import { apart, labelHeight } from "./apart.ts";
import { bits, grouped, multiple, shortened } from "./format.ts";
import type { Html } from "../drawing/html.ts";
import { html, trusted } from "../drawing/html.ts";
import { ink } from "../drawing/palette.ts";
import type { Curve, Point } from "./curves.ts";

export interface FigureOptions {
  /** Read aloud instead of the picture. */
  readonly description: string;
  readonly curves: readonly Curve[];
  readonly x: {
    readonly scale: "log2" | "linear";
    readonly ticks?: readonly number[];
    /** Ticks read "8×" of this length, above the length itself. */
    readonly multipleOf?: number;
  };
  /** A vertical rule, with its words. */
  readonly rule?: { readonly x: number; readonly label: string };
  /** Mark every point and its interval. */
  readonly points?: boolean;
  /** Width of the wide drawing in pixels. Default 560, half a page. */
  readonly width?: number;
  /** Highest value that must be inside the frame; higher ones leave through the top. */
  readonly ceiling: number;
  /** Lowest value inside the frame, where figures side by side share an axis. Default: of the curves. */
  readonly floor?: number;
}

type Size = "wide" | "narrow";

/** Both sizes of a figure, in one block. */
export function lineFigure(options: FigureOptions): Html {
  return html`<div class="plots">${draw(options, "wide")}${draw(options, "narrow")}</div>`;
}

function draw(options: FigureOptions, size: Size): Html {
  const { curves, x, rule, points = false } = options;
  const drawn = curves.filter((curve) => curve.points.length > 0);
  if (drawn.length === 0) return html`<p class="quiet ${size}">No finite value to draw.</p>`;
  const wide = size === "wide";
  const [width, plain] = wide ? [options.width ?? 560, 340] : [360, 300];
  const frame = {
    width,
    // The labels of many encodings need the height.
    height: Math.max(plain, drawn.length * labelHeight + 70),
    marginTop: 24,
    marginRight: wide ? 132 : 112,
    marginBottom: 44,
    marginLeft: 40,
    // Room for points that step aside.
    insetLeft: points ? 10 : 0,
    insetRight: points ? 10 : 0,
  };
  const first = Math.min(...drawn.map((curve) => curve.points[0]!.x));
  const [low, high] = yDomain(drawn, options);
  const last = Math.max(...drawn.map((curve) => curve.reach));
  const scaleY = (y: number): number =>
    frame.height -
    frame.marginBottom -
    ((Math.min(high, y) - low) / (high - low)) *
      (frame.height - frame.marginTop - frame.marginBottom);

  const marks: Plot.Markish[] = [
    Plot.gridY({ stroke: "var(--grid)", strokeOpacity: 1, ticks: 5 }),
    Plot.axisY({ label: null, tickSize: 0, ticks: 5, fontSize: 11 }),
    Plot.axisX({
      label: null,
      tickSize: 4,
      fontSize: 11,
      ...(x.ticks && { ticks: thinned(x.ticks, wide ? 12 : 6) }),
      tickFormat: (value: number) =>
        x.multipleOf ? `${grouped(value)}\n${multiple(value, x.multipleOf)}` : grouped(value),
    }),
    ...(rule ? [Plot.ruleX([rule.x], { stroke: "var(--ink)", strokeDasharray: "2 3" })] : []),
    ...drawn.flatMap((curve) => seriesMarks(curve, drawn.length, points, high)),
    ...(rule
      ? [
          Plot.text([rule], {
            x: "x",
            text: "label",
            frameAnchor: "top",
            textAnchor: "start",
            dx: 5,
            dy: -14,
            fontSize: 11,
            fill: "var(--ink)",
          }),
        ]
      : []),
    ...endLabels(drawn, last, scaleY, frame.marginTop, frame.height - frame.marginBottom - 6, wide),
  ];
  const { document } = parseHTML("<html><body></body></html>");
  const svg = Plot.plot({
    ...frame,
    document: document,
    className: "plot",
    x: {
      ...(x.scale === "log2" ? { type: "log" as const, base: 2 } : { type: "linear" as const }),
      domain: [first, last],
      label: null,
    },
    y: { domain: [low, high], label: null },
    marks,
  });
  return finished(svg, size, options.description);
}

/** Every second tick (or third, …) counted from the last, when there are more than `most`. */
function thinned(ticks: readonly number[], most: number): number[] {
  const every = Math.ceil(ticks.length / most);
  return ticks.filter((_, i) => (ticks.length - 1 - i) % every === 0);
}

function seriesMarks(curve: Curve, count: number, points: boolean, high: number): Plot.Markish[] {
  const { color, dash } = ink(curve.index);
  const style = { ariaDescription: `series s${curve.index}` };
  // Whiskers at one length would hide one another; few enough encodings can step aside.
  const dx = points && count <= 10 ? (curve.index - (count - 1) / 2) * 2 : 0;
  const inside = curve.points.filter((point) => point.y <= high);
  return [
    Plot.line(curve.points as Point[], {
      ...style,
      x: "x",
      y: "y",
      stroke: color,
      strokeWidth: 1.8,
      strokeDasharray: dash,
      clip: true,
      dx,
    }),
    ...(points
      ? [
          Plot.ruleX(
            inside
              .filter((point) => point.low !== undefined)
              .map((point) => ({ ...point, high: Math.min(point.high!, high) })),
            {
              ...style,
              x: "x",
              y1: "low",
              y2: "high",
              stroke: color,
              strokeWidth: 1.5,
              strokeOpacity: 0.55,
              dx,
            },
          ),
          Plot.dot(inside, {
            ...style,
            x: "x",
            y: "y",
            r: 3,
            fill: color,
            stroke: "var(--page)",
            strokeWidth: 1,
            dx,
          }),
        ]
      : []),
  ];
}

/** Names at the right end, moved apart where they would overlap, joined to their lines by a hairline. */
function endLabels(
  curves: readonly Curve[],
  lastX: number,
  scaleY: (y: number) => number,
  top: number,
  bottom: number,
  wide: boolean,
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
    const name = shortened(curve.encoding, wide ? 14 : 10);
    return Plot.text([end], {
      ariaDescription: `series s${curve.index}`,
      x: "x",
      frameAnchor: "top",
      textAnchor: "start",
      dx: 10,
      dy: heights[i]! - top,
      lineAnchor: "middle",
      text: () => `${name} ${bits(end.y)}`,
      fill: ink(curve.index).color,
      fontSize: 11.5,
      fontWeight: 600,
    });
  });
}

function yDomain(
  curves: readonly Curve[],
  { ceiling, floor = Infinity }: FigureOptions,
): [low: number, high: number] {
  const shown = curves.flatMap((curve) =>
    curve.points.flatMap(({ y, low, high }) => [y, low ?? y, high ?? y]),
  );
  const low = Math.min(floor, ...shown);
  const highest = floor < Infinity ? ceiling : Math.max(...shown);
  const high = Math.max(low, Math.min(ceiling, highest));
  const pad = Math.max(0.04 * (high - low), 1e-3);
  return [low - pad, high + pad];
}

/** The drawing as markup: classes for the style sheet, and nothing that differs from run to run. */
export function finished(svg: Element, size: Size, description: string): Html {
  svg.querySelector("style")?.remove();
  for (const group of svg.querySelectorAll("[aria-description]")) {
    group.setAttribute("class", group.getAttribute("aria-description")!);
    group.removeAttribute("aria-description");
  }
  svg.setAttribute("class", `plot ${size}`);
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", description);
  for (const name of ["font-family", "font-size"]) svg.removeAttribute(name);
  // Hundredths of a pixel are enough; numbers outside the tags are results and stay.
  const rounded = (tag: string): string =>
    tag.replace(/-?\d+\.\d{3,}/g, (number) => String(Number(Number(number).toFixed(2))));
  return trusted(svg.outerHTML.replace(/<[^>]*>/g, rounded));
}
