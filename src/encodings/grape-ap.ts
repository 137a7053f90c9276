/**
 * GRAPE-AP: a gate of the query and each key lowers the scores of all keys before it.
 *
 * Zhang et al., "Group Representational Position Encoding", 2025. https://arxiv.org/abs/2512.07805
 *
 *     score[h, i, j] = scale · q_i·k_j + Σ_{l=j+1…i} a_il
 *     a_il = slope_h · ln σ(p_i · k_l / width)             slope_h: ALiBi's
 *     k_l  = R(−l) p_l / √(mean(p_l²) + 2^−23)             R(l) rotates every pair (m, m + width/2) by l radians
 *     p_t  = x_t · weight, width numbers of each head      x: the layer's input
 *
 * `p_i` is neither normed nor rotated, so the angle of a gate is the key's position and not a distance.
 *
 * Acts on:    attention scores [batch, heads, query, key], causal ones only
 * Learns:     in each layer position.grape-ap.weight [model, heads · width], from N(0, 0.25 / model); it decays (the
 *             authors' optim_utils.py: all but norms)
 * Reference:  model-architectures/GRAPE, model/llama-mha-grape-ap-v1.py
 * Differs:    the sum runs from the last key backwards; the reference subtracts two sums. Norms of query and key,
 *             shifted keys and values, and p that heads share are left out
 *
 * @module
 */
import { add, divide, multiply, subtract } from "../operators/arithmetic.ts";
import { cast } from "../operators/cast.ts";
import { greaterOrEqual } from "../operators/comparison.ts";
import { cumsum } from "../operators/cumsum.ts";
import { matmul } from "../operators/matmul.ts";
import { logSigmoid, sqrt } from "../operators/pointwise.ts";
import { mean } from "../operators/reduction.ts";
import { constant, scalar } from "../operators/source.ts";
import { option } from "../options/option.ts";
import { whole } from "../options/value.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { slopes } from "./alibi.ts";
import { defineEncoding } from "./define-encoding.ts";
import { headAngles } from "./parts/angles.ts";
import { splitHeads } from "./parts/layer-input.ts";
import { turnPairs } from "./parts/rotation.ts";

const weight = "position.grape-ap.weight";
const epsilon = 2 ** -23; // the smallest step of float32 at 1

/** Additive group representations with a gate of each pair of tokens. */
export const grapeAp = defineEncoding({
  id: "grape-ap",
  family: "content",
  summary: "Every query has a gate for each key, and a score sinks by all gates of later keys.",
  formula: "score[h,i,j] = q_i·k_j / √d + s_h·Σ_{l=j+1…i} ln σ(p_i·R(−l)p̂_l / w),  p_t = W_h x_t",
  paper: {
    title: "Group Representational Position Encoding",
    year: 2025,
    url: "https://arxiv.org/abs/2512.07805",
  },
  options: {
    width: option(
      "Width of each head's vector p, from which gates are computed.",
      whole({ least: 2, multipleOf: 2 }),
      { default: 8 },
    ),
  },
  create({ model, heads, causal }, { width }) {
    if (!causal)
      throw new RangeError(
        "grape-ap: its gates lie between a key and a later query, so it needs a causal model. Use a decoder.",
      );
    const slope = constant([heads, 1, 1], slopes(heads));
    const turning = Array.from({ length: width / 2 }, () => -1);
    return {
      id: "grape-ap",
      parameters: [
        {
          name: weight,
          shape: [model, heads * width],
          initial: { kind: "normal", deviation: 0.5 * model ** -0.5 },
          owner: "layer",
          decays: true,
        },
      ],
      tokenState: (x, context) => ({
        p: splitHeads(matmul(x, context.parameter(weight)), heads),
      }),
      prepareTokenState: ({ p }, { keys }) => ({
        p: p!,
        turned: turnPairs(normed(p!), headAngles(keys, turning), "half"),
      }),
      contentBias({ queryState, keyState }, _, { distance }) {
        const product = matmul(queryState["p"]!, keyState["turned"]!, {
          transposeB: true,
          scale: 1 / width,
        });
        const past = cast(greaterOrEqual(distance, scalar(0)), "float32");
        const gates = multiply(multiply(logSigmoid(product), slope), past);
        return subtract(cumsum(gates, -1, { reverse: true }), gates);
      },
      cache: { keys: "either", tokenState: [{ name: "p", heads, width }] },
      shiftInvariant: false,
    };
  },
});

/** Vectors divided by the root of their mean square. */
function normed(x: Tensor): Tensor {
  return divide(x, sqrt(add(mean(multiply(x, x), { axes: [-1], keep: true }), epsilon)));
}
