/**
 * Causal attention in blocks of query rows, each with the keys up to its own end.
 *
 * Scores beyond a block's end are never computed: with n blocks, (n − 1) / 2n of the work is saved. Two
 * ways, and whole for short sequences:
 *
 *     unrolled   a few blocks side by side in the graph; the bias is sliced from the whole one
 *     mapped     a loop over blocks (`attention-map.ts`) that computes its own bias from positions, and its
 *                scores again in the backward pass: memory proportional to length × block instead of length²
 *
 * All take the same masks (padding, window, documents) and drop the same attention weights.
 *
 * @module
 */
import type { LayerContext, PositionEncoding } from "../encodings/position-encoding.ts";
import { concat, slice } from "../operators/slicing.ts";
import type { ParameterLookup } from "../parameters/parameters.ts";
import type { Dimension } from "../tensor/dimension.ts";
import { rematerialise } from "../tensor/tensor.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { rowsOfContext } from "./context.ts";
import { dropWeights } from "../random/dropout.ts";
import type { DropoutSite } from "../random/dropout.ts";
import { repeatHeads } from "./heads.ts";
import type { MaskRules } from "./masks.ts";
import type { GroupedOperands } from "./operands.ts";
import { applyAttention, scoresOf } from "./scores.ts";
import type { SharedBias } from "./scores.ts";

/** How the rows of a causal attention are cut. */
export interface RowPlan {
  readonly kind: "whole" | "unrolled" | "mapped";
  readonly blocks: number;
  /** Unrolled: whether gradients compute the weights again, where that is cheap, instead of keeping them. */
  readonly recomputeWeights?: boolean;
}

// Not settled by measurement yet: bench/README.md has what there is.
const unrolledFrom = 256;
const mappedFrom = 1024;
const mappedBlock = 128;
// At 512 an eighth of the memory for 4 % of the time.
const recomputeWeightsFrom = 512;

/** All scores at once. */
export const wholePlan: RowPlan = { kind: "whole", blocks: 1 };

/** The fastest way for a length; symbolic lengths and lengths that do not part stay whole. */
export function rowPlan(length: Dimension): RowPlan {
  if (typeof length === "number" && length >= mappedFrom && length % mappedBlock === 0)
    return { kind: "mapped", blocks: length / mappedBlock };
  if (typeof length === "number" && length >= unrolledFrom && length % 2 === 0)
    return { kind: "unrolled", blocks: 2, recomputeWeights: length >= recomputeWeightsFrom };
  return wholePlan;
}

/** How attention weights are dropped. */
export type WeightDropout =
  | {
      /** Makes one mask for a whole tensor, so all weights are held at once. */
      readonly whole: (weights: Tensor) => Tensor;
    }
  | { readonly site: DropoutSite; readonly rate: number };

/** What an attention is given beside the plan of its rows. */
export interface Attention {
  readonly encoding: PositionEncoding;
  readonly operands: GroupedOperands;
  /** As `weighedValues` gives them. */
  readonly value: Tensor;
  /** The same, as the tensors that it was joined from; absent: it was not. */
  readonly valueParts?: readonly Tensor[] | undefined;
  readonly context: LayerContext;
  /** Of the whole sequence. */
  readonly shared: SharedBias;
  readonly parameters: ParameterLookup;
  /** What `shared` holds, for blocks that make their own. */
  readonly masks?: MaskRules | undefined;
  readonly scoreCap?: number | undefined;
  /** Absent: no weights are dropped. */
  readonly dropout?: WeightDropout | undefined;
}

/** Some rows of an attention, with the keys up to their end. */
export interface AttentionBlock {
  readonly operands: GroupedOperands;
  readonly value: Tensor;
  readonly valueParts?: readonly Tensor[] | undefined;
  readonly context: LayerContext;
  readonly shared: SharedBias;
  /** Of the block's first row. */
  readonly firstQuery: number | Tensor;
  /** The site of weights' dropout as the block may use it. Default: the attention's. */
  readonly site?: DropoutSite | undefined;
}

