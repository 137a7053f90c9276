/**
 * One model with named sizes serves every length.
 */
import { expect, test } from "vitest";
import * as op from "../../src/operators/index.ts";
import { compile } from "../../src/runtime/node.ts";
import { evaluate } from "../../src/tensor/evaluate.ts";
import { addDimensions, multiplyDimensions } from "../../src/tensor/dimension.ts";
import type { Tensor } from "../../src/tensor/tensor.ts";
import { generator } from "../operators/case.ts";

const past = op.input("past", ["batch", "past", 3]);
const fresh = op.input("fresh", ["batch", "length", 3]);
const table = op.input("table", ["rows", 3]);
const wide = op.input("wide", ["batch", 4, 6]);

const key = op.concat([past, fresh], 1);
const total = addDimensions("past", "length");
const flatRows = op.flattenRows(key);
const picked = op.cast(op.mean(op.cast(op.range("length"), "float32")), "int32");
const graph: Record<string, Tensor> = {
  key,
  range: op.range(total),
  filled: op.fill(["length", 2, "past"], 1.5),
  reshaped: op.reshape(key, [multiplyDimensions("batch", total), 1, 3]),
  flat: op.softmax(flatRows),
  scores: op.softmax(op.matmul(fresh, key, { transposeB: true, scale: 0.5 })),
  expanded: op.expand(op.unsqueeze(fresh, 1), ["batch", 2, "length", 3]),
  tail: op.slice(key, 1, "past", "length"),
  padded: op.pad(fresh, -2, "past", 1),
  scattered: op.scatterAdd(op.range("length"), op.sum(fresh, { axes: [0] }), "rows", [3]),
  gathered: op.gather(table, op.unsqueeze(picked, 0)),
  blocks: op.mapBlocks({
    blocks: 2,
    inputs: [
      { tensor: wide, kind: "sliced", axis: 1 },
      { tensor: wide, kind: "prefix", axis: 2 },
      { tensor: fresh, kind: "shared" },
    ],
    body: ([rows, prefix, whole]) => [
      {
        tensor: op.matmul(op.expand(op.mean(rows!), ["batch", 1, 4]), prefix!),
        kind: "prefixSummed",
        axis: 2,
        size: 6,
      },
      { tensor: op.multiply(whole!, op.mean(prefix!)), kind: "summed" },
    ],
  })[0]!,
};

test.each([
  { batch: 2, past: 3, length: 4, rows: 9 },
  { batch: 1, past: 5, length: 1, rows: 7 },
])("batch $batch, past $past, length $length", async ({ batch, past: old, length, rows }) => {
  const random = generator(batch + old);
  const feed = (shape: readonly number[]) => ({
    shape,
    data: Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => random() - 0.5),
  });
  const feeds = {
    past: feed([batch, old, 3]),
    fresh: feed([batch, length, 3]),
    table: feed([rows, 3]),
    wide: feed([batch, 4, 6]),
  };
  const inputs = [past, fresh, table, wide];
  const program = await compile({ inputs, outputs: graph }, { threads: 1 });
  const received = await program.run(feeds);
  await program.dispose();
  const expected = evaluate(
    Object.values(graph),
    new Map(
      Object.values(feeds).map(({ shape, data }, at) => [
        inputs[at]!,
        { shape, data: Float64Array.from(data) },
      ]),
    ),
  );
  Object.keys(graph).forEach((name, at) => {
    expect(received[name]!.shape, name).toEqual(expected[at]!.shape);
    expected[at]!.data.forEach((value, k) =>
      expect(received[name]!.data[k], `${name} ${k}`).toBeCloseTo(value, 5),
    );
  });
});
