/**
 * Axial RoPE: rotary positions on a grid, each axis with a share of the pairs.
 *
 *     pair m of axis a rotates by coordinate_a · ω_m,   share = rotated / axes
 *     lang          ω_m = base^(−2m/share), the coordinate is the whole position
 *     alternating   ω_m = base^(−2 (axes · m + a)/rotated): the axes alternate in one spectrum
 *     pixel         ω_m = π · linspace(1, maxFrequency/2, share/2)[m], coordinates from −1 to 1
 *     patch         ω_m = 2π · base^(−2m/share), coordinates 2 (position + ½)/size − 1
 *
 * Pairs of the first axis come first. In a text without `axes` of its own, position p of a grid of that
 * width is (p div gridWidth, p mod gridWidth), and with 3 axes the rows form layers of gridHeight.
 *
 * Acts on:    queries and keys [batch, heads, length, headDim], before the score scale
 * Learns:     nothing
 * Reference:  naver-ai/rope-vit, compute_axial_cis (lang, base 100); rotary-embedding-torch, get_axial_freqs (lang with
 *             base 10000, pixel); transformers, models/pixtral (alternating, layout half, base 10000) and
 *             models/dinov3_vit (patch, layout half, base 100)
 * Differs:    rope-vit has the pairs of the columns first. Angles are formed in float64 and rounded once; the references form them in float32.
 *             Sizes of the grid are options, since they do not follow from positions; DINOv3's random
 *             shifts and scales of coordinates while training are left out
 *
 * @module
 */
import { concat } from "../operators/slicing.ts";
import { option, optionIs } from "../options/option.ts";
import { number, whole, word } from "../options/value.ts";
import { defineEncoding } from "./define-encoding.ts";
import { headAngles } from "./parts/angles.ts";
import type { Angles } from "./parts/angles.ts";
import { axisWaves } from "./parts/axis-waves.ts";
import { floorDivide } from "./parts/grid.ts";
import type { Positions } from "./position-encoding.ts";
import { checkRotated, turnPairs } from "./parts/rotation.ts";

/** Rotary positions on a grid. */
export const axialRope = defineEncoding({
  id: "axial-rope",
  family: "rotary",
  summary: "As RoPE, with a share of the pairs for each axis of a grid.",
  formula:
    "score[i,j] = (R(i)q_i)·(R(j)k_j) / √d,  R rotates pair m of axis a by i_a·100^(−2m/(d/axes))",
  paper: {
    title: "Rotary Position Embedding for Vision Transformer",
    year: 2024,
    url: "https://arxiv.org/abs/2403.13298",
  },
  options: {
    gridWidth: option("Columns of the grid.", whole({ least: 1 }), {
      otherwise: "the root of the train length, rounded up",
    }),
    gridHeight: option("Rows of the grid.", whole({ least: 1 }), {
      otherwise: "as many as columns",
      only: {
        words: 'frequencies "pixel" or "patch", or with 3 axes',
        holds: ({ frequencies, axes }) =>
          frequencies === "pixel" || frequencies === "patch" || axes === 3,
      },
    }),
    axes: option(
      "Axes of the grid; more than 3 need positions with axes of their own.",
      whole({ least: 2 }),
      { default: 2 },
    ),
    frequencies: option(
      "How the frequencies of an axis are chosen.",
      word("lang", "alternating", "pixel", "patch"),
      { default: "lang" },
    ),
    base: option("Base of the frequencies.", number({ above: 1 }), {
      otherwise: '100; for frequencies "alternating" 10000',
      only: optionIs("frequencies", "lang", "alternating", "patch"),
    }),
    maxFrequency: option("The fastest frequency is π/2 times this.", number({ above: 0 }), {
      default: 10,
      only: optionIs("frequencies", "pixel"),
    }),
    layout: option("Which components form a pair.", word("half", "interleaved"), {
      default: "interleaved",
    }),
    rotated: option(
      "How many leading components of a head rotate, a multiple of 2 · axes.",
      whole({ least: 4, multipleOf: 2 }),
      { otherwise: "as many as fit" },
    ),
  },
  create({ headDim, trainLength }, options) {
    const { axes, frequencies, maxFrequency, layout } = options;
    const { gridWidth = Math.ceil(Math.sqrt(trainLength)), gridHeight = gridWidth } = options;
    const { base = frequencies === "alternating" ? 10000 : 100 } = options;
    const most = headDim - (headDim % (2 * axes));
    const { rotated = most } = options;
    checkRotated("axial-rope", rotated, headDim);
    if (rotated % (2 * axes) !== 0)
      throw new RangeError(
        `axial-rope: ${rotated} rotated components are no pairs for each of ${axes} axes. ` +
          `Rotate ${most}, a multiple of ${2 * axes}.`,
      );
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
      // Moved by less than a row, a text is cut into rows at other places.
      shiftInvariant: false,
    };
  },
});

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

/** Quotient, rounded down, and remainder of positions by a whole number. */
function divided({ tensor, values }: Positions, by: number): [Positions, Positions] {
  const { quotient, remainder } = floorDivide(tensor, by);
  const rows = values?.map((p) => Math.floor(p / by));
  return [
    { tensor: quotient, values: rows },
    { tensor: remainder, values: values?.map((p, at) => p - by * rows![at]!) },
  ];
}
