/**
 * Curves by distance for a terminal. Each head has its own sign, so that colour is not needed.
 *
 * @module
 */
import { short } from "../format.ts";
import { lengthOf } from "./columns.ts";
import type { Curve } from "./curves.ts";
import type { ColourDepth } from "./terminal-heat-map.ts";

const height = 12;
const signs = "0123456789abcdefghijklmnopqrstuvwxyz";

/** Blue, red, green, magenta, cyan, yellow: colours that every terminal has. */
const hues = [34, 31, 32, 35, 36, 33];

/** The lines of the chart and of its legend; with colours, each head has its own. */
export function curveLines(
  curves: readonly Curve[],
  columns: number,
  depth: ColourDepth = 1,
): string[] {
  const all = curves.flatMap(({ points }) => points.map(({ mean }) => mean));
  const [low, high] = [Math.min(...all), Math.max(...all)];
  if (!(low < high)) return [`  ${short(low)} at every distance`];
  const labels = [short(high), short((low + high) / 2), short(low)];
  const margin = Math.max(...labels.map(lengthOf));
  const distances = curves[0]!.points.length;
  const width = Math.min(distances, columns - margin - 5);
  const cells = Array.from({ length: height }, () => Array<string>(width).fill(" "));
  curves.forEach(({ points, heads }) => {
    const sign = curves.length === 1 ? "•" : (signs[heads[0]!] ?? "*");
    for (let column = 0; column < width; column++) {
      const distance = Math.round((column * (distances - 1)) / Math.max(1, width - 1));
      const value = points[distance]!.mean;
      const row = Math.round(((high - value) / (high - low)) * (height - 1));
      const cell = cells[row]!;
      cell[column] = cell[column] === " " ? sign : "*";
    }
  });
  const label = (row: number): string =>
    row === 0
      ? labels[0]!
      : row === height - 1
        ? labels[2]!
        : row === Math.floor(height / 2)
          ? labels[1]!
          : "";
  const last = String(distances - 1);
  return [
    ...cells.map((row, at) => `  ${label(at).padStart(margin)} │${painted(row, depth)}`.trimEnd()),
    `  ${" ".repeat(margin)} └${"─".repeat(width)}`,
    `  ${" ".repeat(margin)}  0${"distance".padStart(Math.floor(width / 2) + 3).padEnd(width - 1 - last.length)}${last}`,
    ...(curves.length > 1 ? legendLines(curves, columns) : []),
  ];
}

/** Signs in the colour of their head; `*` for several. */
function painted(row: readonly string[], depth: ColourDepth): string {
  if (depth < 2) return row.join("");
  return row
    .map((sign) => {
      const head = sign === "•" ? 0 : signs.indexOf(sign);
      return head === -1 ? sign : `\x1b[${hues[head % hues.length]}m${sign}\x1b[0m`;
    })
    .join("");
}

/** Signs and names, as many a line as fit. */
function legendLines(curves: readonly Curve[], columns: number): string[] {
  const items = [
    ...curves.map(({ heads, name }) => `${signs[heads[0]!] ?? "*"} ${name}`),
    "* several",
  ];
  const lines = [""];
  for (const item of items) {
    const line = lines.at(-1)!;
    if (line !== "" && lengthOf(line) + 3 + lengthOf(item) > columns - 2) lines.push(item);
    else lines[lines.length - 1] = line === "" ? item : `${line}   ${item}`;
  }
  return lines.map((line) => `  ${line}`);
}
