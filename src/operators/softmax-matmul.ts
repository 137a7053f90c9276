/**
 * The softmax of attention scores and its product with the values, as one operator.
 *
 *     w  = softmax(s),  y = w · v
 *     ds = w ∘ (dy · vᵀ + dw − δ),   δ_i = Σ_d y_id dy_id + Σ_j w_ij dw_ij
 *     dv = wᵀ · dy
 *
 * As one operator, δ is a sum over headDim, where the gradient of softmax sums over keys: the backward pass reads
 * or writes the score matrix two times less. δ is subtracted inside the product, as one more column,
 * [dy, −δ] · [v, 1]ᵀ, which saves another operation on the score matrix.
 *
 * Shapes:  scores [..., query, key], value [..., key, headDim] → y [..., query, headDim], weights
 * ONNX:    Softmax, MatMul
 * Source:  for δ, FlashAttention (Dao et al. 2022, arXiv 2205.14135), appendix B
 *
 * @module
 */
import { elementCount, printShape, ShapeError } from "../tensor/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { add, multiply, negate } from "./arithmetic.ts";
import { defineOperator } from "./define-operator.ts";
import { requireType } from "./elementwise.ts";
import { matmul } from "./matmul.ts";
import { transposeLast } from "./movement.ts";
import { sum } from "./reduction.ts";
import { concat } from "./slicing.ts";
import { fill } from "./source.ts";
import { softmaxRows } from "./softmax.ts";

const build = defineOperator<"scores" | "value">({
  name: "softmaxMatmul",
  inputs: ["scores", "value"],

  infer({ scores, value }) {
    requireType("softmaxMatmul", scores, "float32");
    requireType("softmaxMatmul", value, "float32");
    const sameBatch =
      scores.shape.length === value.shape.length &&
      scores.shape.slice(0, -2).every((size, axis) => size === value.shape[axis]);
    if (!sameBatch || scores.shape.at(-1) !== value.shape.at(-2))
      throw new ShapeError(
        `softmaxMatmul: scores ${printShape(scores.shape)} and value ${printShape(value.shape)} ` +
          `must have equal leading axes, and the last axis of scores must equal the second last of value.`,
      );
    const shape = [...scores.shape.slice(0, -1), value.shape.at(-1)!];
    return [
      { shape, dtype: "float32" },
      { shape: scores.shape, dtype: "float32" },
    ];
  },

  evaluate({ scores, value }, _, [shape]) {
    const weights = softmaxRows(scores);
    const [queries, width] = [shape!.at(-2)!, shape!.at(-1)!];
    const keys = scores.shape.at(-1)!;
    const y = new Float64Array(elementCount(shape!));
    for (let row = 0; row * keys < weights.length; row++) {
      const block = Math.floor(row / queries) * keys;
      for (let j = 0; j < keys; j++)
        for (let d = 0; d < width; d++)
          y[row * width + d]! += weights[row * keys + j]! * value.data[(block + j) * width + d]!;
    }
    return [y, weights];
  },

  gradient({ value, ys, dys }) {
    const [y, weights] = ys as [Tensor, Tensor];
    const [dy, dWeights] = dys;
    const ones = fill([...value.shape.slice(0, -1), 1], 1);
    const dot = (a: Tensor, b: Tensor): Tensor => sum(multiply(a, b), { axes: [-1], keep: true });
    if (dy === undefined) {
      const inner = add(dWeights!, negate(dot(weights, dWeights!)));
      return { scores: multiply(weights, inner) };
    }
    const delta = dWeights ? add(dot(y, dy), dot(weights, dWeights)) : dot(y, dy);
    const product = matmul(concat([dy, negate(delta)], -1), concat([value, ones], -1), {
      transposeB: true,
    });
    return {
      scores: multiply(weights, dWeights ? add(product, dWeights) : product),
      // (dyᵀ · w)ᵀ transposes the small operand, and the outer transpose merges with the one that joins the heads.
      value: transposeLast(matmul(dy, weights, { transposeA: true })),
    };
  },

  onnx(emitter, { scores, value }) {
    const [weights] = emitter.node("Softmax", [scores], { axis: -1 });
    return [emitter.node("MatMul", [weights!, value])[0]!, weights!];
  },
});

/**
 * `softmax(scores) · value`, and the weights `softmax(scores)`.
 *
 * @throws {ShapeError} where the shapes do not fit
 */
export function softmaxMatmul(
  scores: Tensor,
  value: Tensor,
): { readonly output: Tensor; readonly weights: Tensor } {
  const [output, weights] = build.all({ scores, value }, {});
  return { output: output!, weights: weights! };
}
