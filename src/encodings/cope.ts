/**
 * CoPE: positions counted by the content, through gates between query and key.
 *
 * Golovneva, Wang, Weston and Sukhbaatar, "Contextual Position Encoding: Learning to Count What's
 * Important", 2024. https://arxiv.org/abs/2405.18719
 *
 *     g_ij  = σ(scale · q_i·k_j) for j ≤ i, else 0           or q_i · (a key of the gates' own)
 *     p_ij  = min(Σ_{t = j … i} g_it, positions − 1)         both ends count
 *     z_ij  = (1 − w) q_i·e_⌊p⌋ + w q_i·e_⌈p⌉,   w = p_ij − ⌊p_ij⌋
 *     score = scale · (q_i·k_j + z_ij)                       scale "official"
 *     score = scale · q_i·k_j + z_ij                         scale "appendix"
 *
 * Acts on:    attention scores [batch, heads, query, key], causal ones only
 * Learns:     in each layer position.cope.table [positions, headDim], from 0; with separateKeys
 *             position.cope.key.weight [model, heads · headDim] and .bias too. The table does not decay: the authors
 *             train with Adam and no decay (projects/cope/src/trainer.py). The projection's weight decays
 * Reference:  facebookresearch/RAM, projects/cope/src/cope/context_position.py (`--cope-nodiv` is the
 *             appendix form, `--cope-sep-key` separateKeys); x-transformers, CoPE (appendix form)
 * Differs:    positions are 64, as in the paper's language models, or one more than the train length where
 *             that is less; the official code has that without a bound, x-transformers 16. Gates
 *             from values, and CoPE in every k-th layer only, are left out.
 *
 * @module
 */
import { add, minimum, multiply, subtract } from "../operators/arithmetic.ts";
import { cast } from "../operators/cast.ts";
import { greaterOrEqual } from "../operators/comparison.ts";
import { cumsum } from "../operators/cumsum.ts";
import { takeAlongAxis } from "../operators/indexing.ts";
import { matmul } from "../operators/matmul.ts";
import { sigmoid } from "../operators/pointwise.ts";
import { pad, slice } from "../operators/slicing.ts";
import { scalar } from "../operators/source.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { option } from "../options/option.ts";
import { flag, whole, word } from "../options/value.ts";
import { defineEncoding } from "./define-encoding.ts";
import { projectionSpecs, projectToHeads } from "./parts/layer-input.ts";

const table = "position.cope.table";
const gateKey = "position.cope.key";

/** Contextual position encoding. */
export const cope = defineEncoding({
  id: "cope",
  family: "content",
  summary:
    "Gates count the tokens that matter between key and query, and the count looks up a table.",
  formula:
    "score[h,i,j] = (q_i·k_j + q_i·e[p_ij]) / √d,  p_ij = Σ_{t=j…i} σ(q_i·k_t / √d), interpolated",
  paper: {
    title: "Contextual Position Encoding: Learning to Count What's Important",
    year: 2024,
    url: "https://arxiv.org/abs/2405.18719",
  },
  options: {
    positions: option("Rows of the table; counts beyond the last share it.", whole({ least: 2 }), {
      otherwise: "64, at most the train length + 1",
    }),
    scale: option(
      "Whether the term is scaled with the product, as in the official code, or added after.",
      word("official", "appendix"),
      { default: "official" },
    ),
    separateKeys: option(
      "Whether gates have keys of their own, projected from the layer's input.",
      flag,
      { default: false },
    ),
  },
  create({ model, heads, headDim, trainLength, causal }, options) {
    const { scale: form, separateKeys } = options;
    const { positions = Math.max(2, Math.min(64, trainLength + 1)) } = options;
    if (!causal)
      throw new RangeError(
        "cope: it counts from a key forward to the query, so it needs a causal model. Use a decoder.",
      );
    return {
      id: "cope",
      parameters: [
        {
          name: table,
          shape: [positions, headDim],
          initial: { kind: "zeros" },
          owner: "layer",
          decays: false,
        },
        ...(separateKeys ? projectionSpecs(gateKey, model, heads * headDim) : []),
      ],
      ...(separateKeys && {
        tokenState: (x, context) => ({ gateKey: projectToHeads(x, gateKey, heads, context) }),
      }),
      contentBias({ query, scale, keyState }, scores, context) {
        const logits = separateKeys
          ? matmul(query, keyState["gateKey"]!, { transposeB: true, scale })
          : scores;
        const past = cast(greaterOrEqual(context.distance, scalar(0)), "float32");
        const count = cumsum(multiply(sigmoid(logits), past), -1, { reverse: true });
        const factor = form === "official" ? scale : 1;
        return interpolate(query, context.parameter(table), count, factor);
      },
      cache: {
        keys: "either",
        ...(separateKeys && { tokenState: [{ name: "gateKey", heads, width: headDim }] }),
      },
      shiftInvariant: true,
    };
  },
});

/**
 * `factor · q_i · e[p_ij]`, e being a straight line between the rows of the table and constant beyond
 * the last: `z[f] + (p − f) Δ[f]` with Δ = 0 in the last row, which also ends the gradient of p.
 *
 * Two gathers, and two scatters backward. Weighing every row, Σ_m max(0, 1 − |p − m|) z[m], needs no scatter
 * but passes over the scores for each row. Measured with 8 heads of 256 × 256, forward and backward on one
 * thread: 7 ms, and with 64 rows 142 ms row by row, 194 ms as one product; with 16 rows 40 and 47 ms.
 */
function interpolate(query: Tensor, rows: Tensor, place: Tensor, factor: number): Tensor {
  const last = (rows.shape[0] as number) - 1;
  const steps = pad(subtract(slice(rows, 0, 1, last), slice(rows, 0, 0, last)), 0, 0, 1);
  const of = (vectors: Tensor): Tensor =>
    takeAlongAxis(matmul(query, vectors, { transposeB: true, scale: factor }), index, -1);
  // Counts are not negative: cutting is rounding down.
  const index = minimum(cast(place, "int32"), last);
  const share = subtract(place, cast(index, "float32"));
  return add(of(rows), multiply(share, of(steps)));
}
