/**
 * PaTH: between key and query is a product of reflections, one of each token in between.
 *
 * Yang et al., "PaTH Attention: Position Encoding via Accumulating Householder Transformations", 2025.
 * https://arxiv.org/abs/2505.16381
 *
 *     score[h, i, j] = scale · (q_iᵀ H_i H_{i−1} … H_{j+1} k_j + c_i − c_j)
 *     H_t = I − β_t w_t w_tᵀ,   β_t = 2 σ(x_t · strength)              x: the layer's input
 *     w_t = v_t / √(Σ v_t² + 1e-6),   v_t = silu(Σ_{s=0…2} kernel_s ∘ u_{t−2+s}),   u = x · down · up
 *     c_t = Σ_{s ≤ t} ln σ(x_s · gate)                                 with forgetGate, else 0
 *
 * A token reflects all keys before it, so cached keys are rewritten by every new token, and a query is multiplied by
 * the rewritten keys; path-product.ts has the algebra.
 *
 * Acts on:    attention scores [batch, heads, query, key], causal ones only
 * Learns:     in each layer position.path.down [model, rank], .up [rank, heads · headDim], .kernel [3, heads ·
 *             headDim], .strength.weight [model, heads] and .bias [heads]; with forgetGate .gate.weight and .bias.
 *             Weights and the kernel decay, biases do not; fla-org/flame, which trains it, decays all
 * Reference:  fla-org/flash-linear-attention, fla/layers/path_attn.py, fla/ops/path_attn/naive.py
 * Differs:    the kernel starts as PyTorch's convolutions do, the reference's at N(0, 0.02²): in a narrow model
 *             v would then be smaller than the 1e-6 that keeps its norm from 0. Norms of query and key
 *             and groups of query heads are left out. As in fla, and unlike `fox`, the gate is scaled too.
 *
 * @module
 */
import { add, divide, multiply, negate } from "../operators/arithmetic.ts";
import { silu } from "../operators/activation.ts";
import { cast } from "../operators/cast.ts";
import { greater, greaterOrEqual } from "../operators/comparison.ts";
import { cumsum } from "../operators/cumsum.ts";
import { matmul } from "../operators/matmul.ts";
import { reshape, unsqueeze } from "../operators/movement.ts";
import { logSigmoid, sigmoid, sqrt } from "../operators/pointwise.ts";
import { sum } from "../operators/reduction.ts";
import { concat, pad, slice } from "../operators/slicing.ts";
import { fill, scalar } from "../operators/source.ts";
import { subtractDimensions } from "../tensor/dimension.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { option } from "../options/option.ts";
import { flag, whole } from "../options/value.ts";
import { defineEncoding } from "./define-encoding.ts";
import { projectionSpecs, projectToHeads, splitHeads } from "./parts/layer-input.ts";
import { isLong, joinedScores, pieceOf } from "./parts/path-product.ts";
import type { Piece, Reflections } from "./parts/path-product.ts";
import type { AttentionOperands, EncodingContext } from "./position-encoding.ts";
import type { ParameterSpec } from "../parameters/spec.ts";

const own = (tensor: string): string => `position.path.${tensor}`;
const taps = 3;
const epsilon = 1e-6;

/** Position encoding by accumulated Householder transformations. */
export const path = defineEncoding({
  id: "path",
  family: "content",
  summary:
    "Each token reflects what passes it, and a score goes through all reflections in between.",
  formula: "score[h,i,j] = q_i·H_i H_{i−1} … H_{j+1} k_j / √d,  H_t = I − β_t w_t w_tᵀ",
  paper: {
    title: "PaTH Attention: Position Encoding via Accumulating Householder Transformations",
    year: 2025,
    url: "https://arxiv.org/abs/2505.16381",
  },
  options: {
    rank: option("Rank of the projection to w.", whole({ least: 1 }), { default: 32 }),
    forgetGate: option("Whether tokens have a forget gate too.", flag, { default: false }),
  },
  create({ model, heads, headDim, causal }, { rank, forgetGate }) {
    if (!causal)
      throw new RangeError(
        "path: it multiplies the tokens between a key and a later query, so it needs a causal model. " +
          "Use a decoder.",
      );
    // A piece gives both scores and the keys to keep.
    const pieces = new WeakMap<AttentionOperands, Piece>();
    const whole = (operands: AttentionOperands, context: EncodingContext): Piece => {
      const known = pieces.get(operands) ?? pieceBefore(operands, forgetGate, context);
      pieces.set(operands, known);
      return known;
    };
    return {
      id: "path",
      parameters: [
        ...weightSpecs(model, rank, heads * headDim),
        ...projectionSpecs(own("strength"), model, heads),
        ...(forgetGate ? projectionSpecs(own("gate"), model, heads) : []),
      ],
      tokenState(x, context) {
        const low = matmul(x, context.parameter(own("down")));
        const project = (part: string): Tensor => projectToHeads(x, own(part), heads, context);
        return {
          raw: splitHeads(matmul(low, context.parameter(own("up"))), heads),
          strength: multiply(sigmoid(project("strength")), 2),
          ...(forgetGate && { gate: logSigmoid(project("gate")) }),
        };
      },
      prepareTokenState({ raw, strength, gate }, context) {
        return {
          direction: directions(raw!, context),
          strength: strength!,
          ...(gate && { total: cumsum(gate, 2) }),
        };
      },
      product(operands, context) {
        if (!isLong(operands.query.shape[2]!, operands.key.shape[2]!))
          return whole(operands, context).scores;
        const { query, key, reflections } = withGate(operands, forgetGate);
        return joinedScores(query, key, reflections);
      },
      rewrite: (operands, context) => slice(whole(operands, context).key, -1, 0, headDim),
      rowwise: false,
      cache: {
        keys: "rewritten",
        tokenState: [
          { name: "raw", heads, width: headDim },
          { name: "strength", heads, width: 1 },
          ...(forgetGate ? [{ name: "gate", heads, width: 1 }] : []),
        ],
      },
      shiftInvariant: true,
    };
  },
});

