/**
 * The pictures of the learning page. They are narrow, so that their text stays legible on a telephone.
 *
 * @module
 */
import type { Records } from "../../../reproduce/claims.ts";
import { heatMap, extent, scaleOf } from "../../../src/drawing/heat-map.ts";
import { escapeHtml } from "../../../src/drawing/html.ts";
import { lineChart } from "../../../src/drawing/line-chart.ts";
import { mapStyle } from "../../../src/drawing/map-style.ts";
import { standaloneSvg } from "../../../src/drawing/standalone.ts";
import { encodingById } from "../../../src/encodings/index.ts";
import { geometricFrequencies } from "../../../src/encodings/parts/angles.ts";
import { bucketRule } from "../../../src/encodings/t5.ts";
import { wrapped } from "../../../src/explanation/columns.ts";
import { encodingPicture } from "../../../src/pictures/encoding-picture.ts";
import { newDocument } from "../../../src/report/node-report.ts";
import { pageColours } from "../../../src/report/report-style.ts";
import { lossesOnText, shownOnText } from "./measured.ts";
import { width as headWidth, lengths } from "./rotary.ts";

const size = 24;
const panel = { map: 168, across: 196, down: 252, columns: 2, edge: 16 } as const;

interface Panel {
  readonly title: string;
  readonly words: string;
  readonly values: ArrayLike<number>;
}

/** All pairs of 24 positions; where `causal`, keys after the query have no colour. */
function pairs(of: (i: number, j: number) => number, causal: boolean): Float64Array {
  return Float64Array.from({ length: size * size }, (_, at) => {
    const [i, j] = [Math.floor(at / size), at % size];
    return causal && j > i ? NaN : of(i, j);
  });
}

/** The first plane of what an encoding of the list does, at 24 positions. */
function planeOf(id: string): ArrayLike<number> {
  const plane = encodingPicture(encodingById(id), { size }).parts[0]?.planes[0];
  if (plane === undefined) throw new Error(`docs: ${id} has no picture.`);
  return plane;
}

function panels(): Panel[] {
  const bucketOf = bucketRule(true, 8, 16);
  return [
    {
      title: "Distance matrix",
      words: "D(i, j) = |i − j|",
      values: pairs((i, j) => Math.abs(i - j), false),
    },
    {
      title: "Article",
      words: "likeness of the vectors RPE(i) and RPE(j): no equal diagonals",
      values: planeOf("distance-row"),
    },
    {
      title: "Shaw",
      words: "which vector a pair gets, K = 6",
      values: pairs((i, j) => Math.min(i - j, 6), true),
    },
    {
      title: "T5",
      words: "which bucket a pair is in, 8 buckets",
      values: pairs((i, j) => bucketOf(i - j), true),
    },
    { title: "ALiBi", words: "added to the scores of the first head", values: planeOf("alibi") },
    { title: "Rotary", words: "change of the product of equal vectors", values: planeOf("rope") },
  ];
}

/** `docs/learn/encodings.svg`: the distance matrix and five ways to use it. */
export function encodingPanels(): string {
  const all = panels();
  const rows = Math.ceil(all.length / panel.columns);
  const [width, height] = [
    2 * panel.edge + panel.columns * panel.across - (panel.across - panel.map),
    rows * panel.down + 44,
  ];
  const drawn = all.map(({ title, words, values }, at) => {
    const [x, y] = [
      panel.edge + (at % panel.columns) * panel.across,
      panel.edge + Math.floor(at / panel.columns) * panel.down,
    ];
    const scale = scaleOf(extent(values) ?? [0, 0]);
    const image = (scheme: "light" | "dark"): string =>
      `<image class="${scheme}" y="22" width="${panel.map}" height="${panel.map}" ` +
      `href="${heatMap({ size, values }, scale, scheme)}"/>`;
    return [
      `<g transform="translate(${x} ${y})">`,
      `<text y="13" font-size="14" font-weight="600">${escapeHtml(title)}</text>`,
      image("light"),
      image("dark"),
      ...wrapped(words, 26).map(
        (line, row) =>
          `<text y="${panel.map + 38 + 15 * row}" class="quiet">${escapeHtml(line)}</text>`,
      ),
      `</g>`,
    ].join("");
  });
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">`,
    `<title>The distance matrix and five ways to use it</title>`,
    style,
    `<rect width="${width}" height="${height}" rx="10" fill="var(--page)"/>`,
    ...drawn,
    `<text x="${panel.edge}" y="${height - 28}" class="quiet">Queries i go down, keys j to the right. In each panel</text>`,
    `<text x="${panel.edge}" y="${height - 12}" class="quiet">the colour nearest to the page's is the lowest number.</text>`,
    `</svg>`,
  ].join("\n")}\n`;
}

/** `docs/learn/rotation.svg`: the cosine of each pair by distance. */
export function rotationChart(): string {
  const frequencies = geometricFrequencies(headWidth, 10_000);
  const curves = frequencies.map((frequency, index) => ({
    ...{ name: `pair ${index}`, index, reach: lengths.train },
    points: Array.from({ length: lengths.train + 1 }, (_, distance) => ({
      x: distance,
      y: Math.cos(distance * frequency),
    })),
  }));
  return chart("Product of equal pairs, by distance", {
    ...{ description: "The product of each pair with itself by distance", curves },
    ...{ x: { scale: "linear" }, ceiling: 1, digits: 2 },
  });
}

/** `docs/learn/lengths.svg`: losses on text by length. */
export function lengthsChart(records: Records): string {
  const curves = shownOnText.map((encoding, index) => {
    const losses = lossesOnText(encoding, records);
    return {
      ...{ name: encoding.replace(/\(.*/, ""), index, reach: Math.max(...losses.keys()) },
      points: [...losses].map(([x, y]) => ({ x, y })),
    };
  });
  return chart("Bits per byte by length, trained on 64", {
    ...{ description: "Bits per byte by length, one line an encoding", curves, points: true },
    x: { scale: "log2", ticks: [64, 128, 256, 512, 1024], multipleOf: 64 },
    ceiling: 4.1,
  });
}

function chart(title: string, options: Parameters<typeof lineChart>[1]): string {
  const svg = lineChart(newDocument(), options, "narrow");
  if (svg === undefined) throw new Error(`docs: "${title}" has nothing to draw.`);
  return standaloneSvg(svg, { title, colours: pageColours });
}

const style = mapStyle(pageColours);
