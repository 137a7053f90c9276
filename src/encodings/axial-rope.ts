/**
 * Axial RoPE: rotary positions on a grid, each axis with a share of the pairs.
 *
 *     pair m of axis a turns by coordinate_a · ω_m,   share = rotated / axes
 *     lang          ω_m = base^(−2m/share), the coordinate is the whole position
 *     alternating   ω_m = base^(−2 (axes · m + a)/rotated): the axes take turns in one spectrum
 *     pixel         ω_m = π · linspace(1, maxFrequency/2, share/2)[m], coordinates from −1 to 1
 *     patch         ω_m = 2π · base^(−2m/share), coordinates 2 (position + ½)/size − 1
 *
 * Pairs of the first axis come first. In a text without `axes` of its own, position p of a grid of that
 * width is (p div gridWidth, p mod gridWidth), and with 3 axes the rows form layers of gridHeight.
 *
 * Acts on:    queries and keys [batch, heads, length, headDim], before the score scale
 * Learns:     nothing
 * Reference:  rotary-embedding-torch, get_axial_freqs (lang, pixel); transformers,
 *             models/pixtral (alternating, layout half) and models/dinov3_vit (patch, layout half, base 100)
 * Differs:    angles are formed in float64 and rounded once; the references form them in float32.
 *             Sizes of the grid are options, since positions alone do not tell them; DINOv3's random
 *             shifts and scales of coordinates while training are left out
 *
 * @module
 */
import { divide, multiply, subtract } from "../operators/arithmetic.ts";
import { concat } from "../operators/slicing.ts";
import { headAngles } from "./parts/angles.ts";
import type { Angles } from "./parts/angles.ts";
import { axisWaves } from "./parts/axis-waves.ts";
import type { AxisFrequencies } from "./parts/axis-waves.ts";
import type { EncodingDefinition, Positions } from "./position-encoding.ts";
import { checkBase, checkRotated, turnPairs } from "./parts/rotation.ts";
import type { PairLayout } from "./parts/rotation.ts";

/** Settings of axial RoPE. */
export interface AxialRopeOptions {
  /** Columns of the grid. Default: the root of the train length, rounded up. */
  readonly gridWidth?: number;
  /** Rows of the grid; needed by `pixel`, by `patch` and by 3 axes. Default: as many as columns. */
  readonly gridHeight?: number;
  /** Axes of the grid, 2 or more; beyond 3 only with positions that bring their own. Default 2. */
  readonly axes?: number;
  /** Default `lang`. */
  readonly frequencies?: AxisFrequencies;
  /** Base of the frequencies. Default 10000, for `patch` 100. */
  readonly base?: number;
  /** The fastest frequency of `pixel` is π/2 times this. Default 10. */
  readonly maxFrequency?: number;
  /** Which components form a pair. Default `interleaved`. */
  readonly layout?: PairLayout;
  /** How many leading components of a head turn; a multiple of 2 · axes. Default: as many as fit. */
  readonly rotated?: number;
}

/** Rotary positions on a grid. */
export const axialRope: EncodingDefinition<AxialRopeOptions> = {
  id: "axial-rope",
  family: "rotary",
  summary: "As RoPE, with a share of the pairs for each axis of a grid.",
  formula:
    "score[i,j] = (R(i)q_i)·(R(j)k_j) / √d,  R turns pair m of axis a by i_a·10000^(−2m/(d/axes))",
  paper: {
    title: "Rotary Position Embedding for Vision Transformer",
    year: 2024,
    url: "https://arxiv.org/abs/2403.13298",
  },
  create({ headDim, trainLength }, options = {}) {
    const { axes = 2, frequencies = "lang", maxFrequency = 10, layout = "interleaved" } = options;
    const { gridWidth = Math.ceil(Math.sqrt(trainLength)), gridHeight = gridWidth } = options;
    const { base = frequencies === "patch" ? 100 : 10000 } = options;
    const most = headDim - (headDim % (2 * axes));
    const { rotated = most } = options;
    for (const [name, value] of Object.entries({ axes: axes - 1, gridWidth, gridHeight }))
      if (!Number.isInteger(value) || value < 1)
        throw new RangeError(
          `axial-rope: ${name} must be a whole number of ${name === "axes" ? 2 : 1} or more, got ` +
            `${name === "axes" ? axes : value}.`,
        );
    checkRotated("axial-rope", rotated, headDim);
    if (rotated % (2 * axes) !== 0)
      throw new RangeError(
        `axial-rope: ${rotated} rotated components do not part into pairs for ${axes} axes. ` +
          `Rotate ${most}, a multiple of ${2 * axes}.`,
      );
    checkBase("axial-rope", base);
    const grid = [gridHeight, gridWidth];
    const waves = Array.from({ length: axes }, (_, axis) =>
      axisWaves(frequencies, {
        axis,
        axes,
        rotated,
        base,
        maxFrequency,
        size: grid[axis - axes + 2],
      }),
    );
    return {
      id: "axial-rope",
      parameters: [],
      rotate(vectors, positions) {
        const parts = alongAxes(positions, axes, gridWidth, gridHeight).map((along, axis): Angles =>
          headAngles(along, waves[axis]!.frequencies, waves[axis]!.phases),
        );
        const angles = {
          cosine: concat(
            parts.map(({ cosine }) => cosine),
            -1,
          ),
          sine: concat(
            parts.map(({ sine }) => sine),
            -1,
          ),
        };
        return turnPairs(vectors, angles, layout);
      },
      cache: { keys: "either" },
      // Moved by less than a row, a text is cut into rows elsewhere.
      shiftInvariant: false,
    };
  },
};

/** Positions along each axis: their own, or those of a text written row by row. */
function alongAxes(
  positions: Positions,
  axes: number,
  width: number,
  height: number,
): readonly Positions[] {
  if (positions.axes !== undefined) {
    if (positions.axes.length !== axes)
      throw new RangeError(
        `axial-rope: positions have ${positions.axes.length} axes, the encoding ${axes}. Set "axes" to that.`,
      );
    return positions.axes.map((tensor) => ({ tensor }));
  }
  if (axes > 3)
    throw new RangeError(
      `axial-rope: a text has no ${axes} axes. Give positions with axes of their own, or use 2 or 3.`,
    );
  const [row, column] = divided(positions, width);
  return axes === 2 ? [row, column] : [...divided(row, height), column];
}

/** Quotient and remainder of positions by a whole number. */
function divided({ tensor, values }: Positions, by: number): [Positions, Positions] {
  const quotient = divide(tensor, by);
  return [
    { tensor: quotient, values: values?.map((p) => Math.trunc(p / by)) },
    { tensor: subtract(tensor, multiply(quotient, by)), values: values?.map((p) => p % by) },
  ];
}
