/**
 * Numbers that choose entries of an axis: a device takes −1 as the last entry, float64 `evaluate` read the neighbouring
 * row. Both refuse them, the program before a run.
 */
import { describe, expect, test } from "vitest";
import { crossEntropy } from "../../src/operators/cross-entropy.ts";
import { indexLimits } from "../../src/operators/index-limits.ts";
import { gather, oneHot, scatterAdd, takeAlongAxis } from "../../src/operators/indexing.ts";
import { mapBlocks } from "../../src/operators/map-blocks.ts";
import { add, minimum } from "../../src/operators/arithmetic.ts";
import { reshape, transpose, unsqueeze } from "../../src/operators/movement.ts";
import { sum } from "../../src/operators/reduction.ts";
import { concat, slice } from "../../src/operators/slicing.ts";
import { constant, input } from "../../src/operators/source.ts";
import { compile } from "../../src/runtime/node.ts";
import { evaluate, valueOf } from "../../src/tensor/evaluate.ts";
import type { Tensor } from "../../src/tensor/tensor.ts";

const [rows, width] = [5, 3];
const ids = input("ids", [2, 2], "int32");
const table = constant(
  [rows, width],
  Array.from({ length: rows * width }, (_, at) => at / 7),
);
const logits = constant(
  [4, rows],
  Array.from({ length: 4 * rows }, (_, at) => Math.sin(at)),
);
const flat = reshape(ids, [4]);

const cases: readonly (readonly [name: string, output: Tensor])[] = [
  ["gather", gather(table, ids)],
  ["crossEntropy", crossEntropy(logits, flat)],
  ["takeAlongAxis", takeAlongAxis(logits, unsqueeze(flat, 1), 1)],
  ["scatterAdd", scatterAdd(ids, constant([2, 2], [1, 2, 3, 4]), rows, [])],
  ["oneHot", oneHot(ids, rows)],
  ["gather of ids in another order", gather(table, transpose(ids, [1, 0]))],
  ["gather of some ids", gather(table, slice(ids, 0, 0, 1))],
  ["gather of more ids", gather(table, concat([ids, constant([1, 2], [0, 1], "int32")], 0))],
  [
    "gather in the body of a map",
    mapBlocks({
      blocks: 2,
      inputs: [
        { tensor: ids, kind: "sliced", axis: 0 },
        { tensor: table, kind: "shared" },
      ],
      body: ([own, all]) => [{ tensor: gather(all!, own!), kind: "stacked", axis: 0 }],
    })[0]!,
  ],
];

/** The fault is among the ids that every case reads. */
const faulty = (wrong: number): Int32Array => Int32Array.of(0, wrong, 4, 1);

describe.each(cases)("%s", (_, output) => {
  test("refuses in float64 and before a run what is no index, by its number, place and bound", async () => {
    const program = await compile({ inputs: [ids], outputs: { output } }, { threads: 1 });
    for (const wrong of [-1, rows, rows + 200, -(2 ** 31), 2 ** 31 - 1]) {
      expect(() => evaluate([output], new Map([[ids, valueOf([2, 2], faulty(wrong))]]))).toThrow(
        new RegExp(`index ${wrong} is outside 0 … 4`),
      );
      await expect(program.run({ ids: { shape: [2, 2], data: faulty(wrong) } })).rejects.toThrow(
        new RegExp(
          `^run: input "ids" has ${wrong} at \\[0, 1\\], and .* chooses by it from 5 entries, whose numbers are 0 to 4`,
        ),
      );
    }
    await program.dispose();
  });

  test("gives the same numbers in both for ids at both ends", async () => {
    const program = await compile({ inputs: [ids], outputs: { output } }, { threads: 1 });
    const data = Int32Array.of(0, 4, 4, 1);
    const [expected] = evaluate([output], new Map([[ids, valueOf([2, 2], data)]]));
    const found = (await program.run({ ids: { shape: [2, 2], data } }))["output"]!;
    expected!.data.forEach((value, at) => expect(found.data[at]!).toBeCloseTo(value, 6));
    await program.dispose();
  });
});

test("float64 refuses half an index", () => {
  const given = new Map([[ids, valueOf([2, 2], [0, 0.5, 1, 1])]]);
  expect(() => evaluate([gather(table, ids)], given)).toThrow("index 0.5 is outside 0 … 4");
});

describe("limits of inputs", () => {
  test("the smallest axis counts; numbers that are changed on the way have none", () => {
    const short = constant([3, 1], [1, 2, 3]);
    const both = [gather(table, ids), gather(short, ids)];
    expect(indexLimits(both).get("ids")!.entries).toBe(3);
    expect(indexLimits([gather(short, minimum(ids, 2))]).size).toBe(0);
    expect(indexLimits([sum(gather(table, add(ids, 1)))]).size).toBe(0);
  });

  test("an axis whose size is a symbol still refuses numbers below 0", async () => {
    const words = input("words", ["rows", 2]);
    const program = await compile(
      { inputs: [words, ids], outputs: { found: gather(words, ids) } },
      { threads: 1 },
    );
    const feeds = { words: { shape: [7, 2], data: new Float32Array(14) } };
    await expect(
      program.run({ ...feeds, ids: { shape: [2, 2], data: faulty(-1) } }),
    ).rejects.toThrow('input "ids" has -1 at [0, 1]');
    await program.dispose();
  });
});

test("a bool input takes 0 and 1 alone", async () => {
  const mask = input("mask", [3], "bool");
  const program = await compile({ inputs: [mask], outputs: { same: reshape(mask, [3, 1]) } });
  await expect(program.run({ mask: { shape: [3], data: Uint8Array.of(1, 0, 2) } })).rejects.toThrow(
    'run: input "mask" has 2 at [2]; it is bool, whose numbers are 0 and 1.',
  );
  await program.dispose();
});
