/**
 * The inverse of a lower triangular matrix whose diagonal is 1.
 *
 *     y  = (I + L)^−1,   L the part of x strictly below the diagonal; the rest of x is ignored
 *     dx = −(yᵀ · dy · yᵀ), strictly below the diagonal
 *
 * By recursive halving: the inverse of [[A, 0], [C, B]] is [[A⁻¹, 0], [−B⁻¹ C A⁻¹, B⁻¹]]. Up to 32 rows, all pairs
 * of blocks of one size are combined by one update, y ← y − y·(x ∘ pairs)·y, where `pairs` is 1 at every C of that
 * size. More rows, or a number of rows that is known only at run time, are inverted by a loop over blocks of 32
 * rows, which combines each block with the rows above it. A power series or Newton's iteration is not used: the
 * powers of L can grow without bound where y does not, and their cancellation loses every digit of y.
 *
 * Shapes:  x [..., n, n] → y [..., n, n]
 * ONNX:    MatMul, Mul, Sub; Loop
 *
 * @module
 */
import { printShape, ShapeError } from "../tensor/shape.ts";
import type { Dimension } from "../tensor/dimension.ts";
import type { Emitter, Tensor } from "../tensor/tensor.ts";
import { multiply } from "./arithmetic.ts";
import { cast } from "./cast.ts";
import { greater } from "./comparison.ts";
import { defineOperator } from "./define-operator.ts";
import { requireType } from "./elementwise.ts";
import { matmul } from "./matmul.ts";
import { unsqueeze } from "./movement.ts";
import { range } from "./source.ts";

/** The most rows that are inverted by halving. Each level multiplies whole matrices, so more would be slower. */
const block = 32;
const levels = Math.log2(block);

const build = defineOperator<"x">({
  name: "inverseUnitLower",
  inputs: ["x"],

  infer({ x }) {
    requireType("inverseUnitLower", x, "float32");
    if (x.shape.length < 2 || x.shape.at(-1) !== x.shape.at(-2))
      throw new ShapeError(
        `inverseUnitLower: expected square matrices [..., n, n], got ${printShape(x.shape)}.`,
      );
    return { shape: x.shape, dtype: x.dtype };
  },

  evaluate({ x }) {
    const n = x.shape.at(-1)!;
    const y = new Float64Array(x.data.length);
    for (let start = 0; start < y.length; start += n * n)
      for (let i = 0; i < n; i++) {
        y[start + i * n + i] = 1;
        for (let k = 0; k < i; k++) {
          const factor = x.data[start + i * n + k]!;
          for (let j = 0; j <= k; j++) y[start + i * n + j]! -= factor * y[start + k * n + j]!;
        }
      }
    return y;
  },

  gradient({ y, dy }) {
    const inner = matmul(y, dy, { transposeA: true, scale: -1 });
    return { x: strictlyLower(matmul(inner, y, { transposeB: true })) };
  },

  onnx(emitter, { x }, _, node) {
    const { shape } = node.inputs[0]!;
    const size = shape.at(-1)!;
    if (typeof size === "number" && size <= block)
      return byHalves(emitter, x, (data) => emitter.tensor([size, size], "float32", data(size)));
    return byRows(emitter, x, shape.slice(0, -2), size);
  },
});

/**
 * The inverse of the matrices `x [..., n, n]`, whose diagonal is taken as 1 and whose elements above it as 0.
 *
 * @throws {ShapeError} for matrices that are not square
 */
export function inverseUnitLower(x: Tensor): Tensor {
  return build({ x }, {});
}

function strictlyLower(x: Tensor): Tensor {
  const indices = range(x.shape.at(-1)!);
  return multiply(x, cast(greater(unsqueeze(indices, 1), unsqueeze(indices, 0)), "float32"));
}

/** A matrix `[n, n]` of zeros and ones, row-major. */
type Pattern = (n: number) => Float32Array;

const pattern =
  (one: (row: number, column: number) => boolean): Pattern =>
  (n) =>
    Float32Array.from({ length: n * n }, (_, at) => +one(Math.floor(at / n), at % n));

const diagonal = pattern((row, column) => row === column);

/** 1 at the blocks C of [[A, 0], [C, B]], where A, B and C have `size` rows. */
const pairs = (size: number): Pattern =>
  pattern(
    (row, column) =>
      Math.floor(row / size) % 2 === 1 && Math.floor(column / size) === Math.floor(row / size) - 1,
  );

