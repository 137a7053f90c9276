/**
 * Matrix product over the last two axes, batched over the rest by broadcasting.
 *
 *     y = scale · op(a) · op(b),   op(x) = xᵀ where transposed
 *
 * Shapes:  a [..., m, k] (or [..., k, m] transposed), b [..., k, n] (or [..., n, k]) → y [..., m, n]
 * ONNX:    FusedMatMul (com.microsoft) for transposes and scale where the device has it, else
 *          Transpose, MatMul and Mul
 *
 * @module
 */
import { refuseUnknownNames } from "../errors.ts";
import type { NamesOf } from "../errors.ts";
import { sizeOf } from "../tensor/dimension.ts";
import { broadcastShapes, elementCount, printShape, ShapeError } from "../tensor/shape.ts";
import type { Shape } from "../tensor/shape.ts";
import type { Emitter, Tensor } from "../tensor/tensor.ts";
import { factorOf } from "./arithmetic.ts";
import { defineOperator } from "./define-operator.ts";
import { broadcastOffsets, requireType } from "./elementwise.ts";
import { quantisedMatmul, quantisedMatrixOf } from "./quantised-matmul.ts";
import { inputName } from "./source.ts";
import { flattenRows, reshape, transpose, transposeLast } from "./movement.ts";

/** Transposes of the last two axes and a factor. Devices with FusedMatMul need no operation of their own for them. */
export interface MatmulOptions {
  /** Multiply by the transpose of `a`. Default false. */
  readonly transposeA?: boolean;
  /** Multiply by the transpose of `b`. Default false. */
  readonly transposeB?: boolean;
  /** Factor of the product. Default 1. */
  readonly scale?: number;
}

const names: NamesOf<MatmulOptions> = { transposeA: true, transposeB: true, scale: true };

const build = defineOperator<"a" | "b", Required<MatmulOptions>>({
  name: "matmul",
  inputs: ["a", "b"],

  infer({ a, b }, { transposeA, transposeB }) {
    requireType("matmul", a, "float32");
    requireType("matmul", b, "float32");
    if (a.shape.length < 2 || b.shape.length < 2)
      throw new ShapeError(
        `matmul: both operands need two axes or more, got ${printShape(a.shape)} and ` +
          `${printShape(b.shape)}. Add an axis of size 1.`,
      );
    const [m, inner] = lastTwo(a.shape, transposeA);
    const [innerB, n] = lastTwo(b.shape, transposeB);
    if (inner !== innerB)
      throw new ShapeError(
        `matmul: the contracted sizes differ: ${printShape(a.shape)}${transposeA ? "ᵀ" : ""} has ${inner}, ` +
          `${printShape(b.shape)}${transposeB ? "ᵀ" : ""} has ${innerB}. Transpose or reshape one.`,
      );
    const batch = broadcastShapes("matmul", a.shape.slice(0, -2), b.shape.slice(0, -2));
    return { shape: [...batch, m!, n!], dtype: "float32" };
  },

  evaluate({ a, b }, { transposeA, transposeB, scale }, [shape]) {
    const [m, n] = [shape!.at(-2)!, shape!.at(-1)!];
    const inner = a.shape.at(transposeA ? -2 : -1)!;
    const [rowA, stepA] = transposeA ? [1, m] : [inner, 1];
    const [stepB, columnB] = transposeB ? [1, inner] : [n, 1];
    const batch = shape!.slice(0, -2);
    const starts = (operand: typeof a): Int32Array =>
      broadcastOffsets({ shape: operand.shape.slice(0, -2), data: operand.data }, batch);
    const [startsA, startsB] = [starts(a), starts(b)];
    const result = new Float64Array(elementCount(shape!));
    for (let index = 0; index < startsA.length; index++) {
      const [baseA, baseB] = [startsA[index]! * m * inner, startsB[index]! * inner * n];
      for (let i = 0; i < m; i++)
        for (let j = 0; j < n; j++) {
          let total = 0;
          for (let k = 0; k < inner; k++)
            total +=
              a.data[baseA + i * rowA + k * stepA]! * b.data[baseB + k * stepB + j * columnB]!;
          result[(index * m + i) * n + j] = scale * total;
        }
    }
    return result;
  },

  gradient({ a, b, dy, options: { transposeA, transposeB, scale } }) {
    const da = transposeA
      ? matmul(b, dy, { transposeA: transposeB, transposeB: true, scale })
      : matmul(dy, b, { transposeB: !transposeB, scale });
    // A weight shared by all rows: one product over flattened rows is faster than a batch of products and a sum.
    if (b.shape.length === 2 && a.shape.length > 2 && !transposeA)
      return { a: da, b: transposeB ? rowProduct(dy, a, scale) : rowProduct(a, dy, scale) };
    // db or its transpose is a product of a and dy, one of them transposed. Transposing the smaller one is faster,
    // also where the result has to be transposed, since that transpose usually merges with a following one.
    const [sizeA, sizeDy] = [sizeOf(a.shape), sizeOf(dy.shape)];
    const transposeDy = sizeA === sizeDy ? transposeB : sizeA > sizeDy;
    const product = transposeDy
      ? matmul(dy, a, { transposeA: true, transposeB: transposeA, scale })
      : matmul(a, dy, { transposeA: !transposeA, scale });
    return { a: da, b: transposeDy === transposeB ? product : transposeLast(product) };
  },

  onnx(emitter, operands, { transposeA, transposeB, scale: factor }, node) {
    const { b } = operands;
    const [a, scale] =
      factor !== 1 && isRow(node.inputs[0]!, transposeA)
        ? [scaledRow(emitter, operands.a, node.inputs[0]!, factor), 1]
        : [operands.a, factor];
    if (!transposeA && !transposeB && scale === 1) return emitter.node("MatMul", [a, b])[0]!;
    if (emitter.hasContrib("FusedMatMul"))
      return emitter.node(
        "FusedMatMul",
        [a, b],
        { transA: +transposeA, transB: +transposeB, alpha: { float: scale } },
        { domain: "com.microsoft" },
      )[0]!;
    const transposedIf = (condition: boolean, name: string, shape: Shape): string => {
      const rank = shape.length;
      const perm = [...Array(rank - 2).keys(), rank - 1, rank - 2];
      return condition ? emitter.node("Transpose", [name], { perm })[0]! : name;
    };
    const [left, right] = node.inputs;
    const product = emitter.node("MatMul", [
      transposedIf(transposeA, a, left!.shape),
      transposedIf(transposeB, b, right!.shape),
    ])[0]!;
    return scale === 1
      ? product
      : emitter.node("Mul", [product, emitter.scalar(scale, "float32")])[0]!;
  },
});

