/**
 * Query temperature: queries are multiplied by a factor that rises slowly with their position.
 *
 * Meta, Llama 4, 2025, after Nakanishi, "Scalable-Softmax", 2025. https://arxiv.org/abs/2501.19399
 *
 *     q_i ← q_i · t(i)
 *     llama-4        t = 1 + scale · ln(1 + ⌊(i + 1)/length⌋)
 *     ministral-3    t = 1 + scale · ln(1 + ⌊i/length⌋)
 *     inkling        t = 1 + scale · ln(max((i + 1)/length, 1))
 *     beam           t = (1 + (i + 1)/length)^scale
 *
 * It does not depend on the order of the keys: compose it, as in `rope+query-temperature`. Llama 4 has it in layers
 * without RoPE, those where its configuration's `no_rope_layers` is 0: `layers(3*rope,query-temperature)`.
 *
 * Acts on:    queries [batch, heads, length, headDim], before the score scale
 * Learns:     nothing
 * Reference:  transformers, models/llama4, models/ministral3 (get_llama_4_attn_scale), models/inkling,
 *             models/beam (compute_attention_scaling)
 * Differs:    nothing. The lengths are those of the configurations: Llama 4's chunk of 8192, the 16384 tokens that
 *             Ministral 3 was trained with, Beam's 2048; in shorter texts the factor is 1, or nearly so. Inkling's has no
 *             length unless one is given; here it is then the train length
 *
 * @module
 */
import { add, divide, maximum, multiply } from "../operators/arithmetic.ts";
import { exp, floor, log } from "../operators/pointwise.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { option } from "../options/option.ts";
import { number, word } from "../options/value.ts";
import { defineEncoding } from "./define-encoding.ts";
import { queryFactor } from "./parts/query-factor.ts";
import type { QueryFactor } from "./parts/query-factor.ts";

type TemperatureForm = "llama-4" | "ministral-3" | "inkling" | "beam";

/** Lengths of the published configurations. */
const lengths: Readonly<Partial<Record<TemperatureForm, number>>> = {
  "llama-4": 8192,
  "ministral-3": 16384,
  beam: 2048,
};

/** Queries that grow with the logarithm of the count of chunks before them. */
export const queryTemperature = defineEncoding({
  id: "query-temperature",
  family: "rotary",
  summary: "Queries grow with the logarithm of how many train lengths lie before them.",
  formula: "score[i,j] = (1 + 0.1 ln(1 + ⌊(i+1)/L⌋)) q_i·k_j / √d",
  paper: {
    title: "Scalable-Softmax Is Superior for Attention",
    year: 2025,
    url: "https://arxiv.org/abs/2501.19399",
  },
  options: {
    form: option("Whose factor it is.", word("llama-4", "ministral-3", "inkling", "beam"), {
      default: "llama-4",
    }),
    scale: option("How fast the factor rises.", number({ above: 0 }), { default: 0.1 }),
    length: option("Positions after which it first rises.", number({ least: 1 }), {
      otherwise: 'that of the form: 8192, 16384, 2048; for "inkling" the train length',
    }),
  },
  create({ trainLength }, { form, scale, length = lengths[form] ?? trainLength }) {
    return {
      id: "query-temperature",
      parameters: [],
      rotate: queryFactor(factorOf(form, scale, length)),
      rotation: "factor",
      cache: { keys: "either" },
      shiftInvariant: false,
    };
  },
});

function factorOf(form: TemperatureForm, scale: number, length: number): QueryFactor {
  const after = form === "ministral-3" ? 0 : 1;
  const chunks = (positions: Tensor): Tensor => divide(add(positions, after), length);
  const rise = (logarithm: Tensor): Tensor => add(multiply(logarithm, scale), 1);
  if (form === "inkling")
    return {
      of: (i) => 1 + scale * Math.log(Math.max((i + 1) / length, 1)),
      graph: (positions) => rise(log(maximum(chunks(positions), 1))),
    };
  if (form === "beam")
    return {
      of: (i) => (1 + (i + 1) / length) ** scale,
      graph: (positions) => exp(multiply(log(add(chunks(positions), 1)), scale)),
    };
  return {
    of: (i) => 1 + scale * Math.log(1 + Math.floor((i + after) / length)),
    graph: (positions) => rise(log(add(floor(chunks(positions)), 1))),
  };
}
