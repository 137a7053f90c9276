import { describe, expect, test } from "vitest";
import { vectorJacobian } from "../../src/autodiff/gradients.ts";
import { keysByBlocks } from "../../src/encodings/parts/key-blocks.ts";
import { none } from "../../src/encodings/none.ts";
import type { EncodingContext, Positions } from "../../src/encodings/position-encoding.ts";
import { vectorsByDistance } from "../../src/encodings/parts/relative-terms.ts";
import type { DistanceTable } from "../../src/encodings/parts/relative-terms.ts";
import { add } from "../../src/operators/arithmetic.ts";
import { cast } from "../../src/operators/cast.ts";
import { gather } from "../../src/operators/indexing.ts";
import { mapBlocks } from "../../src/operators/map-blocks.ts";
import { transpose } from "../../src/operators/movement.ts";
import { sum } from "../../src/operators/reduction.ts";
import { slice } from "../../src/operators/slicing.ts";
import { constant, input } from "../../src/operators/source.ts";
import { random } from "../../src/random/random.ts";
import { compile } from "../../src/runtime/node.ts";
import { evaluate } from "../../src/tensor/evaluate.ts";
import type { Tensor, Value } from "../../src/tensor/tensor.ts";
import { sizes } from "./check.ts";
import { contextOf, positionsOf } from "./context.ts";

const [batch, heads, width, longest] = [1, 2, 3, 256];

/** Row distance + longest of `rows` [2 longest, heads, width]. */
const tableOf =
  (rows: Tensor): DistanceTable =>
  ({ tensor }) =>
    transpose(gather(rows, cast(add(tensor, longest), "int32")), [1, 0, 2]);

const keyShape = (length: number): number[] => [batch, heads, length, width];
const leavesOf = (length: number): { keys: Tensor; rows: Tensor } => ({
  keys: input("keys", keyShape(length)),
  rows: input("rows", [2 * longest, heads, width]),
});

function sampled(tensor: Tensor): Value {
  const shape = tensor.shape as number[];
  const size = shape.reduce((a, b) => a * b, 1);
  const name = tensor.node.attributes["name"] as string;
  return { shape, data: Float64Array.from(random(1, name).normalArray(size)) };
}

function close(found: readonly Value[], expected: readonly Value[]): void {
  found.forEach(({ data, shape }, at) => {
    expect(shape).toEqual(expected[at]!.shape);
    data.forEach((x, k) => expect(x).toBeCloseTo(expected[at]!.data[k]!, 11));
  });
}

const list = (first: number, length: number): number[] =>
  Array.from({ length }, (_, k) => first + k);

function contextFor(queries: Positions, keys: Positions): EncodingContext {
  return contextOf(none.create(sizes), queries, { causal: false, keys }).context;
}

/** First positions and lengths: keys in blocks of 16, of 16 where 32 does not part them, of 32. */
const places = [
  { query: [64, 64], key: [0, 128] },
  { query: [96, 128], key: [80, 144] },
  { query: [5, 128], key: [5, 256] },
] as const;

test.each(places)("queries $query, keys $key: as by pairs", ({ query, key }) => {
  const { keys, rows } = leavesOf(key[1]);
  const dy = input("dy", [batch, heads, query[1], key[1]]);
  const given = new Map([keys, rows, dy].map((leaf) => [leaf, sampled(leaf)]));
  const results = (known: "ordered" | "unknown"): Tensor[] => {
    const [queries, before] = [list(query[0], query[1]), list(key[0], key[1])];
    const context = contextFor(positionsOf(queries, known), positionsOf(before, known));
    const y =
      known === "ordered"
        ? keysByBlocks(keys, tableOf(rows), context)!
        : vectorsByDistance(keys, "key", tableOf(rows), context);
    return [y, ...(vectorJacobian([y], [dy], [keys, rows]) as Tensor[])];
  };
  close(evaluate(results("ordered"), given), evaluate(results("unknown"), given));
});

