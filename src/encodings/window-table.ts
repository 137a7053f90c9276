/**
 * A learned number for each head and difference of positions, in one axis or in a grid.
 *
 * Liu et al., "Swin Transformer: Hierarchical Vision Transformer using Shifted Windows", ICCV 2021.
 * https://arxiv.org/abs/2103.14030; the first token apart as in BEiT, https://arxiv.org/abs/2106.08254
 *
 *     score[h, i, j] ← score[h, i, j] + table[i − j + length − 1, h]
 *     in a grid        table[(Δrow + rows − 1)(2 columns − 1) + Δcolumn + columns − 1, h],   Δ = query − key
 *
 * Acts on:    attention scores [batch, heads, query, key], after the score scale
 * Learns:     position.window-table.table [2 length − 1, heads], in a grid [(2 rows − 1)(2 columns − 1), heads], 3 rows
 *             more for a first token; in each layer its own, from N(0, 0.02²); it does not decay
 *             (Swin-Transformer, models/swin_transformer.py: no_weight_decay_keywords)
 * Reference:  transformers, models/swin/modeling_swin.py, SwinRelativePositionBias; models/beit/modeling_beit.py,
 *             BeitRelativePositionBias
 * Differs:    text has one axis; `gridWidth` gives the references' two. Positions beyond the table are an
 *             error where they are known while the graph is built; else the last difference serves.
 *             Swin cuts its first values at ±2, a hundred deviations, BEiT starts at 0.
 *             In causal models the half for future keys is never used.
 *
 * @module
 */
import { add, maximum, minimum, multiply } from "../operators/arithmetic.ts";
import { cast } from "../operators/cast.ts";
import { and, equal } from "../operators/comparison.ts";
import { gather } from "../operators/indexing.ts";
import { transpose } from "../operators/movement.ts";
import { scalar } from "../operators/source.ts";
import { where } from "../operators/where.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { option } from "../options/option.ts";
import { flag, whole } from "../options/value.ts";
import { defineEncoding } from "./define-encoding.ts";
import { gridDistances, gridWidthOption, headsFirst, pairwise } from "./parts/grid.ts";
import { checkPositions, lengthLimit } from "./parts/limit.ts";
import type { EncodingContext, PositionEncoding } from "./position-encoding.ts";
import { distanceBias } from "./parts/toeplitz.ts";

const table = "position.window-table.table";

/** A table by difference of positions. */
export const windowTable = defineEncoding({
  id: "window-table",
  family: "bias",
  summary: "Each head learns one number for every difference of positions within the train length.",
  formula: "score[h,i,j] = q_i·k_j / √d + T[i−j+N−1, h],  T ∈ ℝ^((2N−1)×H) learned",
  paper: {
    title: "Swin Transformer: Hierarchical Vision Transformer using Shifted Windows",
    year: 2021,
    url: "https://arxiv.org/abs/2103.14030",
  },
  options: {
    length: option("The longest text, a first token included.", whole({ least: 1 }), {
      otherwise: "the train length",
    }),
    gridWidth: gridWidthOption,
    untieFirst: option(
      "Whether position 0 is treated apart, with numbers of its own; the grid then begins at 1.",
      flag,
      { default: false },
    ),
    shared: option("Whether all layers share one table.", flag, { default: false }),
  },
  create({ heads, trainLength }, options) {
    const { length = trainLength, gridWidth, untieFirst, shared } = options;
    const cells = untieFirst ? length - 1 : length;
    const limit = lengthLimit("window-table", length, `its table reaches over ${length} positions`);
    const grid = gridWidth === undefined ? undefined : gridOf(cells, gridWidth);
    const differences = grid?.size ?? Math.max(2 * cells - 1, 0);
    const bias = (context: EncodingContext): Tensor => {
      const learned = context.parameter(table);
      if (grid === undefined && !untieFirst) {
        checkSpan(context, limit);
        return distanceBias(context, ({ tensor }) =>
          transpose(gather(learned, indexOf(tensor, cells)), [1, 0]),
        );
      }
      checkPositions("window-table", context.queries, limit);
      checkPositions("window-table", context.keys, limit);
      const index = grid?.index(context, untieFirst ? 1 : 0) ?? indexOf(context.distance, cells);
      return headsFirst(
        gather(learned, untieFirst ? apart(index, context, differences) : index),
        index,
      );
    };
    return {
      id: "window-table",
      parameters: [
        {
          name: table,
          shape: [differences + (untieFirst ? 3 : 0), heads],
          initial: { kind: "normal", deviation: 0.02 },
          decays: false,
          owner: shared ? "model" : "layer",
        },
      ],
      limit,
      ...(shared ? { bias } : { layerBias: bias }),
      cache: { keys: "either" },
      shiftInvariant: grid === undefined && !untieFirst,
    };
  },
});

/** Row of the table for each distance in one axis; distances beyond it have its ends. */
function indexOf(distances: Tensor, cells: number): Tensor {
  const near = minimum(maximum(distances, 1 - cells), cells - 1);
  return add(cast(near, "int32"), cells - 1);
}

/** The table of a grid that holds so many cells. */
function gridOf(
  cells: number,
  width: number,
): { size: number; index: (context: EncodingContext, first: number) => Tensor } {
  const rows = Math.ceil(cells / width);
  const across = 2 * width - 1;
  return {
    size: (2 * rows - 1) * across,
    index(context, first) {
      const found = gridDistances(context, width, first);
      const row = add(minimum(maximum(found.rows, 1 - rows), rows - 1), rows - 1);
      return add(multiply(row, across), add(found.columns, width - 1));
    },
  };
}

/** The index, with the three rows after `differences` where the query, the key or both are at 0. */
function apart(index: Tensor, { queries, keys }: EncodingContext, differences: number): Tensor {
  const isFirst = (positions: Tensor): Tensor => equal(positions, scalar(0, "int32"));
  const [query, key] = [isFirst(queries.tensor), isFirst(keys.tensor)];
  const row = (offset: number): Tensor => scalar(differences + offset, "int32");
  const eitherKey = pairwise(query, key, (_, k) => k);
  const eitherQuery = pairwise(query, key, (q) => q);
  const one = where(eitherKey, row(1), where(eitherQuery, row(0), index));
  return where(pairwise(query, key, and), row(2), one);
}

function checkSpan(
  { queries, keys }: EncodingContext,
  limit: NonNullable<PositionEncoding["limit"]>,
): void {
  if (queries.values === undefined || keys.values === undefined) return;
  const all = [...queries.values, ...keys.values];
  const span = all.reduce((a, b) => Math.max(a, b)) - all.reduce((a, b) => Math.min(a, b)) + 1;
  if (span > limit.length)
    throw new RangeError(
      `window-table: a text of ${span} positions is longer than its ${limit.length}: ${limit.reason}. ` +
        `Raise length before training, or choose an encoding without a limit.`,
    );
}