/** Whether the left operand of a product is one row of a known width, as that of a single token is. */
function isRow({ shape }: Tensor, transposed: boolean): boolean {
  return !transposed && shape.at(-2) === 1 && typeof shape.at(-1) === "number";
}

/**
 * A row times a factor. The processor's kernel for a product of one row reads the right operand where it is, but only
 * where the product has no factor; with one it first copies that operand, which takes four times as long. The factor is
 * a vector because the runtime moves a scalar one back into the product.
 */
function scaledRow(emitter: Emitter, row: string, { shape }: Tensor, factor: number): string {
  const width = shape.at(-1) as number;
  const factors = emitter.tensor([width], "float32", Array<number>(width).fill(factor));
  return emitter.node("Mul", [row, factors])[0]!;
}

/**
 * `scale · leftᵀ · right` over flattened rows. Where `left` is the narrower operand, it is transposed before the
 * product, whose kernel would transpose it again for each block of the result's columns (bench/README.md).
 */
function rowProduct(left: Tensor, right: Tensor, scale: number): Tensor {
  const [width, columns] = [left.shape.at(-1)!, right.shape.at(-1)!];
  if (width > columns)
    return matmul(flattenRows(left), flattenRows(right), { transposeA: true, scale });
  const rank = left.shape.length;
  const transposed = transpose(left, [rank - 1, ...Array(rank - 1).keys()]);
  const rows = sizeOf(left.shape.slice(0, -1));
  return matmul(reshape(transposed, [width, rows]), flattenRows(right), { scale });
}

function lastTwo(shape: Shape, transposed: boolean): Shape {
  const [rows, columns] = shape.slice(-2);
  return transposed ? [columns!, rows!] : [rows!, columns!];
}

/**
 * The matrix product over the last two axes, the leading axes broadcast.
 *
 * A factor that `multiply` put on an operand becomes part of `scale`. With a `quantisedWeight` as `b` it is a product in few bits.
 *
 * @throws {ShapeError} where the contracted sizes differ or the leading axes do not broadcast
 */
export function matmul(a: Tensor, b: Tensor, options: MatmulOptions = {}): Tensor {
  refuseUnknownNames("matmul", options, names);
  const { transposeA = false, transposeB = false, scale = 1 } = options;
  const [left, right] = [factorOf(a), factorOf(b)];
  // A scaled parameter is left: scaling it is cheap, and ONNX Runtime can fuse a plain MatMul with a bias. Beside a
  // single row it is not cheap.
  const isScaledParameter = right !== undefined && inputName(right.x) !== undefined;
  const keepsFactor = isScaledParameter && !isRow(a, transposeA);
  if (left) return matmul(left.x, b, { ...options, scale: scale * left.factor });
  if (right && !keepsFactor) return matmul(a, right.x, { ...options, scale: scale * right.factor });
  const quantised = transposeA || transposeB ? undefined : quantisedMatrixOf(b);
  if (quantised !== undefined) return quantisedMatmul(a, quantised, scale);
  return build({ a, b }, { transposeA, transposeB, scale });
}
