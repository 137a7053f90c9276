/**
 * M-RoPE: rotary positions of text with images and videos in it.
 *
 * Wang et al., "Qwen2-VL", 2024. https://arxiv.org/abs/2409.12191; interleaved in Qwen3-VL, 2025
 *
 *     pair m of headDim/2 rotates by position[axis(m)] · base^(−2m/headDim),   positions (t, h, w)
 *     contiguous    axis(m) by the sections [t, h, w] of the pairs, one after the other
 *     interleaved   h at m = 1, 4, 7 … < 3·h, w at m = 2, 5, 8 … < 3·w, t elsewhere
 *
 * In text t = h = w, and all is RoPE. Pairs are (m, m + headDim/2). After an image of whatever size the
 * text continues one after its largest position: `axes` must be given so.
 *
 * Acts on:    queries and keys [batch, heads, length, headDim], before the score scale
 * Learns:     nothing
 * Reference:  transformers, models/qwen2_vl/modeling_qwen2_vl.py, models/qwen3_vl/modeling_qwen3_vl.py
 * Differs:    angles are formed in float64 and rounded once; the references form them in float32.
 *             Default sections keep the references' shares at any width: 3/8 for h and w (contiguous), 5/16
 *             (interleaved). The bases are those of the references' configuration classes
 *
 * @module
 */
import { matmul } from "../operators/matmul.ts";
import { concat } from "../operators/slicing.ts";
import { constant } from "../operators/source.ts";
import { option } from "../options/option.ts";
import { listOf, number, whole, word } from "../options/value.ts";
import { defineEncoding } from "./define-encoding.ts";
import { geometricFrequencies, headAngles } from "./parts/angles.ts";
import type { Angles } from "./parts/angles.ts";
import type { Positions } from "./position-encoding.ts";
import { checkRotated, turnPairs } from "./parts/rotation.ts";

/** Rotary positions along time, height and width. */
export const mRope = defineEncoding({
  id: "m-rope",
  family: "rotary",
  summary: "As RoPE, with pairs shared out between positions in time, height and width.",
  formula: "score[i,j] = (R(i)q_i)·(R(j)k_j) / √d,  R rotates pair m by i[axis(m)]·1000000^(−2m/d)",
  paper: {
    title: "Qwen2-VL: Enhancing Vision-Language Model's Perception of the World at Any Resolution",
    year: 2024,
    url: "https://arxiv.org/abs/2409.12191",
  },
  options: {
    assignment: option(
      "Which pairs an axis has; `contiguous` as in Qwen2-VL.",
      word("contiguous", "interleaved"),
      { default: "contiguous" },
    ),
    sections: option(
      "Pairs for t, h and w, headDim/2 together.",
      listOf(whole({ least: 0 }), { count: 3 }),
      { otherwise: "the references' shares" },
    ),
    base: option("Base of the frequencies.", number({ above: 1 }), {
      otherwise: '1000000; with assignment "interleaved" 500000',
    }),
  },
  create({ headDim }, { assignment, sections: given, ...options }) {
    const { base = assignment === "contiguous" ? 1_000_000 : 500_000 } = options;
    checkRotated("m-rope", headDim, headDim);
    const pairs = headDim / 2;
    const sections = given ?? sharesOf(pairs, assignment);
    checkSections(sections, pairs);
    const axes = axisOfPairs(sections, assignment);
    const found = sections.map((_, axis) => axes.filter((own) => own === axis).length);
    if (found.some((n, axis) => n !== sections[axis]))
      throw new RangeError(
        `m-rope: interleaved sections ${sections.join(", ")} do not fit: h and w take every third pair, ` +
          `which gives ${found.join(", ")}. Use those, or assignment "contiguous".`,
      );
    const frequencies = geometricFrequencies(headDim, base);
    return {
      id: "m-rope",
      parameters: [],
      rotate: (vectors, positions) =>
        turnPairs(vectors, anglesByAxis(positions, frequencies, axes), "half"),
      cache: { keys: "either" },
      shiftInvariant: true,
    };
  },
});

/** Which axis each pair has: 0 for t, 1 for h, 2 for w. */
export function axisOfPairs(
  sections: readonly number[],
  assignment: "contiguous" | "interleaved",
): readonly number[] {
  if (assignment === "contiguous")
    return sections.flatMap((n, axis) => Array<number>(n).fill(axis));
  const pairs = sections.reduce((a, b) => a + b);
  return Array.from({ length: pairs }, (_, m) => (m < 3 * sections[m % 3]! ? m % 3 : 0));
}

function sharesOf(pairs: number, assignment: "contiguous" | "interleaved"): readonly number[] {
  const side = Math.floor(pairs * (assignment === "contiguous" ? 3 / 8 : 5 / 16));
  return [pairs - 2 * side, side, side];
}

function checkSections(sections: readonly number[], pairs: number): void {
  if (sections.reduce((a, b) => a + b) !== pairs)
    throw new RangeError(
      `m-rope: the sections for t, h and w must be ${pairs} pairs together, got ${sections.join(", ")}. ` +
        `Choose others, or leave them out for the references' shares.`,
    );
}

function anglesByAxis(
  positions: Positions,
  frequencies: readonly number[],
  axes: readonly number[],
): Angles {
  if (positions.axes === undefined) return headAngles(positions, frequencies);
  if (positions.axes.length !== 3)
    throw new RangeError(
      `m-rope: positions have 3 axes, time, height and width, got ${positions.axes.length}.`,
    );
  // Each axis gives the angles of its own pairs; a permutation puts them in order.
  const order = [0, 1, 2].flatMap((axis) =>
    axes.flatMap((own, pair) => (own === axis ? [pair] : [])),
  );
  const parts = positions.axes.flatMap((tensor, axis) => {
    const own = frequencies.filter((_, pair) => axes[pair] === axis);
    return own.length === 0 ? [] : [headAngles({ tensor }, own)];
  });
  const pairs = order.length;
  const place = constant(
    [pairs, pairs],
    order.flatMap((pair) => Array.from({ length: pairs }, (_, to) => +(to === pair))),
  );
  return {
    cosine: matmul(
      concat(
        parts.map(({ cosine }) => cosine),
        -1,
      ),
      place,
    ),
    sine: matmul(
      concat(
        parts.map(({ sine }) => sine),
        -1,
      ),
      place,
    ),
  };
}
