/**
 * The figure that carries the verdict: for one length, each encoding's distance to the best with its interval.
 * An interval that touches the rule at zero is one that cannot be told apart.
 *
 * Worse is to the right, whichever sign that has.
 *
 * A rival far behind would press the close ones together, so the axis ends where those end; an arrow at the
 * edge stands for the far one. The number of each is written beside it.
 *
 * @module
 */
import * as Plot from "@observablehq/plot";
import { parseHTML } from "linkedom";
import { shortened, signed } from "./format.ts";
import type { Html } from "../drawing/html.ts";
import { html } from "../drawing/html.ts";
import { ink } from "../drawing/palette.ts";
import { finished } from "./plots.ts";
import type { Interval, Standing } from "../comparison/results.ts";
import type { AnyRanked } from "./wording.ts";

interface Row {
  readonly name: string;
  readonly index: number;
  readonly at: number;
  readonly low: number;
  readonly high: number;
  readonly innerLow: number;
  readonly innerHigh: number;
  readonly standing: Standing;
}

/** `rows` share one length and protocol; `encodings` gives the colours; `worse` is 1 where less is better. */
export function forestFigure(
  rows: readonly AnyRanked[],
  encodings: readonly string[],
  description: string,
  worse: 1 | -1 = 1,
): Html {
  const turned = (interval: Interval | null): Interval | null =>
    interval && worse < 0 ? { low: -interval.high, high: -interval.low } : interval;
  const prepared = [...rows]
    .sort((a, b) => worse * (a.difference.mean - b.difference.mean))
    .map(({ encoding, difference, standing }, place): Row => {
      const mean = worse * difference.mean || 0;
      const [interval, simultaneous] = [difference.interval, difference.simultaneous].map(turned);
      return {
        // The place keeps two shortened names apart.
        name: `${place}`,
        index: encodings.indexOf(encoding),
        at: mean,
        low: simultaneous?.low ?? mean,
        high: simultaneous?.high ?? mean,
        innerLow: interval?.low ?? mean,
        innerHigh: interval?.high ?? mean,
        standing,
      };
    });
  return html`<div class="plots">
    ${draw(prepared, encodings, description, worse, true)}
    ${draw(prepared, encodings, description, worse, false)}
  </div>`;
}

function draw(
  rows: readonly Row[],
  encodings: readonly string[],
  description: string,
  worse: 1 | -1,
  wide: boolean,
): Html {
  const limit = axisEnd(rows);
  const low = Math.min(0, ...rows.map((row) => row.low));
  const pad = 0.04 * (limit - low);
  const near = rows.filter((row) => row.at <= limit);
  const far = rows.filter((row) => row.at > limit);
  const color = (row: Row): string => ink(row.index).color;
  const common = { y: "name", stroke: color, clip: true } as const;
  const { document } = parseHTML("<html><body></body></html>");
  const svg = Plot.plot({
    document: document,
    className: "plot",
    width: wide ? 520 : 360,
    height: rows.length * 22 + 34,
    marginTop: 4,
    marginBottom: 30,
    marginLeft: wide ? 140 : 112,
    marginRight: 92,
    x: { domain: [low - pad, limit + pad], label: null },
    y: { type: "band", domain: rows.map((row) => row.name), axis: null },
    color: { type: "identity" },
    marks: [
      Plot.gridX({ stroke: "var(--grid)", strokeOpacity: 1, ticks: 4 }),
      Plot.axisX({
        ticks: 4,
        tickSize: 0,
        fontSize: 11,
        tickFormat: (value: number) =>
          value === 0
            ? "0"
            : (worse * value < 0 ? "−" : "+") + String(Math.abs(Number(value.toFixed(4)))),
      }),
      Plot.ruleX([0], { stroke: "var(--ink)" }),
      Plot.ruleY(near, { ...common, x1: "low", x2: "high", strokeWidth: 1.25 }),
      Plot.ruleY(near, {
        ...common,
        x1: "innerLow",
        x2: "innerHigh",
        strokeWidth: 4,
        strokeOpacity: 0.45,
      }),
      Plot.dot(near, {
        x: "at",
        y: "name",
        r: 4,
        fill: color,
        stroke: "var(--page)",
        strokeWidth: 1,
        symbol: (row: Row) => (row.standing === "best" ? "diamond" : "circle"),
      }),
      Plot.text(rows, {
        y: "name",
        frameAnchor: "left",
        textAnchor: "end",
        dx: -8,
        text: (row: Row) => shortened(encodings[row.index]!, wide ? 17 : 14),
        fill: color,
        fontSize: 11.5,
        fontWeight: 600,
      }),
      Plot.text(far, {
        y: "name",
        frameAnchor: "right",
        textAnchor: "end",
        text: () => "→",
        fill: color,
        fontSize: 13,
      }),
      Plot.text(rows, {
        y: "name",
        frameAnchor: "right",
        textAnchor: "start",
        dx: 10,
        text: (row: Row) => outcome(row, worse),
        fontSize: 11.5,
        fill: "var(--ink)",
      }),
    ],
  });
  return finished(svg, wide ? "wide" : "narrow", description);
}

function outcome({ at, standing }: Row, worse: 1 | -1): string {
  if (standing === "best") return worse > 0 ? "lowest" : "highest";
  return standing === "level" ? `${signed(worse * at)} level` : signed(worse * at);
}

/** The end of the furthest interval among those not far behind the middle of the field. */
function axisEnd(rows: readonly Row[]): number {
  const behind = rows.filter((row) => row.standing !== "best").map((row) => row.at);
  if (behind.length === 0) return 0.01;
  const middle = behind[Math.floor((behind.length - 1) / 2)]!;
  const near = rows.filter((row) => row.at <= Math.max(0.02, 4 * middle));
  return Math.max(0.005, ...near.map((row) => row.high));
}
