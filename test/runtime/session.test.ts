import { describe, expect, test } from "vitest";
import { add, divide, multiply } from "../../src/operators/arithmetic.ts";
import { gather } from "../../src/operators/indexing.ts";
import { matmul } from "../../src/operators/matmul.ts";
import { sum } from "../../src/operators/reduction.ts";
import { constant, input } from "../../src/operators/source.ts";
import { compile } from "../../src/runtime/node.ts";
import { RunFailure } from "../../src/runtime/session.ts";
import type { HostTensor, Program } from "../../src/runtime/session.ts";
import { ShapeError } from "../../src/tensor/shape.ts";
import { countingRuntime } from "./counting-runtime.ts";

const vector = (...values: number[]): HostTensor => ({
  shape: [values.length],
  data: Float32Array.from(values),
});

/** `total ← total + x`, `count ← count + 1`; gives the mean of all x, and what total was before. */
async function running(): Promise<Program> {
  const [x, total, count] = [input("x", [2]), input("total", [2]), input("count", [])];
  const [next, more] = [add(total, x), add(count, 1)];
  return await compile({
    inputs: [x],
    outputs: { mean: divide(next, more), before: multiply(total, 1) },
    state: {
      total: { current: total, next, initial: Float32Array.of(10, 20) },
      count: { current: count, next: more, initial: Float32Array.of(0) },
    },
  });
}

describe("state", () => {
  test("moves on with each run, and is read without being handed out", async () => {
    const program = await running();
    const first = await program.run({ x: vector(1, 2) });
    expect([...first["before"]!.data]).toEqual([10, 20]);
    expect([...first["mean"]!.data]).toEqual([11, 22]);
    const second = await program.run({ x: vector(1, 2) });
    expect([...second["before"]!.data]).toEqual([11, 22]);
    expect([...second["mean"]!.data]).toEqual([6, 12]);
    // What the first run returned is not overwritten by the second.
    expect([...first["before"]!.data]).toEqual([10, 20]);

    const copy = await program.readState("total");
    expect([...copy]).toEqual([12, 24]);
    copy.fill(0);
    expect([...(await program.readState("total"))]).toEqual([12, 24]);
    expect([...(await program.readState("count"))]).toEqual([2]);
    await program.dispose();
  });

  test("can be taken back by one run", async () => {
    const program = await running();
    await program.run({ x: vector(1, 2) });
    await program.run({ x: vector(100, 100) });
    program.rollback();
    expect([...(await program.readState("total"))]).toEqual([11, 22]);
    expect([...(await program.readState("count"))]).toEqual([1]);
    const again = await program.run({ x: vector(1, 2) });
    expect([...again["mean"]!.data]).toEqual([6, 12]);
    await program.dispose();
  });

  test("can be written, and keeps no hold of the array", async () => {
    const program = await running();
    await program.run({ x: vector(1, 1) });
    const given = Float32Array.of(3, 4);
    program.writeState("total", given);
    given.fill(99);
    const { before } = await program.run({ x: vector(0, 0) });
    expect([...before!.data]).toEqual([3, 4]);
    program.rollback();
    expect([...(await program.readState("total"))]).toEqual([3, 4]);
    await program.dispose();
  });

  test("does not change the initial values it was given, nor another program's", async () => {
    const [x, total] = [input("x", [1]), input("total", [1])];
    const initial = Float32Array.of(5);
    const graph = {
      inputs: [x],
      outputs: {},
      state: { total: { current: total, next: add(total, x), initial } },
    };
    const [a, b] = [await compile(graph), await compile(graph)];
    for (let run = 0; run < 4; run++) await a.run({ x: vector(1) });
    expect(initial[0]).toBe(5);
    expect([...(await a.readState("total"))]).toEqual([9]);
    expect([...(await b.readState("total"))]).toEqual([5]);
    await a.dispose();
    await b.dispose();
  });

  test("of an unknown name or a wrong size is refused", async () => {
    const program = await running();
    await expect(program.readState("totl")).rejects.toThrow(
      'state "totl" is unknown; known: total, count.',
    );
    expect(() => program.writeState("total", new Float32Array(3))).toThrow(
      'state "total" is [2], got 3 values. Check the checkpoint.',
    );
    await program.dispose();
  });

  test("needs a size in numbers", async () => {
    const [total] = [input("total", ["batch"])];
    const state = { total: { current: total, next: add(total, 1), initial: new Float32Array(2) } };
    await expect(compile({ inputs: [], outputs: {}, state })).rejects.toThrow(
      'has the symbol "batch"; replaced state needs numbers',
    );
  });
});

