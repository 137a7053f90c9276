/**
 * Multi-head attention with any position encoding, to the sequence itself or to a memory.
 *
 * @module
 */
import type { LayerContext, PositionEncoding, TokenState } from "../encodings/position-encoding.ts";
import { rmsNorm } from "../operators/normalisation.ts";
import type { ParameterLookup } from "../parameters/parameters.ts";
import type { Initial, ParameterSpec } from "../parameters/spec.ts";
import { rematerialise } from "../tensor/tensor.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { attendByRows } from "./attention-map.ts";
import { rowPlan, wholePlan } from "./attention-rows.ts";
import type { RowPlan, WeightDropout } from "./attention-rows.ts";
import { hasBias } from "./config.ts";
import type { BlockConfig } from "./config.ts";
import type { Dropout } from "../random/dropout.ts";
import { joinHeads, splitHeads } from "./heads.ts";
import { linear, linearSpecs } from "./layers.ts";
import type { MaskRules } from "./masks.ts";
import { attentionOperands, keptKeys, operandsOf } from "./operands.ts";
import type { KeyValue, Past } from "./operands.ts";
import { withPast } from "./past.ts";
import type { SharedBias } from "./scores.ts";
import { keptValues, weighedValues } from "./values.ts";

/** What an attention is given beside the vectors that it reads. */
export interface AttentionInputs {
  readonly encoding: PositionEncoding;
  readonly context: LayerContext;
  readonly shared: SharedBias;
  /** Rules that `shared` holds beside the causal one and padding. */
  readonly masks?: MaskRules | undefined;
  readonly dropout: Dropout;
}

/** Where an attention's parameters are, and its sizes. */
interface Layer {
  readonly parameters: ParameterLookup;
  /** As in `blocks.0.attention`. */
  readonly name: string;
  readonly config: BlockConfig;
}

/** Specs of the four projections and, where configured, the norms of queries and keys; `output` starts as `last` says. */
export function attentionSpecs(name: string, config: BlockConfig, last: Initial): ParameterSpec[] {
  const { model, heads, keyValueHeads, headDim } = config;
  const [all, shared] = [heads * headDim, keyValueHeads * headDim];
  const ones = (part: string): ParameterSpec => ({
    name: `${name}.${part}.weight`,
    shape: [headDim],
    initial: { kind: "ones" },
    decays: false,
  });
  return [
    ...linearSpecs(`${name}.query`, model, all, hasBias(config, "query")),
    ...linearSpecs(`${name}.key`, model, shared, hasBias(config, "key")),
    ...linearSpecs(`${name}.value`, model, shared, hasBias(config, "value")),
    ...(config.queryKeyNorm ? [ones("queryNorm"), ones("keyNorm")] : []),
    ...linearSpecs(`${name}.output`, all, model, hasBias(config, "output"), last),
  ];
}

/** Self-attention. */
export interface SelfAttentionInput extends Layer, AttentionInputs {
  /** `[batch, query, model]` */
  readonly x: Tensor;
  /** Keys and values of earlier positions, which come first. */
  readonly past?: Past | undefined;
}

/** What an attention gives. */
export interface AttentionOutput {
  /** `[batch, query, model]` */
  readonly output: Tensor;
  /** Keys and values, old and new, to keep for later tokens; of a past in two parts, without the older one. */
  readonly present: KeyValue;
}

/** Attention of a sequence to itself and its past. */
export function attend(given: SelfAttentionInput): AttentionOutput {
  const { x, config, encoding, context, shared, masks, past } = given;
  const fresh: { query: Tensor; key: Tensor; tokenState: TokenState } = {
    query: project(given, "query", x),
    key: project(given, "key", x),
    tokenState: encoding.tokenState?.(x, context) ?? {},
  };
  const { scoreScale, scoreCap } = config;
  const { operands, keep } = attentionOperands({ encoding, context, fresh, past, scoreScale });
  const { heads } = config;
  const place = { encoding, context, heads };
  const projected = project(given, "value", x);
  const freshValue = keptValues({ ...place, value: projected, positions: context.queries });
  const value = withPast(past, freshValue, ({ value }) => value);
  const weighed = weighedValues({ ...place, value: value.whole });
  const dropout = weightDropout(given);
  const plan = past === undefined ? planOf(given, operands.query, dropout) : wholePlan;
  const { parameters } = given;
  const mixed = attendByRows(
    {
      ...{ encoding, operands, context, shared, masks, parameters, scoreCap, dropout },
      value: weighed,
      valueParts: weighed === value.whole ? value.parts : undefined,
    },
    plan,
  );
  return { output: outputOf(given, mixed), present: { ...keep, value: value.keep } };
}

