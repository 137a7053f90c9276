/**
 * Multi-head attention with any position encoding.
 *
 * @module
 */
import type {
  EncodingContext,
  Initial,
  ParameterSpec,
  PositionEncoding,
} from "../encodings/position-encoding.ts";
import { add } from "../operators/arithmetic.ts";
import { matmul } from "../operators/matmul.ts";
import { reshape, transpose } from "../operators/movement.ts";
import { concat } from "../operators/slicing.ts";
import { softmaxMatmul } from "../operators/softmax-matmul.ts";
import { softmax } from "../operators/softmax.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { BlockConfig } from "./config.ts";
import { attendByRows, rowPlan } from "./causal-rows.ts";
import { linear, linearSpecs } from "./layers.ts";
import type { Parameters } from "./parameters.ts";

/** Keys and values of earlier positions, `[batch, heads, past, headDim]`. */
export interface KeyValue {
  readonly key: Tensor;
  readonly value: Tensor;
}

/** What all layers share in one forward pass. */
export interface AttentionInputs {
  readonly encoding: PositionEncoding;
  readonly context: EncodingContext;
  /** The encoding's bias and the masks in one tensor, or undefined where there is neither. */
  readonly bias: Tensor | undefined;
  /** The padding mask that `bias` holds, if it holds one. */
  readonly keyMask?: Tensor | undefined;
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
 * come first. Returns the output and the keys and values to keep.
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
  const { encoding, context, bias } = inputs;
  const headDim = config.model / config.heads;
  const heads = (part: string): Tensor =>
    splitHeads(linear(parameters, `${name}.${part}`, x), config.heads);

  // Keys are cached unrotated where the encoding asks for it, rotated otherwise.
  const cachesRaw = encoding.cache.keys === "raw";
  const rotate = encoding.rotate?.bind(encoding);
  const query = rotate ? rotate(heads("query"), context.queries, context) : heads("query");
  let fresh = heads("key");
  if (rotate && !cachesRaw) fresh = rotate(fresh, context.queries, context);
  const key = past ? concat([past.key, fresh], 2) : fresh;
  const value = past ? concat([past.value, heads("value")], 2) : heads("value");
  const turned = rotate && cachesRaw ? rotate(key, context.keys, context) : key;

  const scale = encoding.scoreScale ?? headDim ** -0.5;
  const weigh = (rows: Tensor, keys: Tensor, values: Tensor, added: Tensor | undefined): Tensor => {
    const product = matmul(rows, keys, { transposeB: true, scale });
    const scores = added === undefined ? product : add(product, added);
    return config.dropout > 0
      ? matmul(drop(softmax(scores)), values)
      : softmaxMatmul(scores, values).output;
  };
  // A mask beyond the causal one (padding) reaches only the whole form; dropout draws one mask a call.
  const plan =
    past === undefined && context.causal && inputs.keyMask === undefined && config.dropout === 0
      ? rowPlan(query.shape[2]!)
      : ({ kind: "whole", blocks: 1 } as const);
  const mixed = attendByRows({ query, key: turned, value, encoding, context, bias, weigh }, plan);
  return {
    output: linear(parameters, `${name}.output`, joinHeads(mixed)),
    present: { key, value },
  };
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
