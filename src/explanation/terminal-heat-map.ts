/**
 * A heat map for a terminal: queries down, keys right.
 *
 * With colours a character is two queries, as the upper and lower half of a block; without, two equal
 * characters are one, so that a square looks square in both.
 *
 * @module
 */
import { short } from "../format.ts";
import { extent, scaleOf } from "../drawing/heat-map.ts";
import type { HeatScale } from "../drawing/heat-map.ts";
import { rampColor } from "../drawing/palette.ts";
import type { Plane } from "../pictures/effect-on-scores.ts";

/** How many bits of colour a terminal shows; 1 is none. */
export type ColourDepth = number;

/** From low to high, where a terminal shows no colours. */
export const shades = "·:-=+*#%@";
const indent = "  ";

/** The lines of the map, of as many of the first positions as fit, and of its key. */
export function heatMapLines(plane: Plane, columns: number, depth: ColourDepth): string[] {
  const size = Math.sqrt(plane.length);
  const plain = depth < 8;
  const shown = Math.min(size, Math.floor((columns - indent.length) / (plain ? 2 : 1)));
  const range = extent(plane);
  if (range === undefined) return [`${indent}no finite number`];
  const scale = scaleOf(range);
  if (scale.flat) return [`${indent}${short(scale.from)} everywhere`];
  const at = (query: number, key: number): number =>
    query < shown ? plane[query * size + key]! : NaN;
  const keys = Array.from({ length: shown }, (_, key) => key);
  const rows = plain
    ? keys.map((query) => keys.map((key) => shade(at(query, key), scale).repeat(2)).join(""))
    : Array.from({ length: Math.ceil(shown / 2) }, (_, row) =>
        painted(
          keys.map((key) => [at(2 * row, key), at(2 * row + 1, key)] as const),
          scale,
          depth,
        ),
      );
  return [
    ...rows.map((row) => (indent + row).trimEnd()),
    `${indent}${short(scale.from)} ${keyOf(scale, depth)} ${short(scale.to)}`,
    ...(shown < size ? [`${indent}the first ${shown} of ${size} positions`] : []),
  ];
}

/** The character of a value; a space where it is not finite. */
export function shade(value: number, { from, to }: Pick<HeatScale, "from" | "to">): string {
  if (!Number.isFinite(value)) return " ";
  return shades[
    Math.min(shades.length - 1, Math.floor(((value - from) / (to - from)) * shades.length))
  ]!;
}

/** A row of half blocks; runs of one colour share their escape codes. */
function painted(
  pairs: readonly (readonly [upper: number, lower: number])[],
  scale: HeatScale,
  depth: ColourDepth,
): string {
  let line = "";
  let before = "";
  for (const [upper, lower] of pairs) {
    const [top, bottom] = [colourOf(upper, scale), colourOf(lower, scale)];
    const codes = [
      0,
      ...(top ? paint(top, 38, depth) : []),
      ...(bottom ? paint(bottom, top ? 48 : 38, depth) : []),
    ].join(";");
    if (codes !== before) line += `\x1b[${codes}m`;
    before = codes;
    line += top ? "▀" : bottom ? "▄" : " ";
  }
  return `${line}\x1b[0m`;
}

type Colour = ReturnType<typeof rampColor>;

function colourOf(value: number, { from, to, ramp }: HeatScale): Colour | undefined {
  return Number.isFinite(value) ? rampColor("dark", ramp, (value - from) / (to - from)) : undefined;
}

/** Escape codes: 24 bits where the terminal has them, the cube of 216 colours otherwise. */
function paint([red, green, blue]: Colour, layer: 38 | 48, depth: ColourDepth): number[] {
  if (depth >= 24) return [layer, 2, red, green, blue];
  const step = (channel: number): number => Math.round((channel / 255) * 5);
  return [layer, 5, 16 + 36 * step(red) + 6 * step(green) + step(blue)];
}

function keyOf(scale: HeatScale, depth: ColourDepth): string {
  if (depth < 8) return shades;
  const steps = Array.from(
    { length: 16 },
    (_, k) => scale.from + ((scale.to - scale.from) * k) / 15,
  );
  return painted(
    steps.map((value) => [value, value] as const),
    scale,
    depth,
  );
}
