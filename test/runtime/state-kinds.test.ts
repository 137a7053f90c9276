/**
 * Read-only and growing state, and state that two programs share.
 */
import { describe, expect, test } from "vitest";
import { add, multiply } from "../../src/operators/arithmetic.ts";
import { gather } from "../../src/operators/indexing.ts";
import { sum } from "../../src/operators/reduction.ts";
import { concat } from "../../src/operators/slicing.ts";
import { input } from "../../src/operators/source.ts";
import { RunFailure } from "../../src/runtime/session.ts";
import type { GrowingSlot, HostTensor, Program, ProgramGraph } from "../../src/runtime/session.ts";
import { ShapeError } from "../../src/tensor/shape.ts";
import { countingRuntime } from "./counting-runtime.ts";
import { compile } from "../../src/runtime/node.ts";

const rows = (batch: number, ...values: number[]): HostTensor => ({
  shape: [batch, values.length / batch],
  data: Float32Array.from(values),
});

/** The scale is read-only, the text grows by `x · scale`, the count is replaced; gives the sum of each row. */
function collecting(fixedLength?: number): ProgramGraph {
  const x = input("x", ["batch", fixedLength ?? "fresh"]);
  const [scale, count] = [input("scale", []), input("count", [])];
  const text = input("text", ["batch", "past"]);
  const next = concat([text, multiply(x, scale)], 1);
  return {
    inputs: [x],
    outputs: { total: sum(next, { axes: [1] }), runsBefore: multiply(count, 1) },
    state: {
      scale: { kind: "readOnly", current: scale, initial: Float32Array.of(10) },
      text: { kind: "growing", current: text, next },
      count: { current: count, next: add(count, 1), initial: Float32Array.of(0) },
    },
  };
}

const totalOf = async (program: Program, x: HostTensor): Promise<number[]> => [
  ...(await program.run({ x }))["total"]!.data,
];

