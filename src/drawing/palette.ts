/**
 * One colour and one dash for each encoding, the same in every figure. Ten hues that differ in lightness
 * as well as in hue; past ten they return dashed, past twenty dotted, and with two more dashes up to fifty. Colours are CSS variables, so a figure
 * follows the reader's light or dark scheme.
 *
 * @module
 */

/** Contrast on the page is 4.5 : 1 or more, so that the hues can carry text. */
const hues = {
  light: [
    "#1d5fc4", // blue
    "#c8420c", // vermilion
    "#0b7a5c", // green
    "#8a35b8", // purple
    "#8f6400", // ochre
    "#c21f6b", // crimson
    "#0a7396", // cyan
    "#6d5544", // brown
    "#557316", // olive
    "#4b5870", // slate
  ],
  dark: [
    "#79adff",
    "#ff9569",
    "#4fd1a7",
    "#d3a0f5",
    "#e7bd52",
    "#ff8dbd",
    "#5fcbe9",
    "#cdb39c",
    "#b0d062",
    "#aab8cc",
  ],
} as const;

/** The hues on a light page, for drawings that cannot follow the reader's scheme. */
export const lightHues: readonly string[] = hues.light;

/** SVG dash arrays in the order of their use. */
export const dashes: readonly string[] = ["none", "6 3", "1.5 3", "9 3 1.5 3", "12 4"];

/** Declarations of `--hue-0` … `--hue-9` for one scheme. */
export function hueVariables(scheme: "light" | "dark"): string {
  return hues[scheme].map((hue, i) => `--hue-${i}: ${hue};`).join(" ");
}

/** How the lines of one series are drawn. */
export interface Ink {
  /** A CSS colour: `var(--hue-3)`. */
  readonly color: string;
  /** An SVG stroke-dasharray. */
  readonly dash: string;
}

/** The ink of the encoding at `index` in configuration.encodings. */
export function ink(index: number): Ink {
  return {
    color: `var(--hue-${index % hues.light.length})`,
    dash: dashes[Math.floor(index / hues.light.length) % dashes.length]!,
  };
}

type Rgb = readonly [red: number, green: number, blue: number];

/** Stops of the heat maps: zero (or the low end) is close to the page's colour, the ends contrast with it. */
const ramps = {
  light: {
    sequential: ["#f4f1ea", "#9fc3dc", "#3f7fb5", "#153a6b"],
    diverging: ["#9c3a14", "#e08d5f", "#f4f1ea", "#6ea6d0", "#1a4f8f"],
  },
  dark: {
    sequential: ["#3b424f", "#3f6f94", "#6fb0de", "#dcf0ff"],
    diverging: ["#ffbe98", "#bd6a40", "#3b424f", "#4a8dc2", "#b5dcff"],
  },
} as const;

/** The colour schemes of a page. */
export type Scheme = keyof typeof ramps;
/** The ramps of heat maps: from low to high, or from negative over zero to positive. */
export type Ramp = "sequential" | "diverging";

/** The ramp's colour at `t` from 0 to 1. */
export function rampColor(scheme: Scheme, ramp: Ramp, t: number): Rgb {
  const stops = ramps[scheme][ramp];
  const at = Math.min(1, Math.max(0, t)) * (stops.length - 1);
  const left = Math.min(stops.length - 2, Math.floor(at));
  const [from, to] = [channels(stops[left]!), channels(stops[left + 1]!)];
  const blend = (k: 0 | 1 | 2): number => Math.round(from[k] + (to[k] - from[k]) * (at - left));
  return [blend(0), blend(1), blend(2)];
}

/** The ramp as a CSS gradient from left to right, for the key under a heat map. */
export function rampGradient(scheme: Scheme, ramp: Ramp): string {
  return `linear-gradient(90deg, ${ramps[scheme][ramp].join(", ")})`;
}

function channels(hex: string): Rgb {
  const value = Number.parseInt(hex.slice(1), 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
}
