/**
 * RoPE in most layers, no positions in every n-th: iRoPE of Llama 4, RNoPE of SmolLM3 and Command R7B.
 *
 * Yang et al., "RoPE to NoPE and Back Again: A New Hybrid Attention Strategy", 2025.
 * https://arxiv.org/abs/2501.18795
 *
 *     layer l has RoPE unless (l + 1) mod every = 0
 *     window w:   layers with RoPE see keys with i − j < w               (Command R7B)
 *     chunk c:    layers with RoPE see keys with ⌊j/c⌋ = ⌊i/c⌋            (Llama 4)
 *     temperature: q_i ← q_i · (1 + 0.1 ln(1 + ⌊(i+1)/L⌋)) in layers without (Llama 4)
 *
 * Acts on:    queries and keys; scores, where a window or chunk forbids keys
 * Learns:     nothing
 * Reference:  transformers, models/llama4 (`no_rope_layers`, where 1 means that a layer has RoPE),
 *             models/smollm3, models/cohere2; masking_utils.py for window and chunk
 * Differs:    pairs are in halves unless `layout` says otherwise, as in SmolLM3; Llama 4 and Cohere
 *             interleave them. Llama 4 also normalises queries and keys in its RoPE layers; left out.
 *             Neither window, chunk nor temperature is on by default; L is Llama 4's 8192 (`temperatureLength`).
 *
 * @module
 */
import { maximum, minimum, multiply, subtract } from "../operators/arithmetic.ts";
import { cast } from "../operators/cast.ts";
import { unsqueeze } from "../operators/movement.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { option, optionIs } from "../options/option.ts";
import { flag, number, whole } from "../options/value.ts";
import { defineEncoding } from "./define-encoding.ts";
import { byLayer } from "./compose/by-layer.ts";
import { none } from "./none.ts";
import { baseOption } from "./parts/angles.ts";
import { floorDivide } from "./parts/grid.ts";
import { layoutOption } from "./parts/rotation.ts";
import type { EncodingContext, PositionEncoding } from "./position-encoding.ts";
import { queryTemperature } from "./query-temperature.ts";
import { rope } from "./rope.ts";

/** Added to a score that must not count, once or more. */
const forbidden = -1e30;

/** RoPE in all layers but every n-th. */
export const nopeRopeInterleave = defineEncoding({
  id: "nope-rope-interleave",
  family: "rotary",
  summary: "RoPE in three layers of four, which may see a window, and no positions in the fourth.",
  formula:
    "score[i,j] = (R(i)q_i)·(R(j)k_j) / √d in layers l with (l+1) mod 4 ≠ 0, else q_i·k_j / √d",
  paper: {
    title: "RoPE to NoPE and Back Again: A New Hybrid Attention Strategy",
    year: 2025,
    url: "https://arxiv.org/abs/2501.18795",
  },
  options: {
    every: option("Every so many layers, one has no positions.", whole({ least: 2 }), {
      default: 4,
    }),
    base: baseOption,
    layout: layoutOption,
    window: option("How many keys a layer with RoPE sees, itself included.", whole({ least: 1 }), {
      otherwise: "all",
    }),
    chunk: option(
      "Layers with RoPE see keys of their own chunk of so many positions.",
      whole({ least: 1 }),
      { otherwise: "no chunks" },
    ),
    temperature: option("Whether queries grow with their position in layers without RoPE.", flag, {
      default: false,
    }),
    temperatureLength: option("Positions after which they first grow.", number({ least: 1 }), {
      default: 8192,
      only: optionIs("temperature", true),
    }),
  },
  create(shape, { every, base, layout, window, chunk, temperature, temperatureLength }) {
    if ((window !== undefined || chunk !== undefined) && !shape.causal)
      throw new RangeError(
        "nope-rope-interleave: window and chunk look back from a query and need a causal model. " +
          "Leave them out.",
      );
    const near = defineEncoding({
      ...rope,
      options: {},
      create: (sizes) => seeing(rope.create(sizes, { base, layout }), window, chunk),
    });
    const far = temperature
      ? { definition: queryTemperature, options: { length: temperatureLength! } }
      : { definition: none };
    const pattern = Array.from({ length: Math.min(every, shape.layers) }, (_, layer) =>
      layer + 1 < every ? { definition: near } : far,
    );
    return { ...byLayer(pattern).create(shape), id: "nope-rope-interleave" };
  },
});

/** The encoding with keys beyond the window, or outside the query's chunk, forbidden. */
function seeing(
  encoding: PositionEncoding,
  window: number | undefined,
  chunk: number | undefined,
): PositionEncoding {
  if (window === undefined && chunk === undefined) return encoding;
  return {
    ...encoding,
    shiftInvariant: chunk === undefined,
    bias(context) {
      const masks = [
        ...(window === undefined ? [] : [beyond(context.distance, window - 1)]),
        ...(chunk === undefined ? [] : [beyond(chunksBetween(context, chunk), 0)]),
      ];
      return masks.reduce((a, b) => minimum(a, b));
    },
  };
}

/** `forbidden` where a whole number exceeds `most`, else 0. */
function beyond(numbers: Tensor, most: number): Tensor {
  return multiply(minimum(maximum(subtract(numbers, most), 0), 1), forbidden);
}

/** How many chunks lie between query and key, as `context.distance` is laid out. */
function chunksBetween({ queries, keys, distance }: EncodingContext, chunk: number): Tensor {
  const numbered = (positions: Tensor, axis: number): Tensor => {
    const chunks = unsqueeze(cast(floorDivide(positions, chunk).quotient, "float32"), axis);
    return distance.shape.length > 2 && chunks.shape.length === 3 ? unsqueeze(chunks, 1) : chunks;
  };
  return subtract(numbered(queries.tensor, -1), numbered(keys.tensor, -2));
}
