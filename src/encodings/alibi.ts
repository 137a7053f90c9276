/**
 * ALiBi: attention with linear biases.
 *
 * Press, Smith and Lewis, "Train Short, Test Long", ICLR 2022. https://arxiv.org/abs/2108.12409
 *
 *     score[h, i, j] ← score[h, i, j] − slope[h] · |i − j|
 *     slope[h]       = 2^(−8 (h + 1) / heads)        h = 0 … heads − 1
 *
 * Acts on:    attention scores [batch, heads, query, key]
 * Learns:     nothing
 * Reference:  ofirpress/attention_with_linear_biases, fairseq/models/transformer.py; transformers,
 *             models/bloom/modeling_bloom.py build_alibi_tensor
 * Differs:    the references store slope · j, equal under a causal softmax; |i − j| serves encoders too.
 *             Head counts that are no power of two follow the reference's interleaving, see slopes().
 *
 * @module
 */
import { multiply } from "../operators/arithmetic.ts";
import { absolute } from "../operators/pointwise.ts";
import { constant } from "../operators/source.ts";
import type { EncodingDefinition } from "./position-encoding.ts";

/** `slopes(4)` is `[1/4, 1/16, 1/64, 1/256]`. */
export function slopes(heads: number): readonly number[] {
  const geometric = (n: number): number[] =>
    Array.from({ length: n }, (_, h) => 2 ** ((-8 * (h + 1)) / n));

  const below = 2 ** Math.floor(Math.log2(heads)); // the nearest power of two, from below
  const between = geometric(2 * below).filter((_, h) => h % 2 === 0);
  return [...geometric(below), ...between.slice(0, heads - below)];
}

/** Attention with linear biases. */
export const alibi: EncodingDefinition = {
  id: "alibi",
  family: "bias",
  summary: "Each head lowers a score in proportion to the distance, by a slope of its own.",
  formula: "score[h,i,j] = q_i·k_j / √d − 2^(−8(h+1)/H)·|i−j|",
  paper: {
    title:
      "Train Short, Test Long: Attention with Linear Biases Enables Input Length Extrapolation",
    year: 2022,
    url: "https://arxiv.org/abs/2108.12409",
  },
  create({ heads }) {
    const slope = slopes(heads).map((value) => -value);
    return {
      id: "alibi",
      parameters: [],
      bias: ({ distance }) => multiply(absolute(distance), constant([heads, 1, 1], slope)),
      cache: { keys: "either" },
      shiftInvariant: true,
    };
  },
};
