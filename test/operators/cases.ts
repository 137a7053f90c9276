/**
 * The table of operator cases: every operator, in odd shapes, with broadcasting and on every axis kind.
 *
 * Adding an operator = its file, its line in `src/operators/index.ts`, a row here; gradients to second
 * order, sign-flip detection, ONNX Runtime and WebGPU tests follow from the row.
 *
 * @module
 */
import * as op from "../../src/operators/index.ts";
import type { Tensor } from "../../src/tensor/tensor.ts";
import { distinctFloats, flags, floats, givenFloats, givenWholes, wholes } from "./case.ts";
import type { CaseInputs, OperatorCase } from "./case.ts";
import { blockCases } from "./block-cases.ts";

type Inputs = Readonly<Record<string, Tensor>>;

interface Settings {
  readonly title?: string;
  readonly order?: 0 | 2;
  readonly tolerance?: number;
}

function row(
  operator: string,
  inputs: CaseInputs,
  build: (inputs: Inputs) => Tensor | readonly Tensor[],
  { title, order = 2, tolerance = 1e-6 }: Settings = {},
): OperatorCase {
  return {
    name: title === undefined ? operator : `${operator}, ${title}`,
    operator,
    inputs,
    build(named) {
      const built = build(named);
      return Array.isArray(built) ? (built as readonly Tensor[]) : [built as Tensor];
    },
    order,
    tolerance,
  };
}

type Unary = (x: Tensor) => Tensor;
type Binary = (a: Tensor, b: Tensor) => Tensor;

const pointwise: OperatorCase[] = (
  [
    ["negate", op.negate, { from: -2 }],
    ["exponential", op.exponential, { from: -2 }],
    ["naturalLog", op.naturalLog, { from: 0.5 }],
    ["sine", op.sine, { from: -4, to: 4 }],
    ["cosine", op.cosine, { from: -4, to: 4 }],
    ["hyperbolicTangent", op.hyperbolicTangent, { from: -2 }],
    ["squareRoot", op.squareRoot, { from: 0.5 }],
    ["reciprocal", op.reciprocal, { from: 0.5 }],
    ["absolute", op.absolute, { away: 0 }],
    ["gaussError", op.gaussError, { from: -3, to: 3 }],
    ["sigmoid", op.sigmoid, { from: -6, to: 6 }],
    ["relu", op.relu, { away: 0 }],
    ["softplus", op.softplus, { from: -6, to: 6 }],
    ["logSigmoid", op.logSigmoid, { from: -6, to: 6 }],
    ["square", op.square, { from: -2 }],
    ["gelu", op.gelu, { from: -4, to: 4 }],
    ["geluTanh", op.geluTanh, { from: -4, to: 4 }],
    ["silu", op.silu, { from: -6, to: 6 }],
  ] as [string, Unary, { from?: number; to?: number; away?: number }][]
).map(([name, build, bounds]) => row(name, { x: floats([3, 5, 7], bounds) }, ({ x }) => build(x!)));

const steps: OperatorCase[] = (
  [
    ["sign", op.sign],
    ["floor", op.floor],
    ["ceiling", op.ceiling],
  ] as [string, Unary][]
).map(([name, build]) =>
  row(name, { x: givenFloats([7], [-2.5, -1, -0.25, 0, 0.75, 1, 3.5]) }, ({ x }) => build(x!), {
    order: 0,
  }),
);

const wholePair: CaseInputs = {
  a: givenWholes([5], [7, -7, 8, -9, 100]),
  b: givenWholes([5], [2, 2, -3, -4, 7]),
};

const arithmetic: OperatorCase[] = (
  [
    ["add", op.add],
    ["subtract", op.subtract],
    ["multiply", op.multiply],
    ["divide", op.divide],
  ] as [string, Binary][]
).flatMap(([name, build]) => {
  const pair = ({ a, b }: Inputs): Tensor => build(a!, b!);
  // Denominators away from 0.
  const low = { from: -1, to: 1 };
  const high = { from: 1, to: 2 };
  return [
    row(name, { a: floats([3, 5], low), b: floats([3, 5], high) }, pair),
    row(name, { a: floats([2, 1, 5], low), b: floats([3, 1], high) }, pair, {
      title: "both broadcast",
    }),
    row(name, { a: floats([], low), b: floats([3, 5], high) }, pair, { title: "a scalar" }),
    row(name, wholePair, pair, { title: "int32", order: 0 }),
  ];
});

