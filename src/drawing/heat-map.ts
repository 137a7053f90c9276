/**
 * Heat maps as images with a palette, for a light page and a dark one.
 *
 * @module
 */
import type { Ramp, Scheme } from "./palette.ts";
import { rampColor } from "./palette.ts";
import { pngDataUri } from "./png.ts";

const steps = 255; // colours of a ramp; index 0 of the palette is "no value"

/** Numbers, row by row; what is not finite has no colour. */
export interface HeatMapData {
  /** Numbers in a row. */
  readonly size: number;
  readonly values: ArrayLike<number>;
}

/** The numbers at the ends of a ramp. */
export interface HeatScale {
  readonly from: number;
  readonly to: number;
  readonly ramp: Ramp;
  /** All numbers are one. */
  readonly flat: boolean;
}

/** The scale of numbers from low to high; both signs get a ramp whose middle is zero. */
export function scaleOf([low, high]: readonly [low: number, high: number]): HeatScale {
  const bound = Math.max(-low, high);
  return low < 0 && high > 0
    ? { from: -bound, to: bound, ramp: "diverging", flat: false }
    : { from: low, to: high, ramp: "sequential", flat: low === high };
}

/** The image as a data URI. */
export function heatMap(
  { size, values }: HeatMapData,
  { from, to, ramp, flat }: HeatScale,
  scheme: Scheme,
): string {
  // A flat picture has no scale to show; it takes the ramp's calm colour.
  const calm = 0.12;
  const pixels = Uint8Array.from(values, (value) => {
    if (!Number.isFinite(value)) return 0;
    const t = flat ? calm : (value - from) / (to - from);
    return 1 + Math.round(t * (steps - 1));
  });
  const colors = Array.from({ length: steps }, (_, i) => rampColor(scheme, ramp, i / (steps - 1)));
  return pngDataUri({
    width: size,
    height: pixels.length / size,
    pixels,
    palette: [[0, 0, 0], ...colors],
  });
}

/** The lowest and the highest finite value; undefined where none is finite. */
export function extent(values: ArrayLike<number>): [low: number, high: number] | undefined {
  let [low, high] = [Infinity, -Infinity];
  for (const value of Array.from(values)) {
    if (!Number.isFinite(value)) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return low <= high ? [low, high] : undefined;
}
