/**
 * A map of few cells with a number in each, by column and row: what is found by length and depth. In light and in dark: a
 * cell is drawn once for each.
 *
 * @module
 */
import { escapeHtml } from "./html.ts";
import { rampColor } from "./palette.ts";
import type { Scheme } from "./palette.ts";
import type { HeatScale } from "./heat-map.ts";

/** One cell. */
export interface GridCell {
  /** undefined: it has no colour. */
  readonly value: number | undefined;
  /** In the cell. */
  readonly label: string;
  /** Shown when it is pointed at. */
  readonly title: string;
}

/** What a map shows. */
export interface GridMapOptions {
  readonly title: string;
  /** From left to right. */
  readonly columns: readonly string[];
  readonly columnTitle: string;
  /** From top to bottom. */
  readonly rows: readonly string[];
  readonly rowTitle: string;
  /** By row and column. */
  readonly cells: readonly (readonly GridCell[])[];
  readonly scale: HeatScale;
  /** What the ends of the scale are called. */
  readonly ends: readonly [from: string, to: string];
}

/** Markup for an SVG with the classes `light`, `dark` and `quiet`, and its size in pixels. */
export interface GridMap {
  readonly markup: string;
  readonly width: number;
  readonly height: number;
}

const cell = { width: 62, height: 32, gap: 2 } as const;
const left = 74;
const top = 30;
const below = 62;

/** The map, its upper left corner at 0, 0. */
export function gridMap(options: GridMapOptions): GridMap {
  const { title, columns, rows, cells, columnTitle, rowTitle } = options;
  const [across, down] = [columns.length * cell.width, rows.length * cell.height];
  const bottom = top + down;
  const middle = top + down / 2;
  const markup = [
    `<text x="0" y="14" font-weight="600">${escapeHtml(title)}</text>`,
    ...rows.map(
      (row, at) =>
        `<text x="${left - 8}" y="${top + (at + 0.5) * cell.height + 4}" text-anchor="end" class="quiet">${escapeHtml(row)}</text>`,
    ),
    `<text transform="translate(11 ${middle}) rotate(-90)" text-anchor="middle" class="quiet">${escapeHtml(rowTitle)}</text>`,
    ...columns.map(
      (column, at) =>
        `<text x="${left + (at + 0.5) * cell.width}" y="${bottom + 16}" text-anchor="middle" class="quiet">${escapeHtml(column)}</text>`,
    ),
    `<text x="${left + across / 2}" y="${bottom + 33}" text-anchor="middle" class="quiet">${escapeHtml(columnTitle)}</text>`,
    ...cells.flatMap((row, y) => row.map((each, x) => cellMarkup(each, { x, y }, options.scale))),
    keyMarkup(options, bottom + 42, across),
  ].join("\n");
  // The key is wider than one column.
  return { markup, width: left + Math.max(across, 144), height: bottom + below };
}

function cellMarkup(
  { value, label, title }: GridCell,
  place: { readonly x: number; readonly y: number },
  scale: HeatScale,
): string {
  const x = left + place.x * cell.width;
  const y = top + place.y * cell.height;
  const box = `x="${x}" y="${y}" width="${cell.width - cell.gap}" height="${cell.height - cell.gap}" rx="2"`;
  const text = (fill: string): string =>
    `<text x="${x + (cell.width - cell.gap) / 2}" y="${y + cell.height / 2 + 3}" text-anchor="middle" style="fill:${fill}">${escapeHtml(label)}</text>`;
  const name = `<title>${escapeHtml(title)}</title>`;
  if (value === undefined)
    return `<g>${name}<rect ${box} fill="none" stroke="var(--grid)"/>${text("var(--quiet)")}</g>`;
  const of = (scheme: Scheme): string => {
    const color = rampColor(scheme, scale.ramp, share(value, scale));
    return `<g class="${scheme}">${name}<rect ${box} fill="rgb(${color.join(",")})"/>${text(inkOn(color))}</g>`;
  };
  return of("light") + of("dark");
}

function share(value: number, { from, to, flat }: HeatScale): number {
  return flat ? 0.12 : (value - from) / (to - from);
}

/** Dark on light colours, light on dark ones. */
function inkOn([red, green, blue]: readonly [number, number, number]): string {
  return 0.299 * red + 0.587 * green + 0.114 * blue > 140 ? "#1c1e22" : "#fdfcf9";
}

/** The ramp with the names of its ends, as wide as the cells. */
function keyMarkup({ scale, ends }: GridMapOptions, y: number, across: number): string {
  if (scale.flat) return "";
  const steps = 24;
  const [from, width] = [left + 44, Math.max(48, across - 96)];
  const ramp = (scheme: Scheme): string =>
    Array.from({ length: steps }, (_, at) => {
      const color = rampColor(scheme, scale.ramp, at / (steps - 1)).join(",");
      return `<rect class="${scheme}" x="${from + (at * width) / steps}" y="${y}" width="${width / steps + 0.3}" height="7" fill="rgb(${color})"/>`;
    }).join("");
  return (
    `<text x="${from - 6}" y="${y + 8}" text-anchor="end" class="quiet">${escapeHtml(ends[0])}</text>` +
    `${ramp("light")}${ramp("dark")}` +
    `<text x="${from + width + 6}" y="${y + 8}" class="quiet">${escapeHtml(ends[1])}</text>`
  );
}
