/**
 * Cases of the operators of layers: products, attention, normalisation, loss.
 *
 * @module
 */
import * as op from "../../src/operators/index.ts";
import { floats, givenFloats, givenIntegers, row } from "./case.ts";
import type { OperatorCase } from "./case.ts";

const products: OperatorCase[] = [false, true].flatMap((transposeA) =>
  [false, true].flatMap((transposeB) =>
    [1, -0.7].map((scale) =>
      row(
        "matmul",
        {
          a: floats(transposeA ? [2, 5, 3] : [2, 3, 5]),
          b: floats(transposeB ? [2, 7, 5] : [2, 5, 7]),
        },
        ({ a, b }) => op.matmul(a!, b!, { transposeA, transposeB, scale }),
        {
          title:
            (["aᵀ", "bᵀ"].filter((_, at) => [transposeA, transposeB][at]).join(" ") || "plain") +
            ` × ${scale}`,
          tolerance: 2e-6,
        },
      ),
    ),
  ),
);

const inverses: OperatorCase[] = [
  row("inverseUnitLower", { x: floats([2, 7, 7], { from: -0.8, to: 0.8 }) }, ({ x }) =>
    op.inverseUnitLower(x!),
  ),
  row(
    "inverseUnitLower",
    { x: floats([2, 37, 37], { from: -0.3, to: 0.3 }) },
    ({ x }) => op.inverseUnitLower(x!),
    { title: "more rows than a block", tolerance: 2e-6 },
  ),
];

const otherProducts: OperatorCase[] = [
  row("matmul", { a: floats([3, 5]), b: floats([5, 7]) }, ({ a, b }) => op.matmul(a!, b!), {
    title: "matrices",
    tolerance: 2e-6,
  }),
  ...[false, true].map((transposeB) =>
    row(
      "matmul",
      { a: floats([2, 3, 4, 5]), b: floats(transposeB ? [7, 5] : [5, 7]) },
      ({ a, b }) => op.matmul(a!, b!, { transposeB, scale: 0.5 }),
      { title: `a weight shared by all rows${transposeB ? ", bᵀ" : ""}`, tolerance: 2e-6 },
    ),
  ),
  row(
    "matmul",
    { a: floats([3, 1, 2, 5]), b: floats([4, 5, 7]) },
    ({ a, b }) => op.matmul(a!, b!),
    { title: "both batches broadcast", tolerance: 2e-6 },
  ),
  row(
    "matmul",
    { a: floats([4, 5, 2]), b: floats([5, 7]) },
    ({ a, b }) => op.matmul(a!, b!, { transposeA: true }),
    { title: "aᵀ and a matrix", tolerance: 2e-6 },
  ),
  row(
    "matmul",
    { a: floats([3, 5]), b: floats([5, 7]) },
    ({ a, b }) => op.matmul(op.multiply(a!, 0.3), b!, { scale: 2 }),
    { title: "a factor that becomes the scale", tolerance: 2e-6 },
  ),
  ...[false, true].map((transposeB) =>
    row(
      "matmul",
      { a: floats([2, 3, 1, 5]), b: floats(transposeB ? [2, 3, 7, 5] : [2, 3, 5, 7]) },
      ({ a, b }) => op.matmul(a!, b!, { transposeB, scale: -0.7 }),
      { title: `one row and a scale${transposeB ? ", bᵀ" : ""}`, tolerance: 2e-6 },
    ),
  ),
  row(
    "matmul",
    { a: floats([2, 1, 5]), b: floats([5, 7]) },
    ({ a, b }) => op.matmul(a!, op.multiply(b!, 0.3)),
    { title: "one row and a scaled weight", tolerance: 2e-6 },
  ),
];

const attention: OperatorCase[] = [
  row("softmax", { x: floats([3, 2, 7]) }, ({ x }) => op.softmax(x!)),
  row(
    "softmax",
    { x: givenFloats([2, 3], [1000, 999, 0, -1e30, 1, 2]) },
    ({ x }) => op.softmax(x!),
    {
      title: "extreme scores",
      order: 0,
    },
  ),
  row("logSoftmax", { x: floats([3, 2, 7]) }, ({ x }) => op.logSoftmax(x!), { tolerance: 2e-6 }),
  row(
    "softmaxMatmul",
    { scores: floats([2, 3, 4, 5]), value: floats([2, 3, 5, 7]) },
    ({ scores, value }) => op.softmaxMatmul(scores!, value!).output,
    { tolerance: 2e-6 },
  ),
  row(
    "softmaxMatmul",
    { scores: floats([2, 4, 5]), value: floats([2, 5, 3]) },
    ({ scores, value }) => {
      const { output, weights } = op.softmaxMatmul(scores!, value!);
      return [output, weights];
    },
    { title: "and its weights", tolerance: 2e-6 },
  ),
  row(
    "softmaxMatmul",
    { scores: floats([2, 4, 5]), value: floats([2, 5, 3]) },
    ({ scores, value }) => op.softmaxMatmul(scores!, value!).weights,
    { title: "its weights alone" },
  ),
];

const norms: OperatorCase[] = [
  row(
    "layerNorm",
    { x: floats([2, 3, 7]), scale: floats([7]), bias: floats([7]) },
    ({ x, scale, bias }) => op.layerNorm(x!, scale!, bias!),
    { tolerance: 4e-6 },
  ),
  row(
    "layerNorm",
    { x: floats([5]), scale: floats([5]), bias: floats([5]) },
    ({ x, scale, bias }) => op.layerNorm(x!, scale!, bias!, 0.1),
    { title: "one row, a large epsilon", tolerance: 4e-6 },
  ),
  row(
    "rmsNorm",
    { x: floats([2, 3, 7]), scale: floats([7]) },
    ({ x, scale }) => op.rmsNorm(x!, scale!),
    { tolerance: 4e-6 },
  ),
  row(
    "rmsNorm",
    { x: floats([5]), scale: floats([5]) },
    ({ x, scale }) => op.rmsNorm(x!, scale!, 0.1),
    { title: "one row, a large epsilon", tolerance: 4e-6 },
  ),
  row(
    "crossEntropy",
    { logits: floats([5, 7]), targets: givenIntegers([5], [0, 6, 3, 3, 1]) },
    ({ logits, targets }) => op.crossEntropy(logits!, targets!),
    { tolerance: 2e-6 },
  ),
  row(
    "crossEntropy",
    { logits: floats([5, 7]), targets: givenIntegers([5], [0, 6, 3, 3, 1]) },
    ({ logits, targets }) => op.crossEntropy(logits!, targets!, { smoothing: 0.3 }),
    { title: "label smoothing", tolerance: 2e-6 },
  ),
];

/** Every case of this file. */
export const layerCases: readonly OperatorCase[] = [
  ...products,
  ...otherProducts,
  ...inverses,
  ...attention,
  ...norms,
];
