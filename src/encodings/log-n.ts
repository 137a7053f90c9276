/**
 * log-n scaling: queries grow with the logarithm of how many keys they see.
 *
 * Chiang and Cholak, "Overcoming a Theoretical Limitation of Self-Attention", ACL 2022.
 * https://arxiv.org/abs/2202.12172; in this form Su, "ReRoPE", 2023
 *
 *     q_i ← q_i · max(1, ln(i + 1) / ln length)
 *
 * A softmax over more keys is flatter; the factor keeps its entropy as it was at the train length. It
 * does not depend on the order of the keys: compose it, as in `rope+log-n`. A rotation commutes with a factor; PoPE
 * does not, and is written first: `pope+log-n`.
 *
 * Acts on:    queries [batch, heads, length, headDim], before the score scale
 * Learns:     nothing
 * Reference:  bojone/rerope, rerope_patch.py
 * Differs:    nothing
 *
 * @module
 */
import { add, maximum, multiply } from "../operators/arithmetic.ts";
import { log } from "../operators/pointwise.ts";
import { option } from "../options/option.ts";
import { number } from "../options/value.ts";
import { defineEncoding } from "./define-encoding.ts";
import { queryFactor } from "./parts/query-factor.ts";

/** Queries that grow with the logarithm of their position. */
export const logN = defineEncoding({
  id: "log-n",
  family: "rotary",
  summary: "Queries beyond the train length grow with the logarithm of their position.",
  formula: "score[i,j] = max(1, ln(i+1)/ln L) q_i·k_j / √d",
  paper: {
    title: "Overcoming a Theoretical Limitation of Self-Attention",
    year: 2022,
    url: "https://arxiv.org/abs/2202.12172",
  },
  options: {
    length: option("Up to this many keys the factor is 1.", number({ above: 1 }), {
      otherwise: "the train length, at least 2",
    }),
  },
  create({ trainLength }, { length = Math.max(trainLength, 2) }) {
    const scale = 1 / Math.log(length);
    return {
      id: "log-n",
      parameters: [],
      rotate: queryFactor({
        of: (position) => Math.max(1, Math.log(position + 1) * scale),
        graph: (positions) => maximum(multiply(log(add(positions, 1)), scale), 1),
      }),
      rotation: "factor",
      cache: { keys: "either" },
      shiftInvariant: false,
    };
  },
});
