/**
 * DAPE V2: the scores as a feature map, with convolutions along the keys.
 *
 * Zheng et al., "DAPE V2: Process Attention Score as Feature Map for Length Extrapolation", 2024.
 * https://arxiv.org/abs/2410.04798
 *
 *     s_ij     = scale · q_i·k_j of all heads,   b_ij the base bias of all heads
 *     score_ij = s_ij + b_ij + conv(leaky(conv([s ; b]_i)))_j
 *
 * Both convolutions run along the keys of one query, over `kernel` of them and all channels, with zeros
 * around; [s ; b] is 0 where the key is in the future. The leaky ReLU's slope is 0.01.
 *
 * Acts on:    attention scores [batch, heads, query, key], causal ones only
 * Learns:     in each layer position.dape-v2.hidden.weight [kernel, 2 heads, width] and .bias [width],
 *             position.dape-v2.output.weight [kernel, width, heads]; and the base's tensors as
 *             position.dape-v2.<base>.<tensor>
 * Reference:  chuanyang-Zheng/DAPE, megatron/model/positional_embeddings.py Alibi_DAPEV2, Kerple_DAPEV2
 * Differs:    the last (kernel − 1) / 2 rows. There the authors' second convolution has zeros where, in a
 *             text one token longer, it has the hidden numbers of a future key; so their rows change when
 *             the text grows. Here every row has the numbers it has in a longer text, so cached decoding and
 *             blocks of rows agree with one pass. (With one query the authors' code cuts off all keys but the
 *             first.) An output bias is left out, as in `dape`.
 *
 * @module
 */
import { add, multiply, subtract } from "../operators/arithmetic.ts";
import { cast } from "../operators/cast.ts";
import { greaterOrEqual } from "../operators/comparison.ts";
import { unsqueeze } from "../operators/movement.ts";
import { concat } from "../operators/slicing.ts";
import { fill, scalar } from "../operators/source.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { option } from "../options/option.ts";
import { whole } from "../options/value.ts";
import { defineEncoding } from "./define-encoding.ts";
import type { DefinedEncoding, WithCommonOptions } from "./define-encoding.ts";
import { baseOf, dapeBaseOptions } from "./parts/dape-base.ts";
import { networkChange, networkSpecs } from "./parts/dape-network.ts";
import type { FindEncoding } from "./parts/sampled-positions.ts";

const name = "position.dape-v2";

/** The options of `dape-v2`. */
const options = {
  ...dapeBaseOptions,
  width: option("Hidden numbers of the network.", whole({ least: 1 }), { default: 32 }),
  kernel: option("Keys that a convolution covers, an odd number.", whole({ least: 1 }), {
    default: 3,
  }),
};

/** Data-adaptive positional encoding with convolutions, over the biases that `find` knows. */
export function dapeV2(find: FindEncoding): DefinedEncoding<WithCommonOptions<typeof options>> {
  return defineEncoding({
    id: "dape-v2",
    family: "content",
    summary: "Two convolutions along the keys, over all heads, adapt a base bias to the scores.",
    formula:
      "score = s + b + conv(leaky(conv([s ; b]))) along j ≤ i,  s = q_i·k_j / √d, b the base bias",
    paper: {
      title: "DAPE V2: Process Attention Score as Feature Map for Length Extrapolation",
      year: 2024,
      url: "https://arxiv.org/abs/2410.04798",
    },
    options,
    create(shape, options) {
      const { width, kernel } = options;
      if (kernel % 2 === 0)
        throw new RangeError(`dape-v2: kernel must be odd, got ${kernel}. Use ${kernel + 1}.`);
      if (!shape.causal)
        throw new RangeError(
          "dape-v2: its convolutions need a causal mask. Use a decoder, or dape in an encoder.",
        );
      const base = baseOf("dape-v2", find, shape, options);
      const sizes = { heads: shape.heads, width, kernel };
      return {
        ...base,
        parameters: [...base.parameters, ...networkSpecs(name, sizes)],
        combine(scores, bias, context) {
          const past = cast(greaterOrEqual(context.distance, scalar(0)), "float32");
          const { keyMask } = context;
          const text = keyMask && unsqueeze(unsqueeze(cast(keyMask, "float32"), 1), 1);
          const seen = text ? multiply(past, text) : past;
          const change = networkChange(
            name,
            sizes,
            multiply(scores, seen),
            multiply(bias!, seen),
            context,
            text && ((hidden) => multiply(hidden, withoutPadding(past, text, (kernel - 1) / 2))),
          );
          return add(add(scores, bias!), change);
        },
      };
    },
  });
}

/** 0 where a key before the query is padding: there a text without padding has ended. */
function withoutPadding(past: Tensor, text: Tensor, reach: number): Tensor {
  const kept = subtract(1, multiply(past, subtract(1, text)));
  return reach === 0 ? kept : concat([kept, fill([...kept.shape.slice(0, -1), reach], 1)], -1);
}
