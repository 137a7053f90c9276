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
 * It tells nothing of order: meant to be composed, as in `rope+query-temperature`. Llama 4 has it in layers
 * without RoPE, those where its configuration's `no_rope_layers` is 0: `layers(3*rope,query-temperature)`.
 *
 * Acts on:    queries [batch, heads, length, headDim], before the score scale
 * Learns:     nothing
 * Reference:  transformers, models/llama4, models/ministral3 (get_llama_4_attn_scale), models/inkling,
 *             models/beam (compute_attention_scaling)
 * Differs:    the length is the train length unless given; Llama 4 has 8192, its chunk, Beam 2048
 *
 * @module
 */
import { add, divide, maximum, multiply } from "../operators/arithmetic.ts";
import { exp, floor, log } from "../operators/pointwise.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { EncodingDefinition } from "./position-encoding.ts";
import { queryFactor } from "./parts/query-factor.ts";
import type { QueryFactor } from "./parts/query-factor.ts";

/** Which model's factor. */
export type TemperatureForm = "llama-4" | "ministral-3" | "inkling" | "beam";

/** Settings of the query temperature. */
export interface QueryTemperatureOptions {
  /** Default `llama-4`. */
  readonly form?: TemperatureForm;
  /** How fast the factor rises. Default 0.1. */
  readonly scale?: number;
  /** Positions after which it first rises. Default: the train length. */
  readonly length?: number;
}

/** Queries that grow with the logarithm of the count of chunks before them. */
export const queryTemperature: EncodingDefinition<QueryTemperatureOptions> = {
  id: "query-temperature",
  family: "rotary",
  summary: "Queries grow with the logarithm of how many train lengths lie before them.",
  formula: "score[i,j] = (1 + 0.1 ln(1 + ⌊(i+1)/L⌋)) q_i·k_j / √d",
  paper: {
    title: "Scalable-Softmax Is Superior for Attention",
    year: 2025,
    url: "https://arxiv.org/abs/2501.19399",
  },
  create({ trainLength }, { form = "llama-4", scale = 0.1, length = trainLength } = {}) {
    if (!(length >= 1))
      throw new RangeError(`query-temperature: length must be 1 or more, got ${length}.`);
    if (!(scale >= 0))
      throw new RangeError(`query-temperature: scale must be 0 or more, got ${scale}.`);
    return {
      id: "query-temperature",
      parameters: [],
      rotate: queryFactor(factorOf(form, scale, length)),
      rotation: "factor",
      cache: { keys: "either" },
      shiftInvariant: false,
    };
  },
};

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