test("takes part only where keys part into blocks and outnumber queries", () => {
  const { keys, rows } = leavesOf(128);
  const parts = (first: number, length: number, known = true): boolean => {
    const queries = positionsOf(list(first, length), known ? "ordered" : "unknown");
    const context = contextFor(queries, positionsOf(list(0, 128), "ordered"));
    return keysByBlocks(keys, tableOf(rows), context) !== undefined;
  };
  expect(parts(64, 64)).toBe(true);
  expect(parts(0, 128)).toBe(false);
  expect(parts(96, 32)).toBe(false);
  expect(parts(68, 60)).toBe(false);
  expect(parts(64, 64, false)).toBe(false);
});

describe("in a map over blocks of queries, whose keys end with the block", () => {
  const length = 192;
  const size = 64;
  const { keys, rows } = leavesOf(length);
  const positions = constant([length], list(7, length), "int32");
  // Each block's matrix has its own width; summed over its keys, all are alike.
  const summed = (matrix: Tensor): Tensor => sum(matrix, { axes: [-1] });

  const [mapped] = mapBlocks({
    blocks: length / size,
    inputs: [
      { tensor: positions, kind: "sliced", axis: 0 },
      { tensor: positions, kind: "prefix", axis: 0 },
      { tensor: keys, kind: "prefix", axis: 2 },
      { tensor: rows, kind: "shared" },
    ],
    body([queries, before, prefix, shared]) {
      const context = contextFor(
        { tensor: queries!, consecutive: true },
        { tensor: before!, consecutive: true, lengthMultiple: size },
      );
      const split = keysByBlocks(prefix!, tableOf(shared!), context);
      expect(split?.shape.slice(0, 3)).toEqual([batch, heads, size]);
      return [{ tensor: summed(split!), kind: "stacked", axis: 2 }];
    },
  });
  const whole = list(0, length / size).map((block) => {
    const end = (block + 1) * size;
    const context = contextFor(
      positionsOf(list(7 + block * size, size), "unknown"),
      positionsOf(list(7, end), "unknown"),
    );
    return summed(vectorsByDistance(slice(keys, 2, 0, end), "key", tableOf(rows), context));
  });
  const cotangents = whole.map((part, at) => input(`dy ${at}`, part.shape));
  const cotangent = input("dy", mapped!.shape);
  const derived = vectorJacobian([mapped!], [cotangent], [keys, rows]) as Tensor[];
  const expectedDerived = vectorJacobian(whole, cotangents, [keys, rows]) as Tensor[];
  const dy = sampled(cotangent);
  const cut = (at: number): Value => ({
    shape: [batch, heads, size],
    data: Float64Array.from(
      list(0, batch * heads).flatMap((row) =>
        Array.from(dy.data.subarray(row * length + at * size, row * length + (at + 1) * size)),
      ),
    ),
  });
  const given = new Map([
    [keys, sampled(keys)],
    [rows, sampled(rows)],
    [cotangent, dy],
    ...cotangents.map((tensor, at): [Tensor, Value] => [tensor, cut(at)]),
  ]);

  test("value and gradients", () => {
    close(evaluate(derived, given), evaluate(expectedDerived, given));
    const parts = evaluate(whole, given);
    const [found] = evaluate([mapped!], given);
    found!.data.forEach((x, at) => {
      const [row, place] = [Math.floor(at / length), at % length];
      const part = parts[Math.floor(place / size)]!;
      expect(x).toBeCloseTo(part.data[row * size + (place % size)]!, 10);
    });
  });

  test("in the runtime", async () => {
    const results = [mapped!, ...derived];
    const program = await compile({
      inputs: [keys, rows, cotangent],
      outputs: Object.fromEntries(results.map((tensor, at) => [`result ${at}`, tensor])),
    });
    const host = (tensor: Tensor): { shape: readonly number[]; data: Float32Array } => {
      const { shape, data } = given.get(tensor)!;
      return { shape, data: Float32Array.from(data) };
    };
    const found = await program.run({ keys: host(keys), rows: host(rows), dy: host(cotangent) });
    await program.dispose();
    evaluate(results, given).forEach(({ data }, at) => {
      const largest = Math.max(...data.map(Math.abs));
      found[`result ${at}`]!.data.forEach((x, k) =>
        expect(Math.abs(x - data[k]!) / largest).toBeLessThan(2e-6),
      );
    });
  });
});
