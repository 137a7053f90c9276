/**
 * `docs/encodings.svg`: what each encoding of the list does to attention scores, as small panels.
 *
 * Queries go down and keys to the right, each panel has its own scale, and learnt tensors have their
 * first values of seed 1: nothing here was trained.
 *
 * @module
 */
import { rampColor } from "../../src/comparison/palette.ts";
import { pngDataUri } from "../../src/comparison/png.ts";
import type { ScorePicture } from "../../src/comparison/results.ts";
import { scorePicture } from "../../src/comparison/score-picture.ts";
import { encodings } from "../../src/encodings/index.ts";
import type { EncodingDefinition } from "../../src/encodings/position-encoding.ts";
import { transformerConfig } from "../../src/model/config.ts";
import { languageModel } from "../../src/model/transformer.ts";
import { initialValues } from "../../src/training/initialise.ts";

const positions = 48;
const steps = 255;
const columns = 4;
const panel = { size: 176, across: 200, down: 236, margin: 20 } as const;
const page = { background: "#fbfaf7", ink: "#22262d", quiet: "#5d6570" } as const;

/** The picture as SVG; its panels are bitmaps of one pixel a pair of positions. */
export function encodingsPicture(): string {
  const width = 2 * panel.margin + columns * panel.across - (panel.across - panel.size);
  const rows = Math.ceil((encodings.length + 1) / columns);
  const height = rows * panel.down + panel.margin;
  const panels = encodings.map((definition, at) => drawPanel(definition, ...cornerOf(at)));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" ` +
      `width="${width}" height="${height}" font-family="system-ui, sans-serif">`,
    `<title>What seven position encodings do to attention scores</title>`,
    `<rect width="${width}" height="${height}" rx="10" fill="${page.background}"/>`,
    ...panels,
    drawKey(...cornerOf(encodings.length)),
    `</svg>\n`,
  ].join("\n");
}

function cornerOf(at: number): [x: number, y: number] {
  const [row, column] = [Math.floor(at / columns), at % columns];
  return [panel.margin + column * panel.across, panel.margin + row * panel.down];
}

function drawPanel(definition: EncodingDefinition, x: number, y: number): string {
  const { picture, learns } = pictureOf(definition);
  const what = picture.caption.replace(/, mean over heads$|^score of |: only .*/g, "");
  return [
    `<g transform="translate(${x} ${y})">`,
    `<text y="12" font-size="14" font-weight="600" fill="${page.ink}">${definition.id}</text>`,
    `<image y="20" width="${panel.size}" height="${panel.size}" style="image-rendering:pixelated" ` +
      `href="${heatMap(picture)}"/>`,
    caption(panel.size + 33, what),
    ...(learns ? [caption(panel.size + 46, "learnt, shown as it starts")] : []),
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

/** The picture of an untrained model, and whether the encoding has anything to learn. */
function pictureOf(definition: EncodingDefinition): { picture: ScorePicture; learns: boolean } {
  const config = transformerConfig({ vocab: 256, model: 128, heads: 4, layers: 1 });
  const model = languageModel(config, definition, positions);
  const values = new Map(
    model.parameters.specs.map((spec) => [
      spec.name,
      { shape: spec.shape, data: initialValues(spec, 1) },
    ]),
  );
  const picture = scorePicture(model, values, positions);
  return { picture, learns: model.encoding.parameters.length > 0 };
}

function heatMap({ size, values }: ScorePicture): string {
  const seen = values.filter((value) => !Number.isNaN(value));
  const [low, high] = [Math.min(...seen), Math.max(...seen)];
  const pixels = Uint8Array.from(values, (value) => {
    if (Number.isNaN(value)) return 0;
    const share = high > low ? (value - low) / (high - low) : 0.12;
    return 1 + Math.round(share * (steps - 1));
  });
  const colours = Array.from({ length: steps }, (_, at) =>
    rampColor("light", "sequential", at / (steps - 1)),
  );
  return pngDataUri({ width: size, height: size, pixels, palette: [[0, 0, 0], ...colours] });
}
