/**
 * Attention scores with any encoding, and what they weigh: the one place that knows the order of hooks.
 *
 * @module
 */
import type {
  AttentionOperands,
  EncodingContext,
  LayerContext,
  PositionEncoding,
} from "../encodings/position-encoding.ts";
import { add, minimum, multiply } from "../operators/arithmetic.ts";
import { matmul } from "../operators/matmul.ts";
import { unsqueeze } from "../operators/movement.ts";
import { softmaxMatmul } from "../operators/softmax-matmul.ts";
import { softmax } from "../operators/softmax.ts";
import { scalar } from "../operators/source.ts";
import { where } from "../operators/where.ts";
import type { Tensor } from "../tensor/tensor.ts";

/** Added to a score that must not count: its weight underflows to exactly 0 beside any other. */
const forbidden = -1e30;

/** What is added to the scores of every layer. */
export interface SharedBias {
  /** The encoding's `bias`; with the mask in it where nothing needs the two apart. */
  readonly bias?: Tensor | undefined;
  /** What forbids keys, where `bias` does not hold it. */
  readonly mask?: Tensor | undefined;
}

/** The causal mask and `keyMask` (true where a key counts, bool `[batch, key]`) as one tensor. */
export function maskOf({ causal, distance, keyMask }: EncodingContext): Tensor | undefined {
  // The future has negative distances; a product is faster than a choice by element.
  const future = causal ? multiply(minimum(distance, 0), -forbidden) : undefined;
  if (keyMask === undefined) return future;
  const padding = where(keyMask, scalar(0), scalar(forbidden));
  return sumOf(future, unsqueeze(unsqueeze(padding, 1), 1));
}

/** The bias of all layers and the mask, in one tensor where the encoding does not ask for both. */
export function sharedBias(encoding: PositionEncoding, context: EncodingContext): SharedBias {
  const [bias, mask] = [encoding.bias?.(context), maskOf(context)];
  return encoding.combine ? { bias, mask } : { bias: sumOf(bias, mask) };
}

/** The scores of one layer before the softmax, masked: `[batch, heads, query, key]`. */
export function scoresOf(
  encoding: PositionEncoding,
  operands: AttentionOperands,
  context: LayerContext,
  shared: SharedBias,
): Tensor {
  const { query, key, scale } = operands;
  const product =
    encoding.product?.(operands, context) ?? matmul(query, key, { transposeB: true, scale });
  const content = encoding.contentBias?.(operands, product, context);
  const scores = content === undefined ? product : add(product, content);
  const bias = sumOf(encoding.layerBias?.(context), shared.bias);
  const joined = encoding.combine
    ? encoding.combine(scores, bias, context)
    : (sumOf(scores, bias) ?? scores);
  return sumOf(joined, shared.mask) ?? joined;
}

/** `softmax(scores) · value` and the encoding's term on values: `[batch, heads, query, headDim]`. */
export function applyAttention(
  encoding: PositionEncoding,
  scores: Tensor,
  value: Tensor,
  operands: AttentionOperands,
  context: LayerContext,
  drop: ((x: Tensor) => Tensor) | undefined,
): Tensor {
  if (drop === undefined && !encoding.valueTerm) return softmaxMatmul(scores, value).output;
  const weights = drop ? drop(softmax(scores)) : softmax(scores);
  const mixed = matmul(weights, value);
  return encoding.valueTerm ? add(mixed, encoding.valueTerm(weights, operands, context)) : mixed;
}

function sumOf(a: Tensor | undefined, b: Tensor | undefined): Tensor | undefined {
  return a && b ? add(a, b) : (a ?? b);
}