describe("growing state", () => {
  test("starts empty, takes other sizes from the first run, and is longer after each", async () => {
    const program = await compile(collecting());
    expect(program.stateShape("text")).toBeUndefined();
    expect([...(await program.readState("text"))]).toEqual([]);
    expect(await totalOf(program, rows(2, 1, 2, 3, 4))).toEqual([30, 70]);
    expect(program.stateShape("text")).toEqual([2, 2]);
    expect(await totalOf(program, rows(2, 5, 6))).toEqual([80, 130]);
    expect(program.stateShape("text")).toEqual([2, 3]);
    expect([...(await program.readState("text"))]).toEqual([10, 20, 50, 30, 40, 60]);
    await program.dispose();
  });

  test("keeps its batch until it is reset", async () => {
    const program = await compile(collecting());
    await program.run({ x: rows(2, 1, 2) });
    await expect(program.run({ x: rows(1, 1) })).rejects.toThrow(
      /"x" is declared \[batch, fresh\], but its value is \[1, 1\]: "batch" is 2 in an earlier input/,
    );
    expect(await totalOf(program, rows(2, 1, 1))).toEqual([20, 30]);
    program.resetState();
    expect(await totalOf(program, rows(1, 7))).toEqual([70]);
    expect([...(await program.readState("count"))]).toEqual([1]);
    await program.dispose();
  });

  test("goes back by one run, to empty too", async () => {
    const program = await compile(collecting());
    await program.run({ x: rows(1, 1) });
    await program.run({ x: rows(1, 2, 3) });
    program.rollback();
    expect(program.stateShape("text")).toEqual([1, 1]);
    expect([...(await program.readState("count"))]).toEqual([1]);
    expect(() => program.rollback()).toThrow(/no run since state was last rolled back/);
    expect(await totalOf(program, rows(1, 4))).toEqual([50]);
    program.resetState();
    await program.run({ x: rows(1, 1) });
    program.rollback();
    expect(program.stateShape("text")).toEqual([1, 0]);
    expect(await totalOf(program, rows(1, 4))).toEqual([40]);
    await program.dispose();
  });

  test("is saved and continued in another program", async () => {
    const [a, b] = [await compile(collecting()), await compile(collecting())];
    await a.run({ x: rows(2, 1, 2, 3, 4) });
    const saved = await a.readState("text");
    b.writeState("text", saved, a.stateShape("text"));
    saved.fill(0);
    expect(await totalOf(b, rows(2, 1, 1))).toEqual([40, 80]);
    expect(() => b.rollback()).not.toThrow();
    b.writeState("text", new Float32Array(1), [1, 1]);
    expect(() => b.rollback()).toThrow(/no run since/);
    await a.dispose();
    await b.dispose();
  });

  test("is what it was after a run that failed", async () => {
    const [x, ids, text] = [
      input("x", [1, "fresh"]),
      input("ids", [1], "int32"),
      input("text", [1, "past"]),
    ];
    const next = concat([text, x], 1);
    const program = await compile({
      inputs: [x, ids],
      outputs: { picked: gather(input0(next), ids) },
      state: { text: { kind: "growing", current: text, next } },
    });
    const run = (id: number) =>
      program.run({ x: rows(1, 5), ids: { shape: [1], data: Int32Array.of(id) } });
    await run(0);
    await expect(run(3)).rejects.toThrow(RunFailure);
    expect(program.stateShape("text")).toEqual([1, 1]);
    expect((await run(0))["picked"]!.data[0]).toBe(5);
    expect(program.stateShape("text")).toEqual([1, 2]);
    await program.dispose();
  });

  test.each<[string, () => ProgramGraph["state"], string]>([
    [
      "two axes that grow",
      () => {
        const text = input("text", ["past", "past"]);
        return {
          text: {
            kind: "growing",
            current: text,
            next: concat([concat([text, text], 0), concat([text, text], 0)], 1),
          },
        };
      },
      "one axis must differ",
    ],
    [
      "an axis that begins with a number",
      () => {
        const text = input("text", [1, 2]);
        return { text: { kind: "growing", current: text, next: concat([text, text], 1) } };
      },
      "it must be a symbol of its own at first",
    ],
    [
      "replaced state of another shape",
      () => {
        const text = input("text", [1, 2]);
        const next = concat([text, text], 1);
        return { text: { current: text, next, initial: new Float32Array(2) } };
      },
      'state "text" is [1, 2], and what replaces it [1, 4]',
    ],
    [
      "whole numbers",
      () => {
        const text = input("text", [1], "int32");
        return { text: { kind: "readOnly", current: text, initial: new Float32Array(1) } };
      },
      'state "text" is int32; state is float32',
    ],
    [
      "a tensor that is no input",
      () => ({
        text: {
          kind: "readOnly",
          current: add(input("text", [1]), 1),
          initial: new Float32Array(1),
        },
      }),
      "no graph input. Make it with input()",
    ],
  ])("refuses %s", async (_, state, message) => {
    await expect(compile({ inputs: [], outputs: {}, state: state()! })).rejects.toThrow(message);
  });

  test("refuses sizes that no input gives, and values of another shape", async () => {
    const text = input("text", ["batch", "past"]);
    const x = input("x", [3, 1]);
    const lost = await compile({
      inputs: [x],
      outputs: {},
      state: { text: { kind: "growing", current: text, next: concat([text, text], 1) } },
    }).catch((error: unknown) => error);
    // [batch, past] to [batch, 2*past] is a legal way to grow; only the batch is unknown.
    await expect((lost as Program).run({ x: rows(3, 1, 2, 3) })).rejects.toThrow(
      'state "text" [batch, past]: no input of the run has the size "batch"',
    );
    await (lost as Program).dispose();
    const program = await compile(collecting());
    expect(() => program.writeState("text", new Float32Array(2))).toThrow(
      'state "text" [batch, past] grows, so its shape is not known. Give it: writeState(name, data, shape).',
    );
    expect(() => program.writeState("text", new Float32Array(2), [3, 1])).toThrow(
      new ShapeError(
        'state "text" is [batch, past], got 2 values as [3, 1]. Check the checkpoint.',
      ),
    );
    await program.dispose();
  });
});

