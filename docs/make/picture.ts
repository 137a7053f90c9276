/**
 * `docs/encodings.svg` and `docs/encodings-narrow.svg`, the README's picture for wide and for narrow pages: what some
 * encodings do to attention, as small panels.
 *
 * @module
 */
import { extent, heatMap } from "../../src/drawing/heat-map.ts";
import { encodingById } from "../../src/encodings/index.ts";
import { wrapped } from "../../src/explanation/columns.ts";
import { meanPlane } from "../../src/pictures/by-distance.ts";
import { encodingPicture } from "../../src/pictures/encoding-picture.ts";
import { readTrained, trainedPicture, training } from "./trained.ts";

/** One or two of each family, those that look different. */
export const shown: readonly string[] = [
  "sinusoidal",
  "distance-row",
  "alibi",
  "t5",
  "cope",
  "path",
  "rope",
];

/** As many as pictures of trained models have. */
const positions = training.size;
const panel = { size: 176, across: 200, down: 248, margin: 20 } as const;
const page = { background: "#fbfaf7", ink: "#22262d", quiet: "#5d6570" } as const;

/** The picture as SVG with so many panels in a row; they are bitmaps of one pixel a pair of positions. */
export function encodingsPicture(columns: number): string {
  const cornerOf = (at: number): [x: number, y: number] => [
    panel.margin + (at % columns) * panel.across,
    panel.margin + Math.floor(at / columns) * panel.down,
  ];
  const width = 2 * panel.margin + columns * panel.across - (panel.across - panel.size);
  const rows = Math.ceil((shown.length + 1) / columns);
  const height = rows * panel.down + panel.margin;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" ` +
      `width="${width}" height="${height}" font-family="system-ui, sans-serif">`,
    `<title>What ${shown.length} position encodings do to attention scores</title>`,
    `<rect width="${width}" height="${height}" rx="10" fill="${page.background}"/>`,
    ...shown.map((id, at) => drawPanel(id, ...cornerOf(at))),
    drawKey(...cornerOf(shown.length)),
    `</svg>\n`,
  ].join("\n");
}

function drawPanel(id: string, x: number, y: number): string {
  const trained = readTrained()[id];
  const { parts, notes } = trained
    ? trainedPicture(trained)
    : encodingPicture(encodingById(id), { size: positions });
  const [part] = parts;
  if (part === undefined) throw new Error(`docs: ${id} has no picture to show.`);
  const values = meanPlane(part.planes);
  const [from, to] = extent(values)!;
  const scale = { from, to, ramp: "sequential", flat: from === to } as const;
  const starts = notes.some((note) => note.startsWith("Learned tensors"));
  const zero = notes.some((note) => /starts? at zero/.test(note));
  const words = [
    ...wrapped(part.caption, 32),
    ...(starts
      ? ["learned, shown as it starts"]
      : zero
        ? ["learned, shown with random values"]
        : []),
  ];
  return [
    `<g transform="translate(${x} ${y})">`,
    `<text y="12" font-size="14" font-weight="600" fill="${page.ink}">${id}</text>`,
    `<image y="20" width="${panel.size}" height="${panel.size}" style="image-rendering:pixelated" ` +
      `href="${heatMap({ size: positions, values }, scale, "light")}"/>`,
    ...words.map((line, at) => caption(panel.size + 33 + 13 * at, line)),
    `</g>`,
  ].join("");
}

function drawKey(x: number, y: number): string {
  const lines = [
    "Queries go down, keys right.",
    "Dark is high, pale is low;",
    "each panel has its own scale.",
    "",
    "Bands along the diagonal",
    "depend on the distance alone.",
  ];
  return [
    `<g transform="translate(${x} ${y})">`,
    ...lines.map((line, at) => caption(34 + 16 * at, line, 12)),
    `</g>`,
  ].join("");
}

function caption(y: number, words: string, size = 11): string {
  return `<text y="${y}" font-size="${size}" fill="${page.quiet}">${words}</text>`;
}
