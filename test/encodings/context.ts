/**
 * What an encoding is given, without a model around it; and attention written out, for golden cases
 * that begin with queries, keys and values.
 *
 * @module
 */
import type {
  AttentionOperands,
  LayerContext,
  TokenState,
  PositionEncoding,
  Positions,
} from "../../src/encodings/position-encoding.ts";
import { layerContext, ownedSpecs, passContext } from "../../src/model/context.ts";
import { linearSpecs } from "../../src/model/layers.ts";
import type { GroupedOperands } from "../../src/model/operands.ts";
import { Parameters } from "../../src/parameters/parameters.ts";
import { scoresOf, sharedBias, applyAttention } from "../../src/model/scores.ts";
import { slice } from "../../src/operators/slicing.ts";
import { constant } from "../../src/operators/source.ts";
import type { Tensor, Value } from "../../src/tensor/tensor.ts";

/** What is known of positions while the graph is built: all, their order, or nothing. */
export type Knowledge = "known" | "ordered" | "unknown";

export const knowledges: readonly Knowledge[] = ["known", "ordered", "unknown"];

/** Positions as a tensor, and what is known of them. */
export function positionsOf(
  values: ArrayLike<number>,
  knowledge: Knowledge,
  shape: readonly number[] = [values.length],
): Positions {
  const tensor = constant(shape, values, "int32");
  if (shape.length !== 1 || knowledge === "unknown") return { tensor };
  const listed = Array.from(values);
  return knowledge === "known"
    ? { tensor, values: listed }
    : { tensor, consecutive: listed.every((value, index) => value === listed[0]! + index) };
}

/** What a context needs beside positions. */
export interface ContextOptions {
  readonly causal: boolean;
  /** Positions of the keys. Default: those of the queries. */
  readonly keys?: Positions;
  readonly tokens?: Tensor;
  /** Sizes of the layer's own projections, for encodings that use them. */
  readonly heads?: number;
  readonly model?: number;
}

/** The context of layer 0 of 1, and the tensors that its parameters are. */
export function contextOf(
  encoding: PositionEncoding,
  queries: Positions,
  { causal, keys = queries, tokens, heads = 1, model }: ContextOptions,
): { readonly context: LayerContext; readonly parameters: Parameters } {
  const projections = ["query", "key"].flatMap((part) =>
    model === undefined ? [] : linearSpecs(`blocks.0.attention.${part}`, model, model, true),
  );
  const parameters = new Parameters([...ownedSpecs(encoding.parameters, 1), ...projections]);
  const pass = { queries, keys, causal, tokens, dropout: (x: Tensor) => x };
  const whole = passContext(pass, parameters);
  const context = layerContext({ context: whole, parameters, layer: 0, heads });
  return { context, parameters };
}

/** What is attended; `x`, the layer's input at all keys, for encodings that have a memory. */
export interface AttentionLeaves {
  /** `[batch, heads, query, headDim]` */
  readonly query: Tensor;
  /** `[batch, heads, key, headDim]` */
  readonly key: Tensor;
  readonly value: Tensor;
  /** `[batch, key, model]` */
  readonly x?: Tensor;
}

/** Scores before the softmax, with the mask, and the attention's output. */
export function attendWith(
  encoding: PositionEncoding,
  context: LayerContext,
  leaves: AttentionLeaves,
): { readonly scores: Tensor; readonly output: Tensor; readonly operands: AttentionOperands } {
  const operands = attendedIn(encoding, context, leaves);
  const place = { encoding, operands, context };
  const scores = scoresOf({ ...place, shared: sharedBias({ encoding, context }) });
  const turned = encoding.rotateValue?.(leaves.value, context.keys, context);
  const value = turned ?? leaves.value;
  const output = applyAttention({ ...place, scores, value });
  return { scores, output, operands };
}

function attendedIn(
  encoding: PositionEncoding,
  context: LayerContext,
  { query, key, x }: AttentionLeaves,
): GroupedOperands {
  const turn = (vectors: Tensor, role: "query" | "key"): Tensor =>
    encoding.rotate?.(vectors, role === "query" ? context.queries : context.keys, role, context) ??
    vectors;
  const fresh: TokenState = x && encoding.tokenState ? encoding.tokenState(x, context) : {};
  const keyState = encoding.prepareTokenState?.(fresh, context) ?? fresh;
  const [rows, columns] = [query.shape[2] as number, key.shape[2] as number];
  const atQueries = Object.entries(keyState).map(([name, tensor]) => [
    name,
    slice(tensor, 2, columns - rows, rows),
  ]);
  const turned = turn(key, "key");
  return {
    query: turn(query, "query"),
    key: turned,
    sharedKey: turned,
    rawQuery: query,
    rawKey: key,
    scale: encoding.scoreScale ?? (query.shape.at(-1) as number) ** -0.5,
    keyState,
    queryState: Object.fromEntries(atQueries) as TokenState,
  };
}

/** A value of the graph from a stored tensor. */
export function stored({
  shape,
  data,
}: {
  shape: readonly number[];
  data: readonly number[];
}): Value {
  return { shape, data: Float64Array.from(data) };
}