/** Attention to a memory. */
export interface CrossAttentionInput extends Layer, AttentionInputs {
  /** `[batch, query, model]` */
  readonly x: Tensor;
  /** Keys and values of the memory, made by `memoryKeyValue` once for all passes. */
  readonly memory: KeyValue;
}

/** Attention of a sequence to a memory: `[batch, query, model]`. */
export function attendMemory(given: CrossAttentionInput): Tensor {
  const { x, config, encoding, context, shared, masks, memory, parameters } = given;
  const { scoreScale, scoreCap } = config;
  const query = project(given, "query", x);
  const operands = operandsOf({ encoding, context, query, kept: memory.key, scoreScale });
  const value = weighedValues({ encoding, context, value: memory.value, heads: config.heads });
  const mixed = attendByRows(
    {
      ...{ encoding, operands, value, context, shared, masks, parameters, scoreCap },
      dropout: weightDropout(given),
    },
    wholePlan,
  );
  return outputOf(given, mixed);
}

/** Keys and values of a memory. */
export interface MemoryInput extends Layer {
  /** `[batch, key, model]` */
  readonly x: Tensor;
  readonly encoding: PositionEncoding;
  /** Of the cross-attention; its `keys` are the memory's positions. */
  readonly context: LayerContext;
}

/** One layer's keys and values of a memory, as every pass over target tokens takes them. */
export function memoryKeyValue(given: MemoryInput): KeyValue {
  const { x, encoding, context, config } = given;
  const key = project(given, "key", x);
  const place = { encoding, context, heads: config.heads, positions: context.keys };
  const value = project(given, "value", x);
  return { key: keptKeys({ ...place, key }), value: keptValues({ ...place, value }) };
}

/** One projection in heads, normed where configured: `[batch, heads or keyValueHeads, length, headDim]`. */
function project({ parameters, name, config }: Layer, part: Part, x: Tensor): Tensor {
  const { heads, keyValueHeads, queryKeyNorm, normEpsilon } = config;
  const projected = linear(parameters, `${name}.${part}`, x);
  const vectors = splitHeads(projected, part === "query" ? heads : keyValueHeads);
  if (!queryKeyNorm || part === "value") return vectors;
  const weight = parameters.get(`${name}.${part}Norm.weight`);
  return rematerialise(() => rmsNorm(vectors, weight, normEpsilon));
}

type Part = "query" | "key" | "value";

function outputOf({ parameters, name }: Layer, mixed: Tensor): Tensor {
  const joined = rematerialise(() => joinHeads(mixed));
  return linear(parameters, `${name}.output`, joined);
}

/** How this attention drops weights; a source without sites makes one mask for the whole tensor. */
function weightDropout({ config, dropout }: Layer & AttentionInputs): WeightDropout | undefined {
  const { dropout: rate } = config;
  if (rate === 0) return undefined;
  if (dropout.site === undefined) return { whole: (weights) => dropout(weights, rate) };
  return { site: dropout.site(), rate };
}

/** Blocks of rows where the encoding, the mask and the dropout allow them. */
function planOf(
  { encoding, context }: AttentionInputs,
  query: Tensor,
  dropout: WeightDropout | undefined,
): RowPlan {
  const apart = encoding.rowwise !== false && !(dropout && "whole" in dropout);
  return context.causal && apart ? rowPlan(query.shape[2]!) : wholePlan;
}
