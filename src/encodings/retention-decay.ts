/**
 * RetNet's decay as a bias: each head forgets at a fixed rate of its own.
 *
 * Sun et al., "Retentive Network: A Successor to Transformer for Large Language Models", 2023.
 * https://arxiv.org/abs/2307.08621
 *
 *     score[h, i, j] ← score[h, i, j] + |i − j| · ln γ_h,   γ_h = 1 − 2^(−5 − h)      h = 0 … heads − 1
 *
 * so that exp(score), before the softmax divides it by its row's sum, carries the factor γ_h^|i − j|.
 *
 * Acts on:    attention scores [batch, heads, query, key], after the score scale
 * Learns:     nothing
 * Reference:  fla-org/flash-linear-attention, fla/ops/retention/naive.py
 * Differs:    retention has no softmax: it multiplies the scores themselves by γ^(i − j), and turns queries
 *             and keys as xPos does. Here the decay alone is kept, as slopes like ALiBi's; those of the
 *             first head (1/32) and the last are far flatter than ALiBi's.
 *             |i − j| serves encoders too, as in RMT (https://arxiv.org/abs/2309.11523).
 *
 * @module
 */
import { multiply } from "../operators/arithmetic.ts";
import { abs } from "../operators/pointwise.ts";
import { constant } from "../operators/source.ts";
import { defineEncoding } from "./define-encoding.ts";

/** RetNet's decay under a softmax. */
export const retentionDecay = defineEncoding({
  id: "retention-decay",
  family: "bias",
  summary:
    "Each head weighs a key by a fixed power of a factor just below 1, the distance its exponent.",
  formula: "score[h,i,j] = q_i·k_j / √d + |i−j|·ln(1 − 2^(−5−h))",
  paper: {
    title: "Retentive Network: A Successor to Transformer for Large Language Models",
    year: 2023,
    url: "https://arxiv.org/abs/2307.08621",
  },
  create({ heads }) {
    const slopes = Array.from({ length: heads }, (_, h) => Math.log1p(-(2 ** (-5 - h))));
    return {
      id: "retention-decay",
      parameters: [],
      bias: ({ distance }) => multiply(abs(distance), constant([heads, 1, 1], slopes)),
      cache: { keys: "either" },
      shiftInvariant: true,
    };
  },
});
