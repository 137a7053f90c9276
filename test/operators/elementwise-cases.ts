/**
 * Cases of element-wise operators.
 *
 * @module
 */
import * as op from "../../src/operators/index.ts";
import type { Tensor } from "../../src/tensor/tensor.ts";
import { flags, floats, givenFloats, givenIntegers, row, integers } from "./case.ts";
import type { Draw, Inputs, OperatorCase } from "./case.ts";

type Unary = (x: Tensor) => Tensor;
type Binary = (a: Tensor, b: Tensor) => Tensor;

const pointwise: OperatorCase[] = (
  [
    ["negate", op.negate, { from: -2 }],
    ["exp", op.exp, { from: -2 }],
    ["log", op.log, { from: 0.5 }],
    ["sin", op.sin, { from: -4, to: 4 }],
    ["cos", op.cos, { from: -4, to: 4 }],
    ["tanh", op.tanh, { from: -2 }],
    ["sqrt", op.sqrt, { from: 0.5 }],
    ["reciprocal", op.reciprocal, { from: 0.5 }],
    ["abs", op.abs, { away: 0 }],
    ["erf", op.erf, { from: -3, to: 3 }],
    ["sigmoid", op.sigmoid, { from: -6, to: 6 }],
    ["relu", op.relu, { away: 0 }],
    ["softplus", op.softplus, { from: -6, to: 6 }],
    ["logSigmoid", op.logSigmoid, { from: -6, to: 6 }],
    ["square", op.square, { from: -2 }],
    ["gelu", op.gelu, { from: -4, to: 4 }],
    ["geluTanh", op.geluTanh, { from: -3, to: 3 }],
    ["silu", op.silu, { from: -6, to: 6 }],
    ["leakyRelu", op.leakyRelu, { from: -4, to: 4, away: 0 }],
  ] as [string, Unary, { from?: number; to?: number; away?: number }][]
).map(([name, build, bounds]) => row(name, { x: floats([3, 5, 7], bounds) }, ({ x }) => build(x!)));

const steps: OperatorCase[] = (
  [
    ["sign", op.sign],
    ["floor", op.floor],
    ["ceil", op.ceil],
  ] as [string, Unary][]
).map(([name, build]) =>
  row(name, { x: givenFloats([7], [-2.5, -1, -0.25, 0, 0.75, 1, 3.5]) }, ({ x }) => build(x!), {
    order: 0,
  }),
);

const integerPair: Readonly<Record<string, Draw>> = {
  a: givenIntegers([5], [7, -7, 8, -9, 100]),
  b: givenIntegers([5], [2, 2, -3, -4, 7]),
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
  // Denominators between 1 and 2.
  const low = { from: -1, to: 1 };
  const high = { from: 1, to: 2 };
  return [
    row(name, { a: floats([3, 5], low), b: floats([3, 5], high) }, pair),
    row(name, { a: floats([2, 1, 5], low), b: floats([3, 1], high) }, pair, {
      title: "both broadcast",
    }),
    row(name, { a: floats([], low), b: floats([3, 5], high) }, pair, { title: "a scalar" }),
    row(name, integerPair, pair, { title: "int32", order: 0 }),
  ];
});

const extremes: OperatorCase[] = (
  [
    ["minimum", op.minimum],
    ["maximum", op.maximum],
  ] as [string, Binary][]
).flatMap(([name, build]) => {
  const pair = ({ a, b }: Inputs): Tensor => build(a!, b!);
  // Each operand is the larger somewhere, and the two differ by at least 0.1.
  const row3 = givenFloats([3, 1], [-0.5, 0.25, 1]);
  const row5 = givenFloats([2, 1, 5], [-0.7, 0.4, 1.3, 0, 2, 0.6, -2, 0.1, 0.8, -0.3]);
  return [
    row(name, { a: row3, b: row5 }, pair, { title: "both broadcast" }),
    row(name, { a: row5, b: givenFloats([], [0.5]) }, pair, { title: "a scalar" }),
    row(name, integerPair, pair, { title: "int32", order: 0 }),
  ];
});

// Elements on both sides of each bound, at a distance of at least 0.1.
const beside = givenFloats([2, 5], [-2, -0.7, -0.3, 0.1, 0.9, 1.4, 3, 0.4, -0.35, 1.1]);

const bounded: OperatorCase[] = [
  row("clamp", { x: beside }, ({ x }) => op.clamp(x!, { min: -0.5, max: 1.25 })),
  row("clamp", { x: beside }, ({ x }) => op.clamp(x!, { min: -0.5 }), { title: "from below" }),
  row("clamp", { x: beside }, ({ x }) => op.clamp(x!, { max: 1.25 }), { title: "from above" }),
];

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
    { title: "learned exponents", tolerance: 4e-6 },
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
    { a: givenIntegers([3, 1], [1, 2, 3]), b: givenIntegers([4], [0, 1, 2, 3]) },
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
    { x: integers([2, 3], -5, 5), b: flags([2, 3]) },
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
    { c: flags([3, 5]), a: integers([5], -9, 9), b: integers([3, 1], -9, 9) },
    ({ c, a, b }) => op.where(c!, a!, b!),
    { title: "int32", order: 0 },
  ),
];

/** Every case of this file. */
export const elementwiseCases: readonly OperatorCase[] = [
  ...pointwise,
  ...steps,
  ...arithmetic,
  ...extremes,
  ...bounded,
  ...knownFactors,
  ...logic,
  ...truth,
  ...casts,
  ...choices,
];