/** A text in two parts, of which a run replaces the recent one, or both with `appends: false`; gives the sum of each row. */
function appending(appends = true): ProgramGraph {
  const x = input("x", ["batch", "fresh"]);
  const [older, recent] = [input("older", ["batch", "past"]), input("recent", ["batch", "recent"])];
  const kept = concat([recent, x], 1);
  const whole = concat([older, kept], 1);
  return {
    inputs: [x],
    outputs: { total: sum(whole, { axes: [1] }) },
    state: {
      text: { kind: "growing", current: older, recent, next: appends ? kept : whole, appends },
    },
  };
}

describe("growing state in two parts", () => {
  const numbers = (count: number): number[] => Array.from({ length: count }, (_, at) => at + 1);

  test("is appended to without a copy, joined now and then, and always the whole text", async () => {
    const { compile: counting, runs, open } = countingRuntime();
    const program = await counting(appending());
    const replaced = new Set<unknown>();
    for (const value of numbers(150)) {
      expect(await totalOf(program, rows(2, value, -value))).toEqual([
        (value * (value + 1)) / 2,
        (-value * (value + 1)) / 2,
      ]);
      expect(program.stateShape("text")).toEqual([2, value]);
      const { inputs } = runs.at(-1)!;
      replaced.add(inputs["older"]);
      expect(inputs["recent"]!.dims[1]).toBeLessThanOrEqual(32);
    }
    // At first, and after 32, 64, 96 and 128 tokens.
    expect(replaced.size).toBe(5);
    const text = await program.readState("text");
    expect([...text]).toEqual([...numbers(150), ...numbers(150).map((value) => -value)]);
    await program.dispose();
    expect(open()).toBe(0);
  });

  test("is rolled back to before the last run, also where its parts were joined for it", async () => {
    const program = await compile(appending());
    for (const value of numbers(32)) await program.run({ x: rows(1, value) });
    for (const value of [33, 34]) {
      await program.run({ x: rows(1, 1000) });
      program.rollback();
      expect([...(await program.readState("text"))]).toEqual(numbers(value - 1));
      expect(await totalOf(program, rows(1, value))).toEqual([(value * (value + 1)) / 2]);
    }
    program.resetState();
    expect(await totalOf(program, rows(1, 5))).toEqual([5]);
    await program.dispose();
  });

  test("is shared by programs that append and that replace the whole", async () => {
    const whole = await compile(appending(false));
    const one = await compile({ ...appending(), sharesStateOf: whole });
    expect(await totalOf(whole, rows(1, 1, 2, 3))).toEqual([6]);
    expect(await totalOf(one, rows(1, 4))).toEqual([10]);
    expect(await totalOf(one, rows(1, 5))).toEqual([15]);
    expect(await totalOf(whole, rows(1, 6, 7))).toEqual([28]);
    whole.rollback();
    expect(whole.stateShape("text")).toEqual([1, 5]);
    expect([...(await one.readState("text"))]).toEqual([1, 2, 3, 4, 5]);
    expect(await totalOf(one, rows(1, 6))).toEqual([21]);
    one.writeState("text", Float32Array.of(7, 8), [1, 2]);
    expect(await totalOf(one, rows(1, 1))).toEqual([16]);
    await expect(compile({ ...collecting(), sharesStateOf: whole })).rejects.toThrow(/share state/);
    await whole.dispose();
    await one.dispose();
  });

  test("is not fed, and its recent part has a symbol of its own", async () => {
    const program = await compile(appending());
    await expect(program.run({ x: rows(1, 1), recent: rows(1, 1) })).rejects.toThrow(
      'run: "recent" is growing state of the program',
    );
    await program.dispose();
    const { state } = appending();
    const slot = state!["text"]! as GrowingSlot;
    const { recent, ...alone } = slot;
    await expect(compile({ inputs: [], outputs: {}, state: { text: alone } })).rejects.toThrow(
      "a run appends to `recent`, and there is none",
    );
    const wide = input("wide", ["batch", 3]);
    await expect(
      compile({
        inputs: [],
        outputs: {},
        state: { text: { ...slot, recent: wide, appends: false } },
      }),
    ).rejects.toThrow(ShapeError);
    expect(recent).toBeDefined();
  });
});

