/**
 * Attention scores with any encoding, and what they weigh: the one place that knows the order of hooks.
 *
 *     scores = product (default: scale · query · keyᵀ) + contentBias, joined with bias + layerBias, capped, masked
 *     output = softmax(scores) · value, turned by rotateOutput, + valueTerm
 *
 * @module
 */
import type {
  EncodingContext,
  LayerContext,
  PositionEncoding,
} from "../encodings/position-encoding.ts";
import { add, multiply } from "../operators/arithmetic.ts";
import { matmul } from "../operators/matmul.ts";
import { tanh } from "../operators/pointwise.ts";
import { concat } from "../operators/slicing.ts";
import { softmaxMatmul } from "../operators/softmax-matmul.ts";
import { softmax } from "../operators/softmax.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { groupHeads, ungroupHeads } from "./heads.ts";
import { maskOf } from "./masks.ts";
import type { MaskRules } from "./masks.ts";
import type { GroupedOperands } from "./operands.ts";
import { productOfParts } from "./past.ts";

/** What is added to the scores of every layer. */
export interface SharedBias {
  /** The encoding's `bias`; with the mask in it where nothing needs the two apart. */
  readonly bias?: Tensor | undefined;
  /** What forbids keys, where `bias` does not hold it. */
  readonly mask?: Tensor | undefined;
}

/** What the shared bias is made of. */
export interface SharedBiasInput {
  readonly encoding: PositionEncoding;
  readonly context: EncodingContext;
  /** Default: none beside the causal mask and padding. */
  readonly masks?: MaskRules | undefined;
  readonly scoreCap?: number | undefined;
}

/** The bias of all layers and the mask, in one tensor where neither `combine` nor a cap comes between. */
export function sharedBias({ encoding, context, masks, scoreCap }: SharedBiasInput): SharedBias {
  const [bias, mask] = [encoding.bias?.(context), maskOf(context, masks)];
  return encoding.combine || scoreCap !== undefined ? { bias, mask } : { bias: sumOf(bias, mask) };
}

/** What scores are made of, over all queries or some rows of them. */
export interface ScoresInput {
  readonly encoding: PositionEncoding;
  readonly operands: GroupedOperands;
  readonly context: LayerContext;
  readonly shared: SharedBias;
  /** Scores become `cap · tanh(score / cap)` before the mask; absent: no cap. */
  readonly scoreCap?: number | undefined;
}

/** The scores of one layer before the softmax, masked: `[batch, heads, query, key]`. */
export function scoresOf({ encoding, operands, context, shared, scoreCap }: ScoresInput): Tensor {
  const product = encoding.product?.(operands, context) ?? plainProduct(operands);
  const content = encoding.contentBias?.(operands, product, context);
  const scores = content === undefined ? product : add(product, content);
  const bias = sumOf(encoding.layerBias?.(context), shared.bias);
  const joined = encoding.combine?.(scores, bias, context) ?? sumOf(scores, bias) ?? scores;
  const capped = scoreCap === undefined ? joined : softCap(joined, scoreCap);
  return sumOf(capped, shared.mask) ?? capped;
}

/** `scale · query · keyᵀ`, one product for each head of keys. */
function plainProduct({ query, sharedKey, keyParts, scale }: GroupedOperands): Tensor {
  const [, heads, rows] = query.shape;
  const grouped = groupHeads(query, sharedKey.shape[1] as number);
  const products = (keyParts ?? [sharedKey]).map((key) =>
    matmul(grouped, key, { transposeB: true, scale }),
  );
  const product = products.length === 1 ? products[0]! : concat(products, -1);
  return ungroupHeads(product, heads as number, rows!);
}

/** What weighs values. */
export interface WeighInput {
  readonly encoding: PositionEncoding;
  readonly operands: GroupedOperands;
  readonly context: LayerContext;
  /** `[batch, heads, query, key]`, before the softmax */
  readonly scores: Tensor;
  /** As `weighedValues` gives them. */
  readonly value: Tensor;
  /** The same, as the tensors that it was joined from. */
  readonly valueParts?: readonly Tensor[] | undefined;
  /** Drops attention weights; absent: none are dropped. */
  readonly drop?: ((weights: Tensor) => Tensor) | undefined;
}

/** `softmax(scores) · value` and the encoding's term on values: `[batch, heads, query, headDim]`. */
export function applyAttention(given: WeighInput): Tensor {
  const { encoding, scores, value, valueParts, operands, context, drop } = given;
  const [, heads, rows] = scores.shape as [unknown, number, Tensor["shape"][number]];
  const shared = value.shape[1] as number;
  const turned = (output: Tensor): Tensor => {
    return encoding.rotateOutput?.(output, context.queries, context) ?? output;
  };
  if (drop === undefined && !encoding.valueTerm && valueParts === undefined) {
    const { output } = softmaxMatmul(groupHeads(scores, shared), value);
    return turned(ungroupHeads(output, heads, rows));
  }
  const weights = drop ? drop(softmax(scores)) : softmax(scores);
  const product = productOfParts(groupHeads(weights, shared), valueParts ?? [value]);
  const mixed = turned(ungroupHeads(product, heads, rows));
  const term = encoding.valueTerm?.(weights, operands, context);
  return term ? add(mixed, term) : mixed;
}

/** `cap · tanh(x / cap)`: nearly x where it is small, within ±cap everywhere. */
export function softCap(x: Tensor, cap: number): Tensor {
  return multiply(tanh(multiply(x, 1 / cap)), cap);
}

function sumOf(a: Tensor | undefined, b: Tensor | undefined): Tensor | undefined {
  return a && b ? add(a, b) : (a ?? b);
}
