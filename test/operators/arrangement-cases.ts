/**
 * Cases of operators that create, move, reduce and index elements.
 *
 * @module
 */
import * as op from "../../src/operators/index.ts";
import { distinctFloats, floats, givenFloats, givenIntegers, row, integers } from "./case.ts";
import type { OperatorCase } from "./case.ts";

const sources: OperatorCase[] = [
  row("input", { x: floats([2, 3]) }, ({ x }) => x!),
  row("constant", { x: floats([3]) }, ({ x }) =>
    op.multiply(x!, op.constant([2, 3], [1, -2, 3, 0.5, 7, 0.1])),
  ),
  row(
    "constant",
    { x: integers([3], 0, 5) },
    ({ x }) => op.add(x!, op.constant([3], [5, 6, -7], "int32")),
    {
      title: "int32",
      order: 0,
    },
  ),
  row("scalar", { x: floats([3]) }, ({ x }) => op.add(x!, op.scalar(0.1))),
  row("range", { x: integers([7], -5, 5) }, ({ x }) => op.add(x!, op.range(7)), { order: 0 }),
  row("fill", { x: floats([5]) }, ({ x }) => op.add(x!, op.fill([3, 5], -1.5))),
  row("fill", { x: integers([5], 0, 9) }, ({ x }) => op.add(x!, op.fill([3, 5], 4, "int32")), {
    title: "int32",
    order: 0,
  }),
];

const movement: OperatorCase[] = [
  row("reshape", { x: floats([2, 3, 5]) }, ({ x }) => op.reshape(x!, [5, 6])),
  row("reshape", { x: floats([1, 1]) }, ({ x }) => op.reshape(x!, []), { title: "to a scalar" }),
  row("flattenRows", { x: floats([2, 3, 5]) }, ({ x }) => op.flattenRows(x!)),
  row("transpose", { x: floats([2, 3, 5, 7]) }, ({ x }) => op.transpose(x!, [2, 0, 3, 1])),
  row("transpose", { x: integers([2, 3, 5], -9, 9) }, ({ x }) => op.transpose(x!, [2, 0, 1]), {
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
    { a: integers([2], 0, 9), b: integers([3], 0, 9) },
    ({ a, b }) => op.concat([a!, b!], 0),
    {
      title: "int32",
      order: 0,
    },
  ),
  row("slice", { x: floats([3, 7, 2]) }, ({ x }) => op.slice(x!, -2, 2, 4)),
  row("slice", { x: integers([3, 7], 0, 9) }, ({ x }) => op.slice(x!, 1, 3, 4), {
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
    ["max", op.max],
    ["min", op.min],
  ] as [string, typeof op.sum][]
).flatMap(([name, build]) => [
  row(name, { x: distinctFloats([3, 5, 2]) }, ({ x }) => build(x!), { title: "all axes" }),
  row(name, { x: distinctFloats([3, 5, 2]) }, ({ x }) => build(x!, { axes: [-2] })),
  row(name, { x: distinctFloats([3, 5, 2]) }, ({ x }) => build(x!, { axes: [0, -1], keep: true }), {
    title: "two axes, kept",
  }),
]);

const otherReductions: OperatorCase[] = [
  row("sum", { x: integers([3, 5], -9, 9) }, ({ x }) => op.sum(x!, { axes: [0] }), {
    title: "int32",
    order: 0,
  }),
  row("max", { x: integers([3, 5], -9, 9) }, ({ x }) => op.max(x!, { axes: [1] }), {
    title: "int32",
    order: 0,
  }),
  row("sumTo", { x: floats([2, 3, 5]) }, ({ x }) => op.sumTo(x!, [3, 1])),
  row("argmax", { x: distinctFloats([3, 5]) }, ({ x }) => op.argmax(x!), { order: 0 }),
  row("argmax", { x: givenFloats([2, 3], [1, 4, 4, 2, 2, 1]) }, ({ x }) => op.argmax(x!), {
    title: "equal elements",
    order: 0,
  }),
  row("topK", { x: distinctFloats([3, 7]) }, ({ x }) => [op.topK(x!, 3).values]),
  row("topK", { x: distinctFloats([2, 3, 5]) }, ({ x }) => [op.topK(x!, 5).indices], {
    title: "indices of all",
    order: 0,
  }),
  row(
    "topK",
    { x: givenFloats([2, 4], [4, 1, 4, 4, 2, 2, 1, 2]) },
    ({ x }) => [op.topK(x!, 2).indices],
    { title: "equal elements", order: 0 },
  ),
  ...[false, true].flatMap((exclusive) =>
    [false, true].map((reverse) =>
      row(
        "cumsum",
        { x: floats([3, 5, 2]) },
        ({ x }) => op.cumsum(x!, reverse ? -2 : 2, { exclusive, reverse }),
        { title: `${exclusive ? "exclusive" : "inclusive"}${reverse ? ", reverse" : ""}` },
      ),
    ),
  ),
  ...[false, true].map((reverse) =>
    row("cumsum", { x: floats([2, 3, 96]) }, ({ x }) => op.cumsum(x!, -1, { reverse }), {
      title: `in blocks${reverse ? ", reverse" : ""}`,
      tolerance: 3e-6,
    }),
  ),
];

// One row of the table has two indices and one has none: updates of repeated indices must be summed.
const rowsOfTable = givenIntegers([2, 3], [4, 0, 4, 2, 4, 1]);

const indexing: OperatorCase[] = [
  row("gather", { table: floats([6, 3]), indices: rowsOfTable }, ({ table, indices }) =>
    op.gather(table!, indices!),
  ),
  row(
    "gather",
    { table: integers([6], -9, 9), indices: rowsOfTable },
    ({ table, indices }) => op.gather(table!, indices!),
    { title: "a table of int32 scalars", order: 0 },
  ),
  row("scatterAdd", { indices: rowsOfTable, updates: floats([2, 3, 5]) }, ({ indices, updates }) =>
    op.scatterAdd(indices!, updates!, 6, [5]),
  ),
  row(
    "scatterAdd",
    { indices: rowsOfTable, updates: floats([2, 3]) },
    ({ indices, updates }) => op.scatterAdd(indices!, updates!, 6, []),
    { title: "a table of scalars" },
  ),
  row(
    "scatterAdd",
    { indices: givenIntegers([5], [700, 3, 700, 0, 699]), updates: floats([5, 3]) },
    ({ indices, updates }) => op.scatterAdd(indices!, updates!, 701, [3]),
    { title: "a long table" },
  ),
  row(
    "takeAlongAxis",
    { x: floats([2, 5, 3]), indices: integers([2, 7, 3], 0, 5) },
    ({ x, indices }) => op.takeAlongAxis(x!, indices!, -2),
    { title: "a middle axis, repeated" },
  ),
  row("takeAlongAxis", { x: floats([3, 5]), indices: integers([3, 4], 0, 5) }, ({ x, indices }) =>
    op.takeAlongAxis(x!, indices!, 1),
  ),
  row(
    "scatterAddAlong",
    { x: floats([2, 5, 3]), indices: integers([2, 7, 3], 0, 5), updates: floats([2, 7, 3]) },
    ({ x, indices, updates }) => op.scatterAddAlong(x!, indices!, updates!, 1),
    { title: "repeated indices" },
  ),
  row("oneHot", { indices: integers([2, 3], 0, 5) }, ({ indices }) => op.oneHot(indices!, 5), {
    order: 0,
  }),
];

/** Every case of this file. */
export const arrangementCases: readonly OperatorCase[] = [
  ...sources,
  ...movement,
  ...pieces,
  ...reductions,
  ...otherReductions,
  ...indexing,
];