/** The only row of `x [1, n]`. */
function input0(x: ReturnType<typeof input>): ReturnType<typeof input> {
  return sum(x, { axes: [0] });
}

describe("read-only state", () => {
  test("is read in place on the processor, and only what a run is fed is made anew", async () => {
    const { compile: counting, made, runs } = countingRuntime();
    const big = new Float32Array(5000).fill(2);
    const [x, weights] = [input("x", [2]), input("weights", [5000])];
    const program = await counting({
      inputs: [x],
      outputs: { y: multiply(x, sum(weights)) },
      state: { weights: { kind: "readOnly", current: weights, initial: big } },
    });
    for (let run = 0; run < 3; run++)
      await program.run({ x: { shape: [2], data: Float32Array.of(1, run) } });
    expect(made).toEqual([2, 5000, 2, 2]);
    for (const { inputs, outputs } of runs) {
      expect(inputs["weights"]!.data).toBe(big);
      expect(Object.keys(outputs)).toEqual(["y"]);
    }
    const copy = await program.readState("weights");
    copy.fill(0);
    expect(big[0]).toBe(2);
    await program.dispose();
  });

  test("is made once where a function makes it, stays in reset and rollback, and can be replaced", async () => {
    let calls = 0;
    const [x, scale] = [input("x", [1]), input("scale", [])];
    const program = await compile({
      inputs: [x],
      outputs: { y: multiply(x, scale) },
      state: {
        scale: { kind: "readOnly", current: scale, initial: () => Float32Array.of(++calls + 2) },
      },
    });
    const at = async (value: number): Promise<number> =>
      (await program.run({ x: { shape: [1], data: Float32Array.of(value) } }))["y"]!.data[0]!;
    expect(calls).toBe(0);
    expect(await at(2)).toBe(6);
    program.rollback();
    program.resetState();
    expect(await at(3)).toBe(9);
    program.writeState("scale", Float32Array.of(5));
    expect(await at(3)).toBe(15);
    expect([...(await program.readState("scale"))]).toEqual([5]);
    expect(calls).toBe(1);
    await program.dispose();
  });

  test("is part of the model where that is asked for, and stays what it is", async () => {
    const { compile: counting, made, runs } = countingRuntime();
    const graph = (writes: ProgramGraph["writes"]): ProgramGraph => {
      const x = input("x", [2]);
      const [gain, table] = [input("gain", [2]), input("table", [5000])];
      return {
        inputs: [x],
        outputs: { y: multiply(multiply(x, gain), sum(table)) },
        state: {
          gain: { kind: "readOnly", current: gain, initial: Float32Array.of(3, 4) },
          table: { kind: "readOnly", current: table, initial: new Float32Array(5000).fill(2) },
        },
        ...(writes && { writes }),
      };
    };
    const y = async (program: Program): Promise<number[]> => [
      ...(await program
        .run({ x: { shape: [2], data: Float32Array.of(1, 2) } })
        .then(({ y }) => y!.data)),
    ];
    const [small, none] = [await counting(graph("small")), await counting(graph(undefined))];
    // Another graph of the same state has other tensors for its inputs.
    const all = await counting({ ...graph("all"), sharesStateOf: small });
    for (const program of [small, all, none]) expect(await y(program)).toEqual([30_000, 80_000]);
    expect(runs.map(({ inputs }) => Object.keys(inputs).join())).toEqual([
      "x,table",
      "x",
      "x,gain,table",
    ]);
    // The small one is not made of a host array where it is in the model.
    expect(made).toEqual([2, 5000, 2, 2, 2, 5000]);
    expect([...(await small.readState("gain"))]).toEqual([3, 4]);
    for (const name of ["gain", "table"])
      expect(() => small.writeState(name, new Float32Array(2))).toThrow(
        `state "${name}" is written into a compiled model and cannot be replaced`,
      );
    none.writeState("gain", Float32Array.of(1, 1));
    const later = await counting({ ...graph("small"), sharesStateOf: none });
    expect(await y(later)).toEqual([10_000, 20_000]);
    for (const program of [small, all, none, later]) await program.dispose();
  });

  test("is not fed", async () => {
    const program = await compile(collecting());
    const feeds = { x: rows(1, 1), scale: { shape: [], data: Float32Array.of(1) } };
    await expect(program.run(feeds)).rejects.toThrow(
      'run: "scale" is readOnly state of the program, not an input of a run. ' +
        'Leave it out, or set it with writeState("scale", …).',
    );
    await program.dispose();
  });
});

