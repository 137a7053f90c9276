/**
 * Frequencies along one axis of a grid, as the references of axial rotary positions choose them.
 *
 * @module
 */
import { geometricFrequencies } from "./angles.ts";

/** A family of frequencies; see axial-rope.ts. */
export type AxisFrequencies = "lang" | "alternating" | "pixel" | "patch";

/** What the frequencies of an axis depend on. */
export interface AxisSizes {
  readonly axis: number;
  readonly axes: number;
  /** Components of a head that rotate, for all axes together. */
  readonly rotated: number;
  readonly base: number;
  /** Present for `pixel`. */
  readonly maxFrequency: number | undefined;
  /** Positions of the grid along the axis, where it has an end. */
  readonly size: number | undefined;
}

/** The angle of a position along the axis is `position · frequency + phase`, for each pair. */
export interface AxisWaves {
  readonly frequencies: readonly number[];
  readonly phases: readonly number[] | undefined;
}

/** The waves of one axis; coordinates that are no whole positions become a frequency and a phase. */
export function axisWaves(kind: AxisFrequencies, sizes: AxisSizes): AxisWaves {
  const { axis, axes, rotated, base, maxFrequency } = sizes;
  const share = rotated / axes;
  const pairs = share / 2;
  switch (kind) {
    case "lang":
      return { frequencies: geometricFrequencies(share, base), phases: undefined };
    case "alternating":
      return {
        frequencies: Array.from(
          { length: pairs },
          (_, m) => base ** ((-2 * (axes * m + axis)) / rotated),
        ),
        phases: undefined,
      };
    case "pixel": {
      const size = sizeAbove(kind, sizes, 2);
      const step = pairs === 1 ? 0 : (maxFrequency! / 2 - 1) / (pairs - 1);
      const waves = Array.from({ length: pairs }, (_, m) => Math.PI * (1 + m * step));
      return placed(waves, 2 / (size - 1), -1);
    }
    case "patch": {
      const size = sizeAbove(kind, sizes, 1);
      const waves = geometricFrequencies(share, base).map((frequency) => 2 * Math.PI * frequency);
      return placed(waves, 2 / size, 1 / size - 1);
    }
  }
}

/** Waves over the coordinate `scale · position + start`. */
function placed(waves: readonly number[], scale: number, start: number): AxisWaves {
  return {
    frequencies: waves.map((wave) => wave * scale),
    phases: waves.map((wave) => wave * start),
  };
}

function sizeAbove(kind: AxisFrequencies, { axis, size }: AxisSizes, least: number): number {
  if (size !== undefined && size >= least) return size;
  throw new RangeError(
    `axial-rope: ${kind} frequencies need a grid of ${least} or more positions along axis ${axis}, ` +
      `got ${size ?? "none"}. Set gridWidth and gridHeight, with 2 axes.`,
  );
}
