/**
 * Causal attention in blocks of query rows, each with the keys up to its own end.
 *
 * Scores beyond a block's end are never computed: with n blocks, (n − 1) / 2n of the work is saved. Two
 * ways, and whole for short sequences:
 *
 *     unrolled   a few blocks side by side in the graph; the bias is sliced from the whole one
 *     mapped     a loop over blocks that computes its own bias from positions, and its scores again in the
 *                backward pass: memory proportional to length × block instead of length²
 *
 * @module
 */
import type { EncodingContext, PositionEncoding } from "../encodings/position-encoding.ts";
import { mapBlocks } from "../operators/map-blocks.ts";
import { concat, slice, split } from "../operators/slicing.ts";
import type { Dimension } from "../tensor/dimension.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { distanceOf, scoreBias } from "./score-bias.ts";

/** How the rows of a causal attention are cut. */
export interface RowPlan {
  readonly kind: "whole" | "unrolled" | "mapped";
  readonly blocks: number;
}

/** Not settled by measurement yet: bench/README.md has what there is. */
const unrolledFrom = 256;
const mappedFrom = 1024;
const mappedBlock = 128;

/** The fastest way for a length; symbolic lengths and lengths that do not part stay whole. */
export function rowPlan(length: Dimension): RowPlan {
  if (typeof length === "number" && length >= mappedFrom && length % mappedBlock === 0)
    return { kind: "mapped", blocks: length / mappedBlock };
  if (typeof length === "number" && length >= unrolledFrom && length % 2 === 0)
    return { kind: "unrolled", blocks: 2 };
  return { kind: "whole", blocks: 1 };
}

/** `softmax(rows · keysᵀ + bias) · values`, in whatever form the caller has it. */
export type Weigh = (
  rows: Tensor,
  keys: Tensor,
  values: Tensor,
  bias: Tensor | undefined,
) => Tensor;

/** What a causal attention over one sequence is given. */
export interface CausalAttention {
  /** Rotated already, like `key`: [batch, heads, length, headDim]. */
  readonly query: Tensor;
  readonly key: Tensor;
  readonly value: Tensor;
  readonly encoding: PositionEncoding;
  readonly context: EncodingContext;
  /** The encoding's bias and the causal mask for the whole sequence. */
  readonly bias: Tensor | undefined;
  readonly weigh: Weigh;
}

/** The attention's output [batch, heads, length, headDim], computed by `plan`. */
export function attendByRows(attention: CausalAttention, plan: RowPlan): Tensor {
  const { query, key, value, bias, weigh } = attention;
  if (plan.kind === "mapped") return mapped(attention, plan.blocks);
  if (plan.kind === "unrolled" && bias !== undefined) return unrolled(attention, bias, plan.blocks);
  return weigh(query, key, value, bias);
}

function unrolled(
  { query, key, value, weigh }: CausalAttention,
  bias: Tensor,
  blocks: number,
): Tensor {
  const size = (query.shape[2] as number) / blocks;
  const parts = split(query, 2, blocks).map((rows, block) => {
    const end = (block + 1) * size;
    const ofBlock = slice(slice(bias, -2, block * size, size), -1, 0, end);
    return weigh(rows, slice(key, 2, 0, end), slice(value, 2, 0, end), ofBlock);
  });
  return concat(parts, 2);
}

function mapped(attention: CausalAttention, blocks: number): Tensor {
  const { query, key, value, encoding, context, weigh } = attention;
  const learnt = encoding.bias ? encoding.parameters.map(({ name }) => name) : [];
  const [output] = mapBlocks({
    blocks,
    inputs: [
      { tensor: query, kind: "sliced", axis: 2 },
      { tensor: context.queries.tensor, kind: "sliced", axis: 0 },
      { tensor: key, kind: "prefix", axis: 2 },
      { tensor: value, kind: "prefix", axis: 2 },
      { tensor: context.keys.tensor, kind: "prefix", axis: 0 },
      ...learnt.map((name) => ({ tensor: context.parameter(name), kind: "shared" }) as const),
    ],
    body([rows, rowPositions, keys, values, keyPositions, ...parameters]) {
      const inner: EncodingContext = {
        ...context,
        queries: { tensor: rowPositions! },
        keys: { tensor: keyPositions! },
        distance: distanceOf(rowPositions!, keyPositions!),
        parameter: (name) => parameters[learnt.indexOf(name)]!,
      };
      const tensor = weigh(rows!, keys!, values!, scoreBias(encoding, inner));
      return [{ tensor, kind: "stacked", axis: 2 }];
    },
  });
  return output!;
}
