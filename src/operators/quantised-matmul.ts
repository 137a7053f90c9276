/**
 * Matrix product with a quantised matrix, for inference.
 *
 *     y = x · W,   W as `quantised-matrix.ts` says
 *
 * Shapes:  x [..., m, inner], W [inner, outer] → y [..., m, outer]
 * ONNX:    MatMulNBits (com.microsoft). The runtime rounds each block of 32 numbers of x to 8 bits as well (accuracy level
 *          4): its integer products are what is fast
 *
 * @module
 */
import { printShape, ShapeError } from "../tensor/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { multiply } from "./arithmetic.ts";
import { defineOperator } from "./define-operator.ts";
import { requireType } from "./elementwise.ts";
import { dequantised, quantisedBlock } from "./quantised-matrix.ts";
import type { QuantisedMatrix } from "./quantised-matrix.ts";

/** Products with bytes and a block's factors in whole numbers, as fast as the processor has them. */
const accuracyLevel = 4;

const buildWeight = defineOperator<never, { matrix: QuantisedMatrix }>({
  name: "quantisedWeight",
  inputs: [],
  infer: (_, { matrix: { inner, outer } }) => ({ shape: [inner, outer], dtype: "float32" }),
  evaluate: (_, { matrix }) => dequantised(matrix),
  gradient: { none: "quantised weights are for inference" },
  // Only where it is used beside products, which have operands of their own.
  onnx: (emitter, _, { matrix }) =>
    emitter.tensor([matrix.inner, matrix.outer], "float32", dequantised(matrix)),
});

/** A weight `[inner, outer]` whose products `matmul` computes with few bits. */
export function quantisedWeight(matrix: QuantisedMatrix): Tensor {
  return buildWeight({}, { matrix });
}

/** The matrix of a quantised weight; undefined for any other tensor. */
export function quantisedMatrixOf({ node }: Tensor): QuantisedMatrix | undefined {
  return node.operator === buildWeight.operator
    ? (node.attributes["matrix"] as QuantisedMatrix)
    : undefined;
}

const build = defineOperator<"x", { matrix: QuantisedMatrix }>({
  name: "quantisedMatmul",
  inputs: ["x"],

  infer({ x }, { matrix: { inner, outer } }) {
    requireType("matmul", x, "float32");
    if (x.shape.length < 2 || x.shape.at(-1) !== inner)
      throw new ShapeError(
        `matmul: the contracted sizes differ: ${printShape(x.shape)} and the quantised ${printShape([inner, outer])}. ` +
          `Give [..., ${inner}].`,
      );
    return { shape: [...x.shape.slice(0, -1), outer], dtype: "float32" };
  },

  evaluate({ x }, { matrix }) {
    const { inner, outer } = matrix;
    const weight = dequantised(matrix);
    const rows = x.data.length / inner;
    const y = new Float64Array(rows * outer);
    for (let row = 0; row < rows; row++)
      for (let k = 0; k < inner; k++) {
        const value = x.data[row * inner + k]!;
        for (let n = 0; n < outer; n++) y[row * outer + n]! += value * weight[k * outer + n]!;
      }
    return y;
  },

  gradient: { none: "quantised weights are for inference" },

  onnx(emitter, { x }, { matrix: { inner, outer, bits, packed, scales } }) {
    const blocks = Math.ceil(inner / quantisedBlock);
    // Constants, since the runtime arranges constants for its products once, when the session is made.
    const numbers = emitter.bytes([outer, blocks, (quantisedBlock * bits) / 8], packed);
    const factors = emitter.tensor([outer, blocks], "float32", scales);
    return emitter.node(
      "MatMulNBits",
      [x, numbers, factors],
      { K: inner, N: outer, bits, block_size: quantisedBlock, accuracy_level: accuracyLevel },
      { domain: "com.microsoft" },
    )[0]!;
  },
});

/** `scale · x · W` */
export function quantisedMatmul(x: Tensor, matrix: QuantisedMatrix, scale = 1): Tensor {
  return build({ x: scale === 1 ? x : multiply(x, scale) }, { matrix });
}
