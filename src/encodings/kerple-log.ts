/**
 * KERPLE with the logarithmic kernel: a learned logarithm of the distance.
 *
 * Chi, Fan, Ramadge and Rudnicky, "KERPLE: Kernelized Relative Positional Embedding for Length
 * Extrapolation", NeurIPS 2022. https://arxiv.org/abs/2205.09921
 *
 *     score[h, i, j] ← score[h, i, j] − p_h · ln(1 + a_h · |i − j|),   a, p ≥ 0.01
 *
 * Acts on:    attention scores [batch, heads, query, key], after the score scale
 * Learns:     position.kerple-log.a and .p [heads], one set for all layers, from U(0, 1) and U(0, 2); slopes do not
 *             decay, and the authors train without decay (kerple_configs/train.yml)
 * Reference:  chijames/KERPLE, megatron/mpu/layers.py, ParallelKerpleLog
 * Differs:    the reference keeps a and p in range by writing into them before every forward pass. Here they
 *             declare a `range`, in which the training step keeps them: the same values in every pass.
 *             Numbers from elsewhere are clamped in the graph, and those outside have gradient 0 there,
 *             where the reference has the gradient of the bound it has moved them to.
 *             The reference has distance 0 for future keys, equal under its causal mask; |i − j| serves
 *             encoders too.
 *
 * @module
 */
import { add, multiply, negate } from "../operators/arithmetic.ts";
import { clamp } from "../operators/clamp.ts";
import { unsqueeze } from "../operators/movement.ts";
import { abs, log } from "../operators/pointwise.ts";
import type { ParameterSpec } from "../parameters/spec.ts";
import { defineEncoding } from "./define-encoding.ts";
import { distanceBias } from "./parts/toeplitz.ts";

const range = { min: 0.01 } as const;

/** KERPLE, logarithmic kernel. */
export const kerpleLog = defineEncoding({
  id: "kerple-log",
  family: "bias",
  summary: "Each head lowers a score by a learned logarithm of the distance.",
  formula: "score[h,i,j] = q_i·k_j / √d − p_h·ln(1 + a_h·|i−j|)",
  paper: {
    title: "KERPLE: Kernelized Relative Positional Embedding for Length Extrapolation",
    year: 2022,
    url: "https://arxiv.org/abs/2205.09921",
  },
  create({ heads }) {
    const spec = (tensor: "a" | "p", bound: number): ParameterSpec => ({
      name: `position.kerple-log.${tensor}`,
      shape: [heads],
      initial: { kind: "uniform", from: 0, bound },
      range,
      decays: false,
    });
    return {
      id: "kerple-log",
      parameters: [spec("a", 1), spec("p", 2)],
      bias: (context) =>
        distanceBias(context, ({ tensor }) => {
          const [a, p] = ["a", "p"].map((name) =>
            unsqueeze(clamp(context.parameter(`position.kerple-log.${name}`), range), 1),
          );
          const growth = log(add(multiply(a!, abs(tensor)), 1));
          return multiply(negate(p!), growth);
        }),
      cache: { keys: "either" },
      shiftInvariant: true,
    };
  },
});