describe("feeds that do not fit", () => {
  const table = async (): Promise<Program> => {
    const [x, ids] = [input("x", [4, "width"]), input("ids", [2], "int32")];
    return await compile({ inputs: [x, ids], outputs: { rows: gather(x, ids) } });
  };
  const x: HostTensor = { shape: [4, 3], data: new Float32Array(12).map((_, at) => at) };
  const ids: HostTensor = { shape: [2], data: Int32Array.of(3, 0) };

  test("but these do", async () => {
    const program = await table();
    const { rows } = await program.run({ x, ids });
    expect(rows!.shape).toEqual([2, 3]);
    expect([...rows!.data]).toEqual([9, 10, 11, 0, 1, 2]);
    await program.dispose();
  });

  test.each<[string, Record<string, HostTensor>, string]>([
    ["missing", { x }, 'run: input "ids" (int32 [2]) is missing; given: x.'],
    [
      "of another type",
      { x, ids: { shape: [2], data: Float32Array.of(3, 0) } },
      'run: input "ids" takes int32 [2], got Float32Array of 2 as [2].',
    ],
    [
      "of another shape",
      { x, ids: { shape: [3], data: Int32Array.of(1, 2, 3) } },
      'run: input "ids" takes int32 [2], got Int32Array of 3 as [3].',
    ],
    [
      "of another rank",
      { x: { shape: [12], data: new Float32Array(12) }, ids },
      'run: input "x" takes float32 [4, width], got Float32Array of 12 as [12].',
    ],
    [
      "with too few values",
      { x: { shape: [4, 3], data: new Float32Array(11) }, ids },
      'run: input "x" takes float32 [4, width], got Float32Array of 11 as [4, 3].',
    ],
  ])("%s: the message says what was given and what is taken", async (_, feeds, message) => {
    const program = await table();
    await expect(program.run(feeds)).rejects.toThrow(new ShapeError(message));
    // And the program still works.
    expect((await program.run({ x, ids }))["rows"]!.shape).toEqual([2, 3]);
    await program.dispose();
  });

  test("what the runtime itself refuses is a RunFailure with its cause", async () => {
    // An index that the graph computes is not known before the run.
    const [rows, chosen] = [input("x", [4, 3]), input("ids", [2], "int32")];
    const found = gather(rows, add(chosen, 6));
    const program = await compile({ inputs: [rows, chosen], outputs: { found } });
    const outside: HostTensor = { shape: [2], data: Int32Array.of(-5, 3) };
    const failure: unknown = await program.run({ x, ids: outside }).catch((e: unknown) => e);
    expect(failure).toBeInstanceOf(RunFailure);
    expect((failure as RunFailure).message).toMatch(/^runtime: the run failed on cpu: .*9/s);
    expect((failure as RunFailure).cause).toBeInstanceOf(Error);
    await program.dispose();
  });
});

describe("symbols", () => {
  test("one session serves several lengths", async () => {
    const x = input("x", ["length", 2]);
    const weight = constant([2, 1], [1, 10]);
    const program = await compile({
      inputs: [x],
      outputs: { y: matmul(x, weight), total: sum(x) },
    });
    for (const length of [1, 5, 2, 300, 1]) {
      const data = Float32Array.from({ length: 2 * length }, (_, at) => at % 7);
      const { y, total } = await program.run({ x: { shape: [length, 2], data } });
      expect(y!.shape).toEqual([length, 1]);
      expect([...y!.data]).toEqual(
        Array.from({ length }, (_, row) => data[2 * row]! + 10 * data[2 * row + 1]!),
      );
      expect(total!.data[0]).toBe(data.reduce((a, b) => a + b, 0));
    }
    await program.dispose();
  });

  test("one symbol has one size in a run", async () => {
    const [a, b] = [input("a", ["length"]), input("b", ["length"])];
    const program = await compile({ inputs: [a, b], outputs: { c: add(a, b) } });
    expect([...(await program.run({ a: vector(1, 2), b: vector(3, 4) }))["c"]!.data]).toEqual([
      4, 6,
    ]);
    for (const other of [vector(3, 4, 5), vector(3)])
      await expect(program.run({ a: vector(1, 2), b: other })).rejects.toThrow(
        /"b" is declared \[length\].*"length" is 2 in an earlier input/,
      );
    await program.dispose();
  });
});

test("a program may leave the memory of a run to others, with the same results", async () => {
  const { compile: counting, sessions } = countingRuntime();
  const x = input("x", [2], "float32");
  const results = await Promise.all(
    [true, false].map(async (keepsMemory) => {
      const graph = { inputs: [x], outputs: { y: add(x, 1) }, keepsMemory };
      const program = await counting(graph);
      const { y } = await program.run({ x: { shape: [2], data: Float32Array.of(1, 2) } });
      await program.dispose();
      return [...y!.data];
    }),
  );
  expect(results).toEqual([
    [2, 3],
    [2, 3],
  ]);
  expect(sessions.map(({ enableCpuMemArena = true }) => enableCpuMemArena)).toEqual([true, false]);
});
