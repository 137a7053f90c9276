/**
 * Forgetting attention: each token's gate lowers the scores of all keys before it.
 *
 * Lin, Nikishin, He and Courville, "Forgetting Transformer: Softmax Attention with a Forget Gate",
 * ICLR 2025. https://arxiv.org/abs/2503.02130
 *
 *     score[h, i, j] = scale · q_i·k_j + Σ_{t = j+1 … i} ln f_t[h]
 *                    = scale · q_i·k_j + c_i − c_j           c: the running sum of ln f
 *     f_t = σ(x_t · weight + bias)                           gate "data"; x: the layer's input
 *     f   = σ(bias)                                          gates "bias" and "fixed"
 *
 * Acts on:    attention scores [batch, heads, query, key]
 * Learns:     in each layer position.fox.gate.weight [model, heads] and .bias [heads] (data);
 *             .bias alone (bias); nothing (fixed). The weight decays as every linear layer's, the bias does not
 *             (forgetting-transformer, utils.py and fgate_bias._no_weight_decay)
 * Reference:  zhixuan-lin/forgetting-transformer, modeling_forgetting_transformer.py (fgate_type full,
 *             bias_only, fixed); fla-org/flash-linear-attention, fla/layers/forgetting_attn.py
 * Differs:    the authors' "Pro" block (norms of query and key, output gate, shifted keys and values) is
 *             not part of the encoding. Gates "bias" and "fixed" multiply by the distance, where the
 *             authors add up tokens: the same unless positions are left out. x-transformers starts
 *             the bias at 5, near no forgetting (`initialBias`); the authors at 0, as here.
 *             c is summed in float32, as in the references: where it has reached −3,000, its steps are 2e-4.
 *
 * @module
 */
import { multiply, negate } from "../operators/arithmetic.ts";
import { cumsum } from "../operators/cumsum.ts";
import { matmul } from "../operators/matmul.ts";
import { unsqueeze } from "../operators/movement.ts";
import { logSigmoid } from "../operators/pointwise.ts";
import { concat } from "../operators/slicing.ts";
import { constant, fill } from "../operators/source.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { option, optionIs } from "../options/option.ts";
import { listOf, number, word } from "../options/value.ts";
import { defineEncoding } from "./define-encoding.ts";
import { projectionSpecs, projectToHeads } from "./parts/layer-input.ts";
import type { ModelShape, PositionEncoding } from "./position-encoding.ts";
import type { Initial } from "../parameters/spec.ts";
import { distanceBias } from "./parts/toeplitz.ts";

const gate = "position.fox.gate";

/** Forgetting attention. */
export const fox = defineEncoding({
  id: "fox",
  family: "content",
  summary:
    "Every token has a forget gate, and a key's score is lowered by all gates between it and the query.",
  formula: "score[h,i,j] = q_i·k_j / √d + Σ_{t=j+1…i} ln σ(w_h·x_t + b_h)",
  paper: {
    title: "Forgetting Transformer: Softmax Attention with a Forget Gate",
    year: 2025,
    url: "https://arxiv.org/abs/2503.02130",
  },
  options: {
    gate: option(
      "What a gate depends on: the token, a learned bias alone, or nothing.",
      word("data", "bias", "fixed"),
      { default: "data" },
    ),
    initialBias: option(
      "First bias of every head: 0 forgets half at each token, 5 nearly nothing.",
      number(),
      {
        default: 0,
        only: {
          words: 'gate "data", or gate "bias" without decayTimes',
          holds: ({ gate, decayTimes }) =>
            gate === "data" || (gate === "bias" && decayTimes === undefined),
        },
      },
    ),
    decayTimes: option(
      "After how many tokens the first and the last head have forgotten to 1/e at first; heads between are " +
        "spaced by equal factors.",
      listOf(number({ above: 0 }), { count: 2 }),
      { otherwise: "those of `initialBias`", only: optionIs("gate", "bias", "fixed") },
    ),
  },
  create(shape, { gate: kind, initialBias, decayTimes }) {
    if (!shape.causal)
      throw new RangeError(
        "fox: it forgets what lies before a token, so it needs a causal model. Use a decoder.",
      );
    if (kind === "fixed" && decayTimes === undefined)
      throw new RangeError(`fox: gate "fixed" needs decayTimes, such as [2, 1000].`);
    const initial = firstBias(shape.heads, initialBias, decayTimes);
    return kind === "data" ? byToken(shape, initial) : byDistance(shape, initial, kind);
  },
});

/** The first bias of each head. */
function firstBias(
  heads: number,
  initialBias: number | undefined,
  decayTimes: readonly number[] | undefined,
): number[] {
  return Array.from({ length: heads }, (_, head) => {
    if (decayTimes === undefined) return initialBias!;
    const [shortest, longest] = decayTimes as readonly [number, number];
    const time = shortest * (longest / shortest) ** (heads > 1 ? head / (heads - 1) : 0);
    return -Math.log(Math.expm1(1 / time)); // −1 / ln σ(bias) is then the time
  });
}

/** Gates of tokens: c enters the product as two more columns, which costs no pass over the scores. */
function byToken({ model, heads }: ModelShape, bias: readonly number[]): PositionEncoding {
  return {
    id: "fox",
    parameters: projectionSpecs(gate, model, heads, { bias: valuesOf(bias) }),
    tokenState: (x, context) => ({ gates: logSigmoid(projectToHeads(x, gate, heads, context)) }),
    prepareTokenState: ({ gates }) => ({ total: cumsum(gates!, 2) }),
    product({ query, key, scale, queryState, keyState }) {
      const column = (x: Tensor, value: number): Tensor =>
        fill([...x.shape.slice(0, -1), 1], value);
      const atQueries = multiply(queryState["total"]!, 1 / scale);
      const queries = concat([query, atQueries, column(query, 1 / scale)], -1);
      const keys = concat([key, column(key, 1), negate(keyState["total"]!)], -1);
      return matmul(queries, keys, { transposeB: true, scale });
    },
    cache: { keys: "either", tokenState: [{ name: "gates", heads, width: 1 }] },
    shiftInvariant: true,
  };
}

/** Gates that no token changes: a slope over the distance, as ALiBi's. */
function byDistance(
  { heads }: ModelShape,
  bias: readonly number[],
  kind: "bias" | "fixed",
): PositionEncoding {
  const [name, initial] = [`${gate}.bias`, valuesOf(bias)];
  return {
    id: "fox",
    parameters:
      kind === "bias" ? [{ name, shape: [heads], initial, owner: "layer", decays: false }] : [],
    layerBias(context) {
      const learned = kind === "bias" ? context.parameter(name) : constant([heads], bias);
      const slope = unsqueeze(logSigmoid(learned), 1);
      return distanceBias(context, ({ tensor }) => multiply(slope, unsqueeze(tensor, 0)));
    },
    cache: { keys: "either" },
    shiftInvariant: true,
  };
}

function valuesOf(values: readonly number[]): Initial {
  return { kind: "values", values };
}
