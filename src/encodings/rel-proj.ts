/**
 * Relative projection: each token has its own curve over distances, a weighted sum of learned curves.
 *
 * No paper. x-transformers took it from the Inkling model of Thinking Machines.
 *
 *     score[h, i, j] = scale · q_i·k_j + Σ_m w_i[h, m] · bank[i − j, m]     0 ≤ i − j < maxDistance
 *     w_i            = x_i · weight + bias                                  x: the layer's input
 *
 * Acts on:    attention scores [batch, heads, query, key]
 * Learns:     in each layer position.rel-proj.weights.weight [model, heads · basis], .bias, and
 *             position.rel-proj.bank [maxDistance, basis] from N(0, 0.02²). The projection's weight decays; its bias and
 *             the bank do not: no training code is known, and a bank of biases is no weight of a linear layer
 * Reference:  lucidrains/x-transformers, x_transformers.py RelativeProjPositionalBias
 * Differs:    the bank is the transpose of the reference's; rows beyond the train length are not trained. Keys that follow the query get 0, as there,
 *             with or without a causal mask.
 *
 * @module
 */
import { maximum, minimum, multiply } from "../operators/arithmetic.ts";
import { cast } from "../operators/cast.ts";
import { equal } from "../operators/comparison.ts";
import { gather } from "../operators/indexing.ts";
import { unsqueeze } from "../operators/movement.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { option } from "../options/option.ts";
import { whole } from "../options/value.ts";
import { defineEncoding } from "./define-encoding.ts";
import { projectionSpecs, projectToHeads } from "./parts/layer-input.ts";
import { vectorsByDistance } from "./parts/relative-terms.ts";
import type { Distances } from "./parts/toeplitz.ts";

const projection = "position.rel-proj.weights";
const bank = "position.rel-proj.bank";

/** Relative projection. */
export const relProj = defineEncoding({
  id: "rel-proj",
  family: "content",
  summary:
    "Each token weighs a learned bank of curves over the distance, and adds the sum to its scores.",
  formula:
    "score[h,i,j] = q_i·k_j / √d + Σ_m w_i[h,m]·bank[i−j,m],  w_i = Linear(x_i),  0 beyond the bank",
  paper: { title: "Relative projection bias of the Inkling model, as x-transformers has it" },
  options: {
    basis: option("Curves in the bank.", whole({ least: 1 }), { default: 16 }),
    maxDistance: option("Distances from here on get no bias.", whole({ least: 1 }), {
      default: 1024,
    }),
  },
  create({ model, heads }, { basis, maxDistance }) {
    const uniform = { kind: "uniform", bound: model ** -0.5 } as const;
    return {
      id: "rel-proj",
      parameters: [
        ...projectionSpecs(projection, model, heads * basis, { weight: uniform, bias: uniform }),
        {
          name: bank,
          shape: [maxDistance, basis],
          initial: { kind: "normal", deviation: 0.02 },
          owner: "layer",
          decays: false,
        },
      ],
      tokenState: (x, context) => ({ weights: projectToHeads(x, projection, heads, context) }),
      contentBias({ queryState }, _, context) {
        const rows = ({ tensor }: Distances): Tensor => {
          const near = minimum(maximum(tensor, 0), maxDistance - 1);
          // Distances that had to be moved are those without a row.
          const inside = cast(equal(near, tensor), "float32");
          const found = gather(context.parameter(bank), cast(near, "int32"));
          return unsqueeze(multiply(found, unsqueeze(inside, 1)), 0);
        };
        return vectorsByDistance(queryState["weights"]!, "query", rows, context);
      },
      cache: { keys: "either", tokenState: [{ name: "weights", heads, width: basis }] },
      shiftInvariant: true,
    };
  },
});