describe("programs of one state", () => {
  test("continue each other's text; the state ends with the last of them", async () => {
    const { compile: counting, made, open } = countingRuntime();
    const several = await counting(collecting());
    const one = await counting({ ...collecting(1), sharesStateOf: several });
    expect(await totalOf(several, rows(1, 1, 2))).toEqual([30]);
    expect(await totalOf(one, rows(1, 3))).toEqual([60]);
    one.rollback();
    expect(await totalOf(several, rows(1, 4, 5))).toEqual([120]);
    // x four times; once each of scale, empty text, count and the buffer that count's next value is written to.
    expect(made).toEqual([2, 1, 0, 1, 1, 1, 2]);
    await several.dispose();
    expect(await totalOf(one, rows(1, 1))).toEqual([130]);
    await one.dispose();
    expect(open()).toBe(0);
  });

  test("declare the same slots on the same device", async () => {
    const program = await compile(collecting());
    const { scale, text, count } = collecting().state!;
    const other = (state: ProgramGraph["state"]): Promise<Program> =>
      compile({ ...collecting(), state: state!, sharesStateOf: program });
    await expect(other({ scale: scale!, text: text! })).rejects.toThrow(
      'two programs share state only if they declare the same, but only one has the slot "count"',
    );
    const kept = {
      kind: "readOnly",
      current: count!.current,
      initial: new Float32Array(1),
    } as const;
    await expect(other({ scale: scale!, text: text!, count: kept })).rejects.toThrow(
      '"count" is readOnly in one and replaced in the other',
    );
    const fake: Program = Object.create(null) as Program;
    await expect(compile({ ...collecting(), sharesStateOf: fake })).rejects.toThrow(
      "sharesStateOf takes a program that compile() made",
    );
    await program.dispose();
  });
});

describe("a program", () => {
  test("is not used after it was disposed, which may be said twice", async () => {
    const program = await compile(collecting());
    await program.run({ x: rows(1, 1) });
    await program.dispose();
    await program.dispose();
    const message = "the program was disposed. Compile the graph again.";
    await expect(program.run({ x: rows(1, 1) })).rejects.toThrow(`run: ${message}`);
    await expect(program.readState("text")).rejects.toThrow(`readState: ${message}`);
    expect(() => program.writeState("scale", new Float32Array(1))).toThrow(message);
    expect(() => program.resetState()).toThrow(message);
    expect(() => program.rollback()).toThrow(message);
    expect(() => program.stateShape("text")).toThrow(message);
    await expect(compile({ ...collecting(), sharesStateOf: program })).rejects.toThrow(message);
  });

  test("runs one call at a time where it has state", async () => {
    const program = await compile(collecting());
    const first = program.run({ x: rows(1, 1) });
    await expect(program.run({ x: rows(1, 2) })).rejects.toThrow(
      "run: the run before has not ended. Await it",
    );
    await first;
    expect(await totalOf(program, rows(1, 3))).toEqual([40]);
    await program.dispose();
  });

  test("has no output with the name of an input or of state", async () => {
    const { state, inputs } = collecting();
    const x = inputs[0]!;
    await expect(compile({ inputs, outputs: { x: add(x, 1) }, state: state! })).rejects.toThrow(
      'compile: output "x" has the name of input "x". Give the output another name, such as "next x".',
    );
    await expect(compile({ inputs, outputs: { text: add(x, 1) }, state: state! })).rejects.toThrow(
      'output "text" has the name of input "text"',
    );
    await expect(
      compile({ inputs, outputs: { "next:text": add(x, 1) }, state: state! }),
    ).rejects.toThrow('output "next:text" has the name under which state "text" is replaced');
  });
});