/** The inverse of at most `block` rows; `constant` emits a pattern for their number. */
function byHalves(emitter: Emitter, x: string, constant: (pattern: Pattern) => string): string {
  const part = (level: number): string => emitter.node("Mul", [x, constant(pairs(2 ** level))])[0]!;
  let y = emitter.node("Sub", [constant(diagonal), part(0)])[0]!;
  for (let level = 1; level < levels; level++) {
    const [left] = emitter.node("MatMul", [y, part(level)]);
    const [product] = emitter.node("MatMul", [left!, y]);
    y = emitter.node("Sub", [y, product!])[0]!;
  }
  return y;
}

/** A loop over blocks of rows. The rows of a block are [0 … B⁻¹ 0 …] − B⁻¹ · C · (the rows above). */
function byRows(emitter: Emitter, x: string, leading: readonly Dimension[], n: Dimension): string {
  const rank = leading.length + 2;
  const [rows, columns] = [emitter.int64s([rank - 2]), emitter.int64s([rank - 1])];
  const one = emitter.int64s([1]);
  const total = emitter.shape([n]);
  // One row and one column of zeros in front, so that the first block has a row above it.
  const ahead = emitter.int64s(Array.from({ length: 2 * rank }, (_, at) => +(at === rank - 1)));
  const [wide] = emitter.node("Pad", [x, ahead]);
  const first = emitter.shape([...leading, 1, n]);
  const [above] = emitter.node("Expand", [emitter.scalar(0, "float32"), first]);
  const [rounded] = emitter.node("Add", [total, emitter.int64s([block - 1])]);
  const [blocks] = emitter.node("Div", [rounded!, emitter.int64s([block])]);
  const [count] = emitter.node("Squeeze", [blocks!]);
  const shapeOf = (size: string): readonly Dimension[] => [...leading, size, n];

  const loop = emitter.subgraph((inner) => {
    const [iteration, condition, known] = ["iteration", "condition", "rows"].map((hint) =>
      inner.fresh(hint),
    ) as [string, string, string];
    const [at] = inner.node("Reshape", [iteration, one]);
    const [start] = inner.node("Mul", [at!, inner.int64s([block])]);
    const [open] = inner.node("Add", [start!, inner.int64s([block])]);
    const [end] = inner.node("Min", [open!, total]);
    const [size] = inner.node("Sub", [end!, start!]);
    const [afterStart] = inner.node("Add", [start!, one]);
    const [afterEnd] = inner.node("Add", [end!, one]);
    const [own] = inner.node("Slice", [wide!, start!, end!, rows]);
    const [left] = inner.node("Slice", [own!, inner.int64s([0]), afterStart!, columns]);
    const [square] = inner.node("Slice", [own!, afterStart!, afterEnd!, columns]);

    const [corner] = inner.node("Concat", [size!, size!], { axis: 0 });
    const [origin, both] = [inner.int64s([0, 0]), inner.int64s([0, 1])];
    const inverse = byHalves(inner, square!, (data) => {
      const whole = inner.tensor([block, block], "float32", data(block));
      return inner.node("Slice", [whole, origin, corner!, both])[0]!;
    });
    const [rest] = inner.node("Sub", [total, end!]);
    const zeros = inner.int64s(Array<number>(rank - 1).fill(0));
    const [amounts] = inner.node("Concat", [zeros, start!, zeros, rest!], { axis: 0 });
    const [placed] = inner.node("Pad", [inverse, amounts!]);
    const [product] = inner.node("MatMul", [left!, known]);
    const [correction] = inner.node("MatMul", [inverse, product!]);
    const [newRows] = inner.node("Sub", [placed!, correction!]);
    const [extended] = inner.node("Concat", [known, newRows!], { axis: rank - 2 });
    const [nextCondition] = inner.node("Identity", [condition]);
    return {
      inputs: [
        { name: iteration, elementType: "int64", shape: [] },
        { name: condition, elementType: "bool", shape: [] },
        { name: known, elementType: "float32", shape: shapeOf("inverted") },
      ],
      outputs: [
        { name: nextCondition!, elementType: "bool", shape: [] },
        { name: extended!, elementType: "float32", shape: shapeOf("inverted_next") },
      ],
    };
  });
  const [padded] = emitter.node("Loop", [count!, "", above!], { body: loop });
  const [afterLast] = emitter.node("Add", [total, one]);
  return emitter.node("Slice", [padded!, one, afterLast!, rows])[0]!;
}
