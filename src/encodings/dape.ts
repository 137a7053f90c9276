/**
 * DAPE: a base bias that a small network over all heads adapts to the scores.
 *
 * Zheng et al., "DAPE: Data-Adaptive Positional Encoding for Length Extrapolation", NeurIPS 2024.
 * https://arxiv.org/abs/2405.14722
 *
 *     s_ij     = scale · q_i·k_j of all heads,   b_ij the base bias of all heads
 *     score_ij = s_ij + b_ij + leaky([s_ij ; b_ij] · hidden.weight + hidden.bias) · output.weight
 *
 * with the leaky ReLU's slope 0.01. It sees scores before the mask.
 *
 * Acts on:    attention scores [batch, heads, query, key], all heads of a pair at once
 * Learns:     in each layer position.dape.hidden.weight [1, 2 heads, width] and .bias [width],
 *             position.dape.output.weight [1, width, heads]; and the base's tensors as
 *             position.dape.<base>.<tensor>
 * Reference:  chuanyang-Zheng/DAPE, DAPE.py AliBi_DAPE, ParallelKerpleLog_DAPE
 * Differs:    the authors' second layer has a bias, one number for all scores of a head: no softmax sees it,
 *             and it is left out. Their base is 0 beyond the diagonal; here it is the base's own |i − j|, which
 *             shows in encoders alone. FIRE as a base keeps the ReLU of its own network, where the authors'
 *             copy has a leaky one.
 *
 * @module
 */
import { add } from "../operators/arithmetic.ts";
import { option } from "../options/option.ts";
import { whole } from "../options/value.ts";
import { defineEncoding } from "./define-encoding.ts";
import type { DefinedEncoding, WithCommonOptions } from "./define-encoding.ts";
import { baseOf, dapeBaseOptions } from "./parts/dape-base.ts";
import { networkChange, networkSpecs } from "./parts/dape-network.ts";
import type { FindEncoding } from "./parts/sampled-positions.ts";

const name = "position.dape";

/** The options of `dape`. */
const options = {
  ...dapeBaseOptions,
  width: option("Hidden numbers of the network.", whole({ least: 1 }), { default: 32 }),
};

/** Data-adaptive positional encoding over a bias that `find` returns. */
export function dape(find: FindEncoding): DefinedEncoding<WithCommonOptions<typeof options>> {
  return defineEncoding({
    id: "dape",
    family: "content",
    summary: "A small network over the heads adapts a base bias to the scores of each pair.",
    formula: "score = s + b + MLP([s ; b]),  s = q_i·k_j / √d and b the base bias, of all heads",
    paper: {
      title: "DAPE: Data-Adaptive Positional Encoding for Length Extrapolation",
      year: 2024,
      url: "https://arxiv.org/abs/2405.14722",
    },
    options,
    create(shape, options) {
      const { width } = options;
      const base = baseOf("dape", find, shape, options);
      const sizes = { heads: shape.heads, width, kernel: 1 };
      return {
        ...base,
        parameters: [...base.parameters, ...networkSpecs(name, sizes)],
        combine(scores, bias, context) {
          const change = networkChange(name, sizes, scores, bias!, context);
          return add(add(scores, bias!), change);
        },
      };
    },
  });
}