/** The attention of one block of rows: `[batch, heads, rows, headDim]`. */
export function attendBlock(attention: Attention, block: AttentionBlock): Tensor {
  const { encoding, scoreCap, dropout, operands: all } = attention;
  const { operands, value, valueParts, context, shared, firstQuery, site } = block;
  const drop = (weights: Tensor): Tensor => {
    if (dropout === undefined) return weights;
    if ("whole" in dropout) return dropout.whole(weights);
    const queries = all.query.shape[2] as number;
    const keys = all.key.shape[2] as number;
    const place = { firstQuery, queries, keys };
    return dropWeights(weights, dropout.rate, site ?? dropout.site, place);
  };
  const scores = scoresOf({ encoding, operands, context, shared, scoreCap });
  const rows = { encoding, operands, context, scores, value, valueParts };
  return applyAttention({ ...rows, drop: dropout && drop });
}

/** The attention's output `[batch, heads, length, headDim]` with all scores at once. */
export function attendWhole(attention: Attention): Tensor {
  return attendBlock(attention, { ...attention, firstQuery: 0 });
}

/** The attention's output in blocks of rows side by side. */
export function attendUnrolled(
  attention: Attention,
  { blocks, recomputeWeights }: RowPlan,
): Tensor {
  const { operands, value, context, shared, encoding } = attention;
  const size = (operands.query.shape[2] as number) / blocks;
  const attend = (start: number, end: number): Tensor => {
    const rows = (x: Tensor): Tensor => slice(x, 2, start, size);
    const keys = (x: Tensor): Tensor => slice(x, 2, 0, end);
    const square = (x: Tensor): Tensor => {
      const ofRows = x.shape.at(-2) === 1 ? x : slice(x, -2, start, size);
      return x.shape.at(-1) === 1 ? ofRows : slice(ofRows, -1, 0, end);
    };
    return attendBlock(attention, {
      operands: mapOperands(operands, rows, keys),
      value: keys(value),
      context: rowsOfContext(context, start, size),
      shared: {
        bias: shared.bias && square(shared.bias),
        mask: shared.mask && square(shared.mask),
      },
      firstQuery: start,
    });
  };
  const recomputes = recomputeWeights && hasPlainScores(encoding);
  const parts = Array.from({ length: blocks }, (_, block) => {
    const build = (): Tensor => attend(block * size, (block + 1) * size);
    return recomputes ? rematerialise(build, { keepResult: true }) : build();
  });
  return rematerialise(() => concat(parts, 2));
}

/** Whether scores are `query · key` and what all layers share, which is cheap to compute again. */
function hasPlainScores(encoding: PositionEncoding): boolean {
  const hooks = ["product", "contentBias", "layerBias", "combine"] as const;
  return hooks.every((hook) => encoding[hook] === undefined);
}

function mapOperands(
  operands: GroupedOperands,
  rows: (x: Tensor) => Tensor,
  keys: (x: Tensor) => Tensor,
): GroupedOperands {
  const { query, key, sharedKey, rawQuery, rawKey, scale, queryState, keyState } = operands;
  const cutQuery = rows(query);
  const cutKey = keys(sharedKey);
  return {
    scale,
    query: cutQuery,
    sharedKey: cutKey,
    key: key === sharedKey ? cutKey : repeatHeads(cutKey, query.shape[1] as number),
    rawQuery: rows(rawQuery),
    rawKey: rawKey && keys(rawKey),
    queryState: mapEntries(queryState, rows),
    keyState: mapEntries(keyState, keys),
  };
}

/** The same names with what `change` makes of each entry. */
export function mapEntries<From, To>(
  entries: Readonly<Record<string, From>>,
  change: (x: From) => To,
): Record<string, To> {
  return Object.fromEntries(Object.entries(entries).map(([name, x]) => [name, change(x)]));
}