const extremes: OperatorCase[] = (
  [
    ["minimum", op.minimum],
    ["maximum", op.maximum],
  ] as [string, Binary][]
).flatMap(([name, build]) => {
  const pair = ({ a, b }: Inputs): Tensor => build(a!, b!);
  // Each side wins somewhere, and never by less than 0.1.
  const row3 = givenFloats([3, 1], [-0.5, 0.25, 1]);
  const row5 = givenFloats([2, 1, 5], [-0.7, 0.4, 1.3, 0, 2, 0.6, -2, 0.1, 0.8, -0.3]);
  return [
    row(name, { a: row3, b: row5 }, pair, { title: "both broadcast" }),
    row(name, { a: row5, b: givenFloats([], [0.5]) }, pair, { title: "a scalar" }),
    row(name, wholePair, pair, { title: "int32", order: 0 }),
  ];
});

const knownFactors: OperatorCase[] = [
  row("multiply", { x: floats([3, 5]) }, ({ x }) => op.multiply(x!, 0.75), { title: "a number" }),
  row("multiply", { x: floats([3, 1]) }, ({ x }) => op.multiply(op.fill([3, 5], 3), x!), {
    title: "a filled tensor that broadcasts",
  }),
  row("minimum", { x: floats([3, 5], { away: 0.5 }) }, ({ x }) => op.minimum(x!, 0.5), {
    title: "a number",
  }),
  row("maximum", { x: floats([3, 5], { away: 0.5 }) }, ({ x }) => op.maximum(0.5, x!), {
    title: "a number",
  }),
  row(
    "power",
    { a: floats([3, 5], { from: 0.5 }), b: floats([5], { from: -1, to: 3 }) },
    ({ a, b }) => op.power(a!, b!),
    { title: "learnt exponents", tolerance: 4e-6 },
  ),
  row("power", { a: floats([7]) }, ({ a }) => op.power(a!, 2), { title: "squares" }),
  row("power", { a: floats([7]) }, ({ a }) => op.power(a!, 3), { title: "cubes" }),
];

const logic: OperatorCase[] = (
  [
    ["less", op.less],
    ["greater", op.greater],
    ["lessOrEqual", op.lessOrEqual],
    ["greaterOrEqual", op.greaterOrEqual],
    ["equal", op.equal],
  ] as [string, Binary][]
).flatMap(([name, build]) => [
  row(
    name,
    { a: givenWholes([3, 1], [1, 2, 3]), b: givenWholes([4], [0, 1, 2, 3]) },
    ({ a, b }) => build(a!, b!),
    { title: "int32, both broadcast", order: 0 },
  ),
  row(
    name,
    { a: givenFloats([5], [0.5, 1, 1.5, -2, 3]), b: givenFloats([5], [1, 1, 1, -2, 2.5]) },
    ({ a, b }) => build(a!, b!),
    { order: 0 },
  ),
]);

const truth: OperatorCase[] = [
  row("and", { a: flags([3, 5]), b: flags([5]) }, ({ a, b }) => op.and(a!, b!), { order: 0 }),
  row("or", { a: flags([3, 5]), b: flags([3, 1]) }, ({ a, b }) => op.or(a!, b!), { order: 0 }),
  row("not", { x: flags([3, 5]) }, ({ x }) => op.not(x!), { order: 0 }),
];

const casts: OperatorCase[] = [
  row(
    "cast",
    { x: givenFloats([6], [-2.75, -1, -0.5, 0, 0.5, 2.75]) },
    ({ x }) => [op.cast(x!, "int32"), op.cast(x!, "bool")],
    { title: "float32 to int32 and bool", order: 0 },
  ),
  row(
    "cast",
    { x: wholes([2, 3], -5, 5), b: flags([2, 3]) },
    ({ x, b }) => [op.cast(x!, "float32"), op.cast(x!, "bool"), op.cast(b!, "int32")],
    { title: "from int32 and bool", order: 0 },
  ),
];

const choices: OperatorCase[] = [
  row("where", { c: flags([3, 5]), a: floats([3, 5]), b: floats([3, 5]) }, ({ c, a, b }) =>
    op.where(c!, a!, b!),
  ),
  row(
    "where",
    { c: flags([5]), a: floats([3, 1]), b: floats([2, 1, 1]) },
    ({ c, a, b }) => op.where(c!, a!, b!),
    { title: "all three broadcast" },
  ),
  row(
    "where",
    { c: flags([3, 5]), a: wholes([5], -9, 9), b: wholes([3, 1], -9, 9) },
    ({ c, a, b }) => op.where(c!, a!, b!),
    { title: "int32", order: 0 },
  ),
];

