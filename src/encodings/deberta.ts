/**
 * DeBERTa's disentangled attention: products of content and position, on either side.
 *
 * He, Liu, Gao and Chen, "DeBERTa: Decoding-enhanced BERT with Disentangled Attention", ICLR 2021.
 * https://arxiv.org/abs/2006.03654
 *
 *     score[h, i, j] = (q_i·k_j + q_i·K[r] + k_j·Q[r]) / √((1 + terms) headDim),   r = row(i − j)
 *     version 1      K = P key.weight,  Q = P query.weight + query.bias
 *     version 2, 3   K and Q are the layer's own projections of norm(P), to keys and to queries
 *
 * P is one table of all layers. Rows: see deberta-buckets.ts; version 2 has logarithmic buckets.
 *
 * Acts on:    attention scores [batch, heads, query, key], and their scale
 * Learns:     position.deberta.table [2 size, model], from N(0, 0.02²); version 1 position.deberta.key.weight,
 *             .query.weight [model, model] and .query.bias, each layer its own, from N(0, 0.02²), 0;
 *             version 2 position.deberta.norm.weight and .norm.bias [model], from 1, 0. The table and the
 *             projections' weights decay, biases and norms do not, as in DeBERTa/training/optimizer_utils.py
 * Reference:  microsoft/DeBERTa, DeBERTa/deberta/disentangled_attention.py, da_utils.py
 * Differs:    the paper's third term takes the opposite distance, row(j − i); all released code takes the same
 *             row as the second, and so does this.
 *             At the largest distance the versions differ. In version 1 maxDistance − 1 and all larger distances share
 *             the last row; −maxDistance and all below share the first. In versions 2 and 3 the last row begins at the
 *             last bucket's first distance (506 of 512) and has all larger ones, while that bucket on the other side
 *             has row 1, and row 0 has −maxDistance and all below. Rows that no distance of the training has are not
 *             trained.
 *             Version 1's content projections have no bias of keys in the reference; this model's have.
 *             No dropout of P; the enhanced mask decoder, which adds absolute positions before the head of
 *             masked language models, is no part of attention. The term `p2p` of the authors' code, which
 *             no released model uses, is left out
 *
 * @module
 */
import { add, maximum, minimum, multiply } from "../operators/arithmetic.ts";
import { cast } from "../operators/cast.ts";
import { gather } from "../operators/indexing.ts";
import { matmul } from "../operators/matmul.ts";
import { reshape, transpose } from "../operators/movement.ts";
import { layerNorm } from "../operators/normalisation.ts";
import { constant } from "../operators/source.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { option, optionIs } from "../options/option.ts";
import { listOf, whole, word } from "../options/value.ts";
import { defineEncoding } from "./define-encoding.ts";
import { bucketRows, furthestRow, plainRows } from "./parts/deberta-buckets.ts";
import type { LayerContext } from "./position-encoding.ts";
import type { ParameterSpec } from "../parameters/spec.ts";
import { vectorsByDistance } from "./parts/relative-terms.ts";
import type { DistanceTable } from "./parts/relative-terms.ts";

const prefix = "position.deberta";
const normEpsilon = 1e-7; // of the released configurations

/** Disentangled attention. */
export const deberta = defineEncoding({
  id: "deberta",
  family: "content",
  summary: "Queries are multiplied by a projected vector of the distance, and so are keys.",
  formula:
    "score[h,i,j] = (q_i·k_j + q_i·K[r(i−j)] + k_j·Q[r(i−j)]) / √(3d),  K = P W_k, Q = P W_q",
  paper: {
    title: "DeBERTa: Decoding-enhanced BERT with Disentangled Attention",
    year: 2021,
    url: "https://arxiv.org/abs/2006.03654",
  },
  options: {
    version: option(
      "The attention of DeBERTa 1, 2 or 3; the last two are alike.",
      whole({ least: 1, most: 3 }),
      { default: 2 },
    ),
    terms: option(
      "Content to position, and position to content.",
      listOf(word("c2p", "p2c"), { distinct: true }),
      { default: ["c2p", "p2c"] },
    ),
    maxDistance: option(
      "All distances from here on share a row.",
      whole({ least: 1, most: furthestRow }),
      {
        default: 512,
      },
    ),
    buckets: option(
      "Rows of the table for each side.",
      whole({ least: 4, most: 1024, multipleOf: 2 }),
      {
        default: 256,
        only: optionIs("version", 2, 3),
      },
    ),
  },
  create({ model, heads, headDim }, { version, terms, maxDistance, buckets }) {
    const shares = version !== 1;
    const size = shares ? buckets! : maxDistance;
    const { last, rows } = shares ? bucketRows(size, maxDistance) : plainRows(size);

    /** Keys or queries of all rows of the table, `[heads, 2 size, headDim]`. */
    const projected = (part: "query" | "key", context: LayerContext): Tensor => {
      const parameter = (name: string): Tensor => context.parameter(`${prefix}.${name}`);
      if (shares) {
        const [scale, bias] = [parameter("norm.weight"), parameter("norm.bias")];
        return context.project(part, layerNorm(parameter("table"), scale, bias, normEpsilon));
      }
      const product = matmul(parameter("table"), parameter(`${part}.weight`));
      const vectors = part === "query" ? add(product, parameter("query.bias")) : product;
      return transpose(reshape(vectors, [2 * size, heads, headDim]), [1, 0, 2]);
    };
    const tableOf = (part: "query" | "key", context: LayerContext): DistanceTable => {
      const byRow = transpose(projected(part, context), [1, 0, 2]);
      return ({ tensor }) => {
        const near = cast(add(minimum(maximum(tensor, -last), last), last), "int32");
        const row = gather(constant([rows.length], rows, "int32"), near);
        return transpose(gather(byRow, row), [1, 0, 2]);
      };
    };

    const initial = { kind: "normal", deviation: 0.02 } as const;
    const own = (name: string, shape: readonly number[], zeros = false): ParameterSpec => ({
      name: `${prefix}.${name}`,
      shape,
      initial: zeros ? { kind: "zeros" } : initial,
      owner: "layer",
      decays: !name.endsWith("bias"),
    });
    const projections: readonly ParameterSpec[] = [
      ...(terms.includes("c2p") ? [own("key.weight", [model, heads * headDim])] : []),
      ...(terms.includes("p2c")
        ? [
            own("query.weight", [model, heads * headDim]),
            own("query.bias", [heads * headDim], true),
          ]
        : []),
    ];
    const norm: readonly ParameterSpec[] = [
      {
        name: `${prefix}.norm.weight`,
        shape: [model],
        initial: { kind: "ones" },
        decays: false,
      },
      {
        name: `${prefix}.norm.bias`,
        shape: [model],
        initial: { kind: "zeros" },
        decays: false,
        rowConstant: !terms.includes("p2c"), // one vector more in every key of a position
      },
    ];
    return {
      id: "deberta",
      parameters: [
        { name: `${prefix}.table`, shape: [2 * size, model], initial, decays: true },
        ...(shares ? norm : projections),
      ],
      contentBias({ query, key, scale }, _, context) {
        // Queries of the content times keys of the positions, and keys of the content times queries of the positions.
        const found = terms.map((term) =>
          term === "c2p"
            ? vectorsByDistance(multiply(query, scale), "query", tableOf("key", context), context)
            : vectorsByDistance(multiply(key, scale), "key", tableOf("query", context), context),
        );
        return found.reduce((a, b) => add(a, b));
      },
      scoreScale: ((1 + terms.length) * headDim) ** -0.5,
      cache: { keys: "either" },
      shiftInvariant: true,
    };
  },
});
