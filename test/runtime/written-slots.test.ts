import { expect, test } from "vitest";
import { input } from "../../src/operators/source.ts";
import type { ProgramGraph, StateSlot } from "../../src/runtime/session.ts";
import { writtenSlots } from "../../src/runtime/written-slots.ts";

/** A graph with weights of so many numbers, the cache of a text and a count. */
function graphWith(sizes: readonly number[], writes: ProgramGraph["writes"]): ProgramGraph {
  const weights = sizes.map((size): [string, StateSlot] => [
    `${size}`,
    { kind: "readOnly", current: input(`w${size}`, [size]), initial: new Float32Array(0) },
  ]);
  const [text, count] = [input("text", ["past"]), input("count", [])];
  const state: Record<string, StateSlot> = {
    ...Object.fromEntries(weights),
    text: { kind: "growing", current: text, next: input("longer", ["past+1"]) },
    count: { current: count, next: count, initial: Float32Array.of(0) },
  };
  return { inputs: [], outputs: {}, state, ...(writes && { writes }) };
}

const sizes = [4096, 4097, 100_000];

test.each([
  ["cpu", undefined, []],
  ["cpu", "small", ["4096"]],
  ["cpu", "all", ["4096", "4097", "100000"]],
  ["wasm", undefined, []],
  // All are copied to Wasm in every run otherwise.
  ["wasm", "small", ["4096", "4097", "100000"]],
  // There, inputs stay between runs.
  ["webgpu", "small", []],
  ["webgpu", "all", []],
] as const)("on %s, %s", (device, writes, expected) => {
  const written = writtenSlots(graphWith(sizes, writes), device);
  expect([...written].sort()).toEqual([...expected].sort());
});

test("of large models, small weights only", () => {
  const large = 2 ** 26;
  for (const device of ["cpu", "wasm"] as const)
    expect([...writtenSlots(graphWith([16, large], "all"), device)]).toEqual(["16"]);
  expect(writtenSlots(graphWith([16, large - 16], "all"), "cpu").size).toBe(2);
});
