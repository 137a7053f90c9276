/**
 * The public operators, one line for each file.
 *
 * @module
 */
export { gelu, geluTanh, leakyRelu, silu } from "./activation.ts";
export { add, divide, maximum, minimum, multiply, negate, subtract } from "./arithmetic.ts";
export { cast } from "./cast.ts";
export { clamp } from "./clamp.ts";
export type { Bounds } from "./clamp.ts";
export { and, equal, greater, greaterOrEqual, less, lessOrEqual, not, or } from "./comparison.ts";
export { crossEntropy } from "./cross-entropy.ts";
export { cumsum } from "./cumsum.ts";
export type { CumsumOptions } from "./cumsum.ts";
export type { Operand } from "./elementwise.ts";
export { scatterAddAlong, gather, oneHot, scatterAdd, takeAlongAxis } from "./indexing.ts";
export { mapBlocks } from "./map-blocks.ts";
export type { BlockMap } from "./map-blocks.ts";
export type { BlockInput, BlockOutput } from "./block-body.ts";
export { matmul } from "./matmul.ts";
export type { MatmulOptions } from "./matmul.ts";
export { expand, flattenRows, reshape, transpose, transposeLast, unsqueeze } from "./movement.ts";
export { layerNorm, rmsNorm } from "./normalisation.ts";
export {
  abs,
  ceil,
  cos,
  exp,
  floor,
  erf,
  tanh,
  logSigmoid,
  log,
  reciprocal,
  relu,
  sigmoid,
  sign,
  sin,
  softplus,
  sqrt,
} from "./pointwise.ts";
export { power, square } from "./power.ts";
export { argmax, max, mean, min, sum, sumTo } from "./reduction.ts";
export type { ReductionOptions } from "./reduction.ts";
export { concat, pad, slice, split } from "./slicing.ts";
export { softmaxMatmul } from "./softmax-matmul.ts";
export { logSoftmax, softmax } from "./softmax.ts";
export { constant, fill, input, range, scalar } from "./source.ts";
export { topK } from "./top-k.ts";
export { inverseUnitLower } from "./triangular-inverse.ts";
export { where } from "./where.ts";
