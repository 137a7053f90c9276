/**
 * Names of a program: one tensor each, told before the runtime sees the model.
 */
import { describe, expect, test } from "vitest";
import { add, multiply } from "../../src/operators/arithmetic.ts";
import { input } from "../../src/operators/source.ts";
import { Parameters } from "../../src/parameters/parameters.ts";
import { compile } from "../../src/runtime/node.ts";
import type { ProgramGraph } from "../../src/runtime/session.ts";

const [x, y] = [input("x", [2]), input("y", [2])];
const total = input("total", [2]);
const initial = new Float32Array(2);
const state = { total: { current: total, next: add(total, x), initial } };

describe("refused, as a RangeError of compile", () => {
  test.each<[string, ProgramGraph, string]>([
    [
      "an output named like an input",
      { inputs: [x, y], outputs: { y: add(x, y) } },
      'compile: output "y" has the name of input "y". Give the output another name, such as "next y".',
    ],
    [
      "an input that is an output under its own name",
      { inputs: [x], outputs: { x } },
      'compile: output "x" has the name of input "x".',
    ],
    [
      "an output whose name has a NUL",
      { inputs: [x, y], outputs: { "sum\0": add(x, y) } },
      "has a name that has the character NUL, at which the runtime would end it. Give it another name.",
    ],
    [
      "an output called as no object can be asked for",
      { inputs: [x, y], outputs: Object.fromEntries([["__proto__", add(x, y)]]) },
      'compile: output "__proto__" has a name that is that of every object\'s prototype in JavaScript.',
    ],
    [
      "two inputs of one name",
      { inputs: [x, input("x", [2])], outputs: { z: add(x, 1) } },
      'compile: input "x" has the name of input "x". List each input once',
    ],
    [
      "an input listed twice",
      { inputs: [x, x], outputs: { z: add(x, 1) } },
      'compile: input "x" has the name of input "x". List each input once',
    ],
    [
      "state that is listed as an input",
      { inputs: [x, total], outputs: { z: add(x, 1) }, state },
      'compile: input "total" of state "total" has the name of input "total". State is no input of a run',
    ],
    [
      "two state slots of one input",
      { inputs: [x], outputs: { z: add(x, 1) }, state: { ...state, again: state.total } },
      'compile: input "total" of state "again" has the name of input "total" of state "total".',
    ],
    [
      "an output named like state",
      { inputs: [x], outputs: { total: add(x, 1) }, state },
      'compile: output "total" has the name of input "total" of state "total".',
    ],
    [
      "an output named like the next value of state",
      { inputs: [x], outputs: { "next:total": add(x, 1) }, state },
      'compile: output "next:total" has the name under which state "total" is replaced.',
    ],
    [
      "an input named like the next value of state",
      { inputs: [x, input("next:total", [2])], outputs: { z: add(x, 1) }, state },
      'compile: output "next:total" has the name of input "next:total". Give the input another name.',
    ],
    [
      "an output without a name",
      { inputs: [x], outputs: { "": add(x, 1) } },
      "has an empty name. Give it a name of its own.",
    ],
    [
      "an input without a name",
      { inputs: [input("", [2])], outputs: { z: add(input("", [2]), 1) } },
      "has an empty name. Give it a name of its own.",
    ],
  ])("%s", async (_, graph, message) => {
    await expect(compile(graph)).rejects.toThrow(RangeError);
    await expect(compile(graph)).rejects.toThrow(message);
  });
});

test("names that the writer would have given itself are free", async () => {
  const [first, second] = [input("Add_0", [2]), input("constant_1", [2])];
  const program = await compile({
    inputs: [first, second],
    outputs: { Mul_0: multiply(add(first, 1), second), Add_1: add(add(first, second), 0.5) },
  });
  const found = await program.run({
    Add_0: { shape: [2], data: Float32Array.of(1, 2) },
    constant_1: { shape: [2], data: Float32Array.of(10, 20) },
  });
  expect([...found["Mul_0"]!.data]).toEqual([20, 60]);
  expect([...found["Add_1"]!.data]).toEqual([11.5, 22.5]);
  await program.dispose();
});

test.each([
  ["a\0b", /^input: the name "a\\u0000b" has the character NUL/],
  ["\ud83d", /^input: the name "\\ud83d" has half of a surrogate pair/],
  ["__proto__", /^input: the name "__proto__" is that of every object's prototype/],
])("an input or a parameter called %j is refused when it is made", (name, message) => {
  expect(() => input(name, [2])).toThrow(message);
  const spec = { name, shape: [2], initial: { kind: "zeros" } } as const;
  expect(() => new Parameters([spec])).toThrow(message);
});

test("a parameter called as the key of what is no tensor is refused when it is declared", () => {
  const spec = { name: "__metadata__", shape: [2], initial: { kind: "zeros" } } as const;
  expect(() => new Parameters([spec])).toThrow('"__metadata__" is no name of a parameter');
  expect(input("🐋 weight", [2]).shape).toEqual([2]);
});