const sources: OperatorCase[] = [
  row("input", { x: floats([2, 3]) }, ({ x }) => x!),
  row("constant", { x: floats([3]) }, ({ x }) =>
    op.multiply(x!, op.constant([2, 3], [1, -2, 3, 0.5, 7, 0.1])),
  ),
  row(
    "constant",
    { x: wholes([3], 0, 5) },
    ({ x }) => op.add(x!, op.constant([3], [5, 6, -7], "int32")),
    {
      title: "int32",
      order: 0,
    },
  ),
  row("scalar", { x: floats([3]) }, ({ x }) => op.add(x!, op.scalar(0.1))),
  row("range", { x: wholes([7], -5, 5) }, ({ x }) => op.add(x!, op.range(7)), { order: 0 }),
  row("fill", { x: floats([5]) }, ({ x }) => op.add(x!, op.fill([3, 5], -1.5))),
  row("fill", { x: wholes([5], 0, 9) }, ({ x }) => op.add(x!, op.fill([3, 5], 4, "int32")), {
    title: "int32",
    order: 0,
  }),
];

const movement: OperatorCase[] = [
  row("reshape", { x: floats([2, 3, 5]) }, ({ x }) => op.reshape(x!, [5, 6])),
  row("reshape", { x: floats([1, 1]) }, ({ x }) => op.reshape(x!, []), { title: "to a scalar" }),
  row("flattenRows", { x: floats([2, 3, 5]) }, ({ x }) => op.flattenRows(x!)),
  row("transpose", { x: floats([2, 3, 5, 7]) }, ({ x }) => op.transpose(x!, [2, 0, 3, 1])),
  row("transpose", { x: wholes([2, 3, 5], -9, 9) }, ({ x }) => op.transpose(x!, [2, 0, 1]), {
    title: "int32",
    order: 0,
  }),
  row("transposeLast", { x: floats([2, 3, 5]) }, ({ x }) => op.transposeLast(x!)),
  row("expand", { x: floats([3, 1, 5]) }, ({ x }) => op.expand(x!, [2, 3, 7, 5])),
  row("unsqueeze", { x: floats([3, 5]) }, ({ x }) => [op.unsqueeze(x!, -1), op.unsqueeze(x!, 1)]),
];

const pieces: OperatorCase[] = [
  row(
    "concat",
    { a: floats([2, 3, 5]), b: floats([2, 1, 5]), c: floats([2, 4, 5]) },
    ({ a, b, c }) => op.concat([a!, b!, c!], -2),
  ),
  row(
    "concat",
    { a: wholes([2], 0, 9), b: wholes([3], 0, 9) },
    ({ a, b }) => op.concat([a!, b!], 0),
    {
      title: "int32",
      order: 0,
    },
  ),
  row("slice", { x: floats([3, 7, 2]) }, ({ x }) => op.slice(x!, -2, 2, 4)),
  row("slice", { x: wholes([3, 7], 0, 9) }, ({ x }) => op.slice(x!, 1, 3, 4), {
    title: "int32",
    order: 0,
  }),
  row("split", { x: floats([2, 9]) }, ({ x }) => op.split(x!, -1, 3)),
  row("pad", { x: floats([3, 5]) }, ({ x }) => op.pad(x!, 1, 2, 3)),
  row("pad", { x: floats([3, 5]) }, ({ x }) => op.pad(x!, -2, 0, 1), { title: "one end" }),
];

const reductions: OperatorCase[] = (
  [
    ["sum", op.sum],
    ["mean", op.mean],
    ["maximumOver", op.maximumOver],
    ["minimumOver", op.minimumOver],
  ] as [string, typeof op.sum][]
).flatMap(([name, build]) => [
  row(name, { x: distinctFloats([3, 5, 2]) }, ({ x }) => build(x!), { title: "all axes" }),
  row(name, { x: distinctFloats([3, 5, 2]) }, ({ x }) => build(x!, { axes: [-2] })),
  row(name, { x: distinctFloats([3, 5, 2]) }, ({ x }) => build(x!, { axes: [0, -1], keep: true }), {
    title: "two axes, kept",
  }),
]);

