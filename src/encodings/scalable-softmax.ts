/**
 * Scalable softmax: queries are multiplied by a learned multiple of the logarithm of how many keys they see.
 *
 * Nakanishi, "Scalable-Softmax Is Superior for Attention", 2025. https://arxiv.org/abs/2501.19399
 *
 *     q_i ← q_i · (s_h ln(i + 1) + b_h)        without bias b_h = 0
 *
 * A softmax over n keys flattens as n grows; with the factor the largest score keeps its weight. It does
 * not depend on the order of the keys: compose it, as in `rope+scalable-softmax`; PoPE is written first.
 *
 * Acts on:    queries [batch, heads, length, headDim], before the score scale
 * Learns:     position.scalable-softmax.scale [heads], and with `bias` .bias [heads]; in every layer its own; neither
 *             decays
 * Reference:  transformers, models/mistral_large4 (MistralLarge4TextSoftmaxScaling), which has the bias
 * Differs:    starts where no query of the train length changes on average: s = 1/ln length, or with bias
 *             s = 0 and b = 1 as in the reference. The paper's models without bias start from other numbers
 *
 * @module
 */
import { add, maximum, multiply } from "../operators/arithmetic.ts";
import { cast } from "../operators/cast.ts";
import { unsqueeze } from "../operators/movement.ts";
import { log } from "../operators/pointwise.ts";
import { constant } from "../operators/source.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { option, optionIs } from "../options/option.ts";
import { flag, number } from "../options/value.ts";
import { defineEncoding } from "./define-encoding.ts";
import { overHeads } from "./parts/angles.ts";
import type { Positions } from "./position-encoding.ts";
import type { ParameterSpec } from "../parameters/spec.ts";

const prefix = "position.scalable-softmax";

/** Queries that grow with a learned multiple of the logarithm of their position. */
export const scalableSoftmax = defineEncoding({
  id: "scalable-softmax",
  family: "rotary",
  summary: "Queries grow with the logarithm of their position, each head at a pace it learns.",
  formula: "score[i,j] = (s[h] ln(i+1) + b[h]) q_i·k_j / √d",
  paper: {
    title: "Scalable-Softmax Is Superior for Attention",
    year: 2025,
    url: "https://arxiv.org/abs/2501.19399",
  },
  options: {
    bias: option("Whether a learned number is added to the multiple of the logarithm.", flag, {
      default: false,
    }),
    length: option("s begins at 1 over the logarithm of this.", number({ above: 1 }), {
      otherwise: "the train length, at least 2",
      only: optionIs("bias", false),
    }),
  },
  create({ heads, trainLength }, { bias, length = Math.max(trainLength, 2) }) {
    const spec = (name: string, value: number): ParameterSpec => ({
      name: `${prefix}.${name}`,
      shape: [heads],
      initial: { kind: "values", values: Array<number>(heads).fill(value) },
      owner: "layer",
      decays: false,
    });
    return {
      id: "scalable-softmax",
      parameters: bias
        ? [spec("scale", 0), spec("bias", 1)]
        : [spec("scale", 1 / Math.log(length))],
      rotate(vectors, positions, role, context) {
        if (role === "key") return vectors;
        const column = (name: string): Tensor => {
          const numbers = context.parameter(`${prefix}.${name}`);
          return unsqueeze(unsqueeze(numbers, -1), -1);
        };
        const grown = multiply(overHeads(logarithms(positions)), column("scale"));
        return multiply(vectors, bias ? add(grown, column("bias")) : grown);
      },
      rotation: "factor",
      cache: { keys: "either" },
      shiftInvariant: false,
    };
  },
});

/** `ln(position + 1)`, `[length, 1]` or `[batch, length, 1]`; positions before 0 count as 0. */
function logarithms({ tensor, values }: Positions): Tensor {
  if (values !== undefined)
    return constant(
      [values.length, 1],
      values.map((position) => Math.log(Math.max(position, 0) + 1)),
    );
  return unsqueeze(log(add(maximum(cast(tensor, "float32"), 0), 1)), -1);
}
