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
import type {
  AttentionOperands,
  LayerContext,
  TokenState,
  PositionEncoding,
  Positions,
} from "../encodings/position-encoding.ts";
import type { BlockInput } from "../operators/block-body.ts";
import { mapBlocks } from "../operators/map-blocks.ts";
import { concat, slice } from "../operators/slicing.ts";
import type { Dimension } from "../tensor/dimension.ts";
import { rematerialise } from "../tensor/tensor.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { layerContext, rowsOfContext, withPositions } from "./context.ts";
import { scoresOf, sharedBias, applyAttention } from "./scores.ts";
import type { SharedBias } from "./scores.ts";
import type { ParameterLookup } from "../parameters/parameters.ts";

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

/** The fastest way for a length; symbolic lengths and lengths that do not part stay whole. */
export function rowPlan(length: Dimension): RowPlan {
  if (typeof length === "number" && length >= mappedFrom && length % mappedBlock === 0)
    return { kind: "mapped", blocks: length / mappedBlock };
  if (typeof length === "number" && length >= unrolledFrom && length % 2 === 0)
    return { kind: "unrolled", blocks: 2, recomputeWeights: length >= recomputeWeightsFrom };
  return { kind: "whole", blocks: 1 };
}

/** What a causal attention over one sequence is given. */
export interface CausalAttention {
  readonly encoding: PositionEncoding;
  readonly operands: AttentionOperands;
  readonly value: Tensor;
  readonly context: LayerContext;
  /** Of the whole sequence. */
  readonly shared: SharedBias;
  readonly parameters: ParameterLookup;
  /** Drops attention weights; absent: none are dropped. */
  readonly drop?: ((x: Tensor) => Tensor) | undefined;
}

/** The attention's output `[batch, heads, length, headDim]`, computed by `plan`. */
export function attendByRows(attention: CausalAttention, plan: RowPlan): Tensor {
  const { operands, value, context, shared } = attention;
  if (plan.kind === "mapped") return mapped(attention, plan.blocks);
  if (plan.kind === "unrolled") return unrolled(attention, plan);
  return attendRows(attention, operands, value, context, shared);
}

/** The attention of some rows of queries. */
function attendRows(
  { encoding, drop }: CausalAttention,
  operands: AttentionOperands,
  value: Tensor,
  context: LayerContext,
  shared: SharedBias,
): Tensor {
  const scores = scoresOf(encoding, operands, context, shared);
  return applyAttention(encoding, scores, value, operands, context, drop);
}

function unrolled(attention: CausalAttention, { blocks, recomputeWeights }: RowPlan): Tensor {
  const { operands, value, context, shared, encoding } = attention;
  const size = (operands.query.shape[2] as number) / blocks;
  const attendBlock = (start: number, end: number): Tensor => {
    const rows = (x: Tensor): Tensor => slice(x, 2, start, size);
    const keys = (x: Tensor): Tensor => slice(x, 2, 0, end);
    const square = (x: Tensor): Tensor => slice(slice(x, -2, start, size), -1, 0, end);
    return attendRows(
      attention,
      mapOperands(operands, rows, keys),
      keys(value),
      rowsOfContext(context, start, size),
      { bias: shared.bias && square(shared.bias), mask: shared.mask && square(shared.mask) },
    );
  };
  const letsGo = recomputeWeights && hasPlainScores(encoding);
  const parts = Array.from({ length: blocks }, (_, block) => {
    const attend = (): Tensor => attendBlock(block * size, (block + 1) * size);
    return letsGo ? rematerialise(attend, { keepResult: true }) : attend();
  });
  return rematerialise(() => concat(parts, 2));
}

/** Whether scores are `query · key` and what all layers share, which is cheap to compute again. */
function hasPlainScores(encoding: PositionEncoding): boolean {
  const hooks = ["product", "contentBias", "layerBias", "combine"] as const;
  return hooks.every((hook) => encoding[hook] === undefined);
}