const otherReductions: OperatorCase[] = [
  row("sum", { x: wholes([3, 5], -9, 9) }, ({ x }) => op.sum(x!, { axes: [0] }), {
    title: "int32",
    order: 0,
  }),
  row("maximumOver", { x: wholes([3, 5], -9, 9) }, ({ x }) => op.maximumOver(x!, { axes: [1] }), {
    title: "int32",
    order: 0,
  }),
  row("sumTo", { x: floats([2, 3, 5]) }, ({ x }) => op.sumTo(x!, [3, 1])),
  row("argmax", { x: distinctFloats([3, 5]) }, ({ x }) => op.argmax(x!), { order: 0 }),
  row("argmax", { x: givenFloats([2, 3], [1, 4, 4, 2, 2, 1]) }, ({ x }) => op.argmax(x!), {
    title: "ties go to the first",
    order: 0,
  }),
  ...[false, true].flatMap((exclusive) =>
    [false, true].map((reverse) =>
      row(
        "cumulativeSum",
        { x: floats([3, 5, 2]) },
        ({ x }) => op.cumulativeSum(x!, reverse ? -2 : 2, { exclusive, reverse }),
        { title: `${exclusive ? "exclusive" : "inclusive"}${reverse ? ", reverse" : ""}` },
      ),
    ),
  ),
];

// One table row is named twice and one never: repeated indices must add up.
const rowsOfTable = givenWholes([2, 3], [4, 0, 4, 2, 4, 1]);

const indexing: OperatorCase[] = [
  row("gather", { table: floats([6, 3]), indices: rowsOfTable }, ({ table, indices }) =>
    op.gather(table!, indices!),
  ),
  row(
    "gather",
    { table: wholes([6], -9, 9), indices: rowsOfTable },
    ({ table, indices }) => op.gather(table!, indices!),
    { title: "int32 rows of no width", order: 0 },
  ),
  row("scatterAdd", { indices: rowsOfTable, updates: floats([2, 3, 5]) }, ({ indices, updates }) =>
    op.scatterAdd(indices!, updates!, 6, [5]),
  ),
  row(
    "scatterAdd",
    { indices: rowsOfTable, updates: floats([2, 3]) },
    ({ indices, updates }) => op.scatterAdd(indices!, updates!, 6, []),
    { title: "rows of no width" },
  ),
  row(
    "scatterAdd",
    { indices: givenWholes([5], [700, 3, 700, 0, 699]), updates: floats([5, 3]) },
    ({ indices, updates }) => op.scatterAdd(indices!, updates!, 701, [3]),
    { title: "a long table" },
  ),
  row(
    "takeAlong",
    { x: floats([2, 5, 3]), indices: wholes([2, 7, 3], 0, 5) },
    ({ x, indices }) => op.takeAlong(x!, indices!, -2),
    { title: "a middle axis, repeated" },
  ),
  row("takeAlong", { x: floats([3, 5]), indices: wholes([3, 4], 0, 5) }, ({ x, indices }) =>
    op.takeAlong(x!, indices!, 1),
  ),
  row(
    "addAlong",
    { x: floats([2, 5, 3]), indices: wholes([2, 7, 3], 0, 5), updates: floats([2, 7, 3]) },
    ({ x, indices, updates }) => op.addAlong(x!, indices!, updates!, 1),
    { title: "repeated indices" },
  ),
  row("oneHot", { indices: wholes([2, 3], 0, 5) }, ({ indices }) => op.oneHot(indices!, 5), {
    order: 0,
  }),
];

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
    { title: "a factor absorbed", tolerance: 2e-6 },
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
    { logits: floats([5, 7]), targets: givenWholes([5], [0, 6, 3, 3, 1]) },
    ({ logits, targets }) => op.crossEntropy(logits!, targets!),
    { tolerance: 2e-6 },
  ),
];

/** Every case. */
export const operatorCases: readonly OperatorCase[] = [
  ...pointwise,
  ...steps,
  ...arithmetic,
  ...extremes,
  ...knownFactors,
  ...logic,
  ...truth,
  ...casts,
  ...choices,
  ...sources,
  ...movement,
  ...pieces,
  ...reductions,
  ...otherReductions,
  ...indexing,
  ...products,
  ...otherProducts,
  ...attention,
  ...norms,
  ...blockCases,
];
