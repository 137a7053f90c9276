/**
 * KERPLE with the power kernel: a learned power of the distance, added to a score or as its factor.
 *
 * Chi, Fan, Ramadge and Rudnicky, "KERPLE: Kernelized Relative Positional Embedding for Length
 * Extrapolation", NeurIPS 2022. https://arxiv.org/abs/2205.09921
 *
 *     bias     score[h, i, j] ← score[h, i, j] − a_h · |i − j|^p_h
 *     weight   score[h, i, j] ← score[h, i, j] · exp(−a'_h · |i − j|^p'_h)
 *     both     the factor first, then the sum
 *
 * with a ≥ 0.01 and 0.01 ≤ p ≤ 2, where the kernel is conditionally positive definite.
 *
 * Acts on:    attention scores [batch, heads, query, key], after the score scale and before the mask
 * Learns:     position.kerple-power.a and .p [heads], or .weight.a and .weight.p, or all four; one set
 *             for all layers, from U(0, 1) and U(0, 2); none decays, and the authors train without decay
 *             (kerple_configs/train.yml)
 * Reference:  chijames/KERPLE, megatron/mpu/layers.py, ParallelKerplePower (its `kerple_power_ap_`,
 *             `__ap` and `_ap_ap`; the paper's experiments use the first)
 * Differs:    the reference keeps parameters in range by writing into them before every forward pass. Here
 *             they declare a `range`, in which the training step keeps them: the same values in every
 *             pass. Numbers from elsewhere are clamped in the graph, and those outside have gradient 0
 *             there, where the reference has the gradient of the bound it has moved them to.
 *             The reference has distance 0 for future keys, equal under its causal mask; |i − j| serves
 *             encoders too. 0^p is 0 and so is its gradient, as in PyTorch.
 *
 * @module
 */
import { add, multiply, negate } from "../operators/arithmetic.ts";
import { clamp } from "../operators/clamp.ts";
import { unsqueeze } from "../operators/movement.ts";
import { abs, exp } from "../operators/pointwise.ts";
import { power } from "../operators/power.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { option } from "../options/option.ts";
import { word } from "../options/value.ts";
import { defineEncoding } from "./define-encoding.ts";
import type { EncodingContext } from "./position-encoding.ts";
import type { ParameterSpec } from "../parameters/spec.ts";
import { distanceBias } from "./parts/toeplitz.ts";

const ranges = { a: { min: 0.01 }, p: { min: 0.01, max: 2 } } as const;

/** KERPLE, power kernel. */
export const kerplePower = defineEncoding({
  id: "kerple-power",
  family: "bias",
  summary: "Each head lowers a score by a learned power of the distance.",
  formula: "score[h,i,j] = q_i·k_j / √d − a_h·|i−j|^p_h",
  paper: {
    title: "KERPLE: Kernelized Relative Positional Embedding for Length Extrapolation",
    year: 2022,
    url: "https://arxiv.org/abs/2205.09921",
  },
  options: {
    kernel: option(
      "Whether the kernel is added to scores, multiplies them, or both with parameters each.",
      word("bias", "weight", "both"),
      { default: "bias" },
    ),
  },
  create({ heads }, { kernel }) {
    const [adds, multiplies] = [kernel !== "weight", kernel !== "bias"];
    return {
      id: "kerple-power",
      parameters: [
        ...(adds ? specs("", heads) : []),
        ...(multiplies ? specs("weight.", heads) : []),
      ],
      ...(adds && {
        bias: (context) => distanceBias(context, ({ tensor }) => decay("", tensor, context)),
      }),
      ...(multiplies && {
        combine(scores, bias, context) {
          const factor = distanceBias(context, ({ tensor }) =>
            exp(decay("weight.", tensor, context)),
          );
          const weighted = multiply(scores, factor);
          return bias === undefined ? weighted : add(weighted, bias);
        },
      }),
      cache: { keys: "either" },
      shiftInvariant: true,
    };
  },
});

function specs(part: string, heads: number): ParameterSpec[] {
  return (["a", "p"] as const).map((tensor) => ({
    name: `position.kerple-power.${part}${tensor}`,
    shape: [heads],
    initial: { kind: "uniform", from: 0, bound: tensor === "a" ? 1 : 2 },
    range: ranges[tensor],
    decays: false,
  }));
}

/** `−a_h · |distance|^p_h`, `[heads, n]` */
function decay(part: string, distances: Tensor, context: EncodingContext): Tensor {
  const [a, p] = (["a", "p"] as const).map((tensor) => {
    const learned = context.parameter(`position.kerple-power.${part}${tensor}`);
    return unsqueeze(clamp(learned, ranges[tensor]), 1);
  });
  return multiply(negate(a!), power(abs(distances), p!));
}
