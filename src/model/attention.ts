/**
 * Multi-head attention with any position encoding.
 *
 * @module
 */
import type {
  AttentionOperands,
  LayerContext,
  TokenState,
  PositionEncoding,
} from "../encodings/position-encoding.ts";
import type { Initial, ParameterSpec } from "../parameters/spec.ts";
import { reshape, transpose } from "../operators/movement.ts";
import { concat, slice } from "../operators/slicing.ts";
import { rematerialise } from "../tensor/tensor.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { attendByRows, rowPlan } from "./attention-rows.ts";
import type { BlockConfig } from "./config.ts";
import { linear, linearSpecs } from "./layers.ts";
import type { Parameters } from "../parameters/parameters.ts";
import type { SharedBias } from "./scores.ts";

/** What is kept of earlier positions. */
export interface KeyValue {
  /** `[batch, heads, past, width]`, see the encoding's cache rule. */
  readonly key: Tensor;
  /** `[batch, heads, past, headDim]` */
  readonly value: Tensor;
  /** What the encoding keeps beside them; absent: nothing. */
  readonly tokenState?: TokenState;
}

/** What one layer's attention is given beside its input. */
export interface AttentionInputs {
  readonly encoding: PositionEncoding;
  readonly context: LayerContext;
  readonly shared: SharedBias;
}

/** Specs of the four projections; the last starts as `output` says. */
export function attentionSpecs(
  name: string,
  config: BlockConfig,
  output: Initial,
): ParameterSpec[] {
  const { model, bias } = config;
  return [
    ...linearSpecs(`${name}.query`, model, model, bias),
    ...linearSpecs(`${name}.key`, model, model, bias),
    ...linearSpecs(`${name}.value`, model, model, bias),
    ...linearSpecs(`${name}.output`, model, model, bias, output),
  ];
}

/**
 * Self-attention of `x [batch, query, model]`; with `past`, keys and values of earlier positions
 * come first. Returns the output and what to keep.
 */
export function attend(
  parameters: Parameters,
  name: string,
  x: Tensor,
  config: BlockConfig,
  inputs: AttentionInputs,
  drop: (x: Tensor) => Tensor,
  past?: KeyValue,
): { readonly output: Tensor; readonly present: KeyValue } {
  const { encoding, context, shared } = inputs;
  const heads = (part: string): Tensor =>
    splitHeads(linear(parameters, `${name}.${part}`, x), config.heads);
  const fresh: FreshTokens = {
    query: heads("query"),
    key: heads("key"),
    tokenState: encoding.tokenState?.(x, context) ?? {},
  };
  const { operands, keep } = attentionOperands(encoding, context, fresh, past);
  const freshValue = heads("value");
  const value = past ? concat([past.value, freshValue], 2) : freshValue;

  const dropWeights = config.dropout > 0 ? drop : undefined;
  // A mask beyond the causal one (padding) reaches only the whole form; dropout draws one mask a call.
  const plan =
    past === undefined &&
    context.causal &&
    context.keyMask === undefined &&
    encoding.rowwise !== false &&
    dropWeights === undefined
      ? rowPlan(operands.query.shape[2]!)
      : ({ kind: "whole", blocks: 1 } as const);
  const mixed = attendByRows(
    {
      encoding,
      operands,
      value,
      context,
      shared,
      parameters,
      drop: dropWeights,
    },
    plan,
  );
  const joined = rematerialise(() => joinHeads(mixed));
  return {
    output: linear(parameters, `${name}.output`, joined),
    present: { ...keep, value },
  };
}

/** Queries, keys and memory of the tokens that are new in a pass. */
export interface FreshTokens {
  /** `[batch, heads, length, headDim]`, before `rotate` */
  readonly query: Tensor;
  readonly key: Tensor;
  readonly tokenState: TokenState;
}

/** What is attended with fresh tokens after a past, and what to keep of both. */
export function attentionOperands(
  encoding: PositionEncoding,
  context: LayerContext,
  fresh: FreshTokens,
  past?: Pick<KeyValue, "key" | "tokenState">,
): { readonly operands: AttentionOperands; readonly keep: Pick<KeyValue, "key" | "tokenState"> } {
  const { cache, scoreScale } = encoding;
  const turns = encoding.rotate !== undefined;
  const turn = (x: Tensor, role: "query" | "key"): Tensor =>
    turns
      ? encoding.rotate!(x, role === "query" ? context.queries : context.keys, role, context)
      : x;
  // Keys are cached unrotated where the encoding asks for it, rotated otherwise.
  const cachesRaw = cache.keys === "raw" || cache.keys === "rewritten";
  const turnedFresh =
    turns && !cachesRaw ? encoding.rotate!(fresh.key, context.queries, "key", context) : fresh.key;
  const kept = past ? concat([past.key, turnedFresh], 2) : turnedFresh;
  const tokenState: TokenState = past
    ? Object.fromEntries(
        Object.entries(fresh.tokenState).map(([each, x]) => [
          each,
          concat([past.tokenState![each]!, x], 2),
        ]),
      )
    : fresh.tokenState;
  const keyState = encoding.prepareTokenState?.(tokenState, context) ?? tokenState;
  const operands: AttentionOperands = {
    query: turn(fresh.query, "query"),
    key: cachesRaw ? turn(kept, "key") : kept,
    rawQuery: fresh.query,
    rawKey: cachesRaw || !turns ? kept : undefined,
    scale: scoreScale ?? (fresh.query.shape.at(-1) as number) ** -0.5,
    keyState,
    queryState: past
      ? Object.fromEntries(
          Object.entries(keyState).map(([each, x]) => [
            each,
            slice(x, 2, past.key.shape[2]!, fresh.query.shape[2]!),
          ]),
        )
      : keyState,
  };
  const key = encoding.rewrite?.(operands, context) ?? kept;
  return { operands, keep: { key, ...(Object.keys(tokenState).length > 0 && { tokenState }) } };
}

/** `[batch, length, model]` → `[batch, heads, length, headDim]` */
function splitHeads(x: Tensor, heads: number): Tensor {
  const [batch, length, model] = x.shape;
  const parted = reshape(x, [batch!, length!, heads, (model as number) / heads]);
  return transpose(parted, [0, 2, 1, 3]);
}

/** `[batch, heads, length, headDim]` → `[batch, length, model]` */
function joinHeads(x: Tensor): Tensor {
  const [batch, heads, length, headDim] = x.shape;
  const joined = transpose(x, [0, 2, 1, 3]);
  return reshape(joined, [batch!, length!, (heads as number) * (headDim as number)]);
}