function weightSpecs(model: number, rank: number, width: number): ParameterSpec[] {
  const normal = { kind: "normal", deviation: 0.02 } as const;
  const uniform = { kind: "uniform", bound: taps ** -0.5 } as const;
  return [
    { name: own("down"), shape: [model, rank], initial: normal, owner: "layer", decays: true },
    { name: own("up"), shape: [rank, width], initial: normal, owner: "layer", decays: true },
    { name: own("kernel"), shape: [taps, width], initial: uniform, owner: "layer", decays: true },
  ];
}

/** w of every token, from u `[batch, heads, key, headDim]`. */
function directions(raw: Tensor, context: EncodingContext): Tensor {
  const { keyMask } = context;
  // Padding must not reach the first tokens of a text, nor reflect.
  const text = keyMask && unsqueeze(unsqueeze(cast(keyMask, "float32"), 1), 3);
  const u = text ? multiply(raw, text) : raw;
  const [, heads, tokens, headDim] = u.shape as [number, number, number, number];
  const before = pad(u, 2, taps - 1, 0);
  const mixed = Array.from({ length: taps }, (_, tap) => {
    const weights = slice(context.parameter(own("kernel")), 0, tap, 1);
    return multiply(slice(before, 2, tap, tokens), reshape(weights, [heads, 1, headDim]));
  }).reduce((a, b) => add(a, b));
  const v = silu(mixed);
  const norm = sqrt(add(sum(multiply(v, v), { axes: [-1], keep: true }), epsilon));
  const w = divide(v, norm);
  return text ? multiply(w, text) : w;
}

/**
 * Queries with the scale in them; with a gate, c enters the products as two more columns, which no
 * reflection touches.
 */
function withGate(
  { query, key, scale, queryState, keyState }: AttentionOperands,
  forgetGate: boolean,
): { query: Tensor; key: Tensor; reflections: Reflections } {
  const { direction, strength } = queryState as Record<string, Tensor>;
  const scaled = multiply(query, scale);
  if (!forgetGate)
    return { query: scaled, key, reflections: { direction: direction!, strength: strength! } };
  const column = (x: Tensor, value: number, width = 1): Tensor =>
    fill([...x.shape.slice(0, -1), width], value);
  const total = multiply(queryState["total"]!, scale);
  return {
    query: concat([scaled, total, column(query, scale)], -1),
    key: concat([key, column(key, 1), negate(keyState["total"]!)], -1),
    reflections: {
      direction: concat([direction!, column(direction!, 0, 2)], -1),
      strength: strength!,
    },
  };
}

/** The fresh tokens as one piece after all older ones, whose keys are cached as they were rewritten. */
function pieceBefore(
  operands: AttentionOperands,
  forgetGate: boolean,
  context: EncodingContext,
): Piece {
  const { query, key, reflections } = withGate(operands, forgetGate);
  const [fresh, all] = [query.shape[2]!, key.shape[2]!];
  const among = slice(context.distance, -1, subtractDimensions(all, fresh), fresh);
  return pieceOf(
    query,
    key,
    reflections,
    cast(greater(context.distance, scalar(0)), "float32"),
    cast(greaterOrEqual(among, scalar(0)), "float32"),
  );
}