function mapped(attention: CausalAttention, blocks: number): Tensor {
  const { operands, value, context, encoding, parameters } = attention;
  // The body may use its own inputs only: whatever it asks for is noted here, in order.
  const inputs: BlockInput[] = [];
  const pending: Tensor[] = [];
  const enter = (source: BlockInput): (() => Tensor) => {
    const at = inputs.push(source) - 1;
    return () => pending[at]!;
  };
  const rows = (tensor: Tensor, axis = 2): (() => Tensor) =>
    enter({ tensor, kind: "sliced", axis });
  const prefix = (tensor: Tensor, axis = 2): (() => Tensor) =>
    enter({ tensor, kind: "prefix", axis });
  const parts = {
    query: rows(operands.query),
    rawQuery: rows(operands.rawQuery),
    key: prefix(operands.key),
    rawKey: operands.rawKey && prefix(operands.rawKey),
    queryState: mapTokenState(operands.queryState, (x) => rows(x)),
    keyState: mapTokenState(operands.keyState, (x) => prefix(x)),
    value: prefix(value),
    queries: placesIn(context.queries, (x) => rows(x, x.shape.length - 1)),
    keys: placesIn(context.keys, (x) => prefix(x, x.shape.length - 1), blocks),
  };
  const shared = new Map(
    [...parameters.entries()]
      .filter(([name]) => reachable(name, encoding, context.layer))
      .map(([name, tensor]) => [name, enter({ tensor, kind: "shared" })]),
  );
  const [output] = mapBlocks({
    blocks,
    inputs,
    body(given) {
      pending.push(...given);
      const lookup = lookupOf(new Map([...shared].map(([name, take]) => [name, take()])));
      const base = withPositions(
        { ...context, parameter: (name) => lookup.get(name) },
        parts.queries(),
        parts.keys(),
      );
      const heads = operands.query.shape[1] as number;
      const inner = layerContext(base, lookup, context.layer, heads);
      const block: AttentionOperands = {
        scale: operands.scale,
        query: parts.query(),
        key: parts.key(),
        rawQuery: parts.rawQuery(),
        rawKey: parts.rawKey?.(),
        queryState: mapTokenState(parts.queryState, (take) => take()),
        keyState: mapTokenState(parts.keyState, (take) => take()),
      };
      const tensor = attendRows(
        attention,
        block,
        parts.value(),
        inner,
        sharedBias(encoding, inner),
      );
      return [{ tensor, kind: "stacked", axis: 2 }];
    },
  });
  return output!;
}

/** Whether a hook of this layer may ask for a parameter. Entries that no result needs are dropped. */
function reachable(name: string, { parameters }: PositionEncoding, layer: number): boolean {
  const block = `blocks.${layer}.`;
  const own = name.startsWith(block) ? name.slice(block.length) : name;
  return (
    parameters.some((spec) => spec.name === own) ||
    (own !== name && /^attention\.(query|key)\./.test(own))
  );
}

function lookupOf(tensors: ReadonlyMap<string, Tensor>): ParameterLookup {
  return {
    get(name) {
      const tensor = tensors.get(name);
      if (tensor === undefined) throw new RangeError(`attention: no hook may use "${name}" here.`);
      return tensor;
    },
    find: (name) => tensors.get(name),
    entries: () => tensors.entries(),
  };
}

function placesIn(
  { tensor, axes, consecutive, values }: Positions,
  enter: (x: Tensor) => () => Tensor,
  blocks?: number,
): () => Positions {
  const take = enter(tensor);
  const lengthMultiple = blocks && (tensor.shape.at(-1) as number) / blocks;
  const takes = axes?.map(enter);
  const inOrder =
    consecutive ?? values?.every((value, index) => value === values[0]! + index) ?? false;
  return () => ({
    tensor: take(),
    axes: takes?.map((each) => each()),
    consecutive: inOrder,
    lengthMultiple,
  });
}

function mapTokenState<From, To>(
  tokenState: Readonly<Record<string, From>>,
  change: (x: From) => To,
): Record<string, To> {
  return Object.fromEntries(Object.entries(tokenState).map(([name, x]) => [name, change(x)]));
}

function mapOperands(
  operands: AttentionOperands,
  rows: (x: Tensor) => Tensor,
  keys: (x: Tensor) => Tensor,
): AttentionOperands {
  const { query, key, rawQuery, rawKey, scale, queryState, keyState } = operands;
  const tokenState = (x: TokenState, cut: (x: Tensor) => Tensor): TokenState =>
    mapTokenState(x, cut);
  return {
    scale,
    query: rows(query),
    key: keys(key),
    rawQuery: rawQuery === query ? rows(query) : rows(rawQuery),
    rawKey: rawKey && keys(rawKey),
    queryState: tokenState(queryState, rows),
    keyState: tokenState(keyState, keys),
  };
}
