import { readdirSync, statSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { goldenDifference, readGolden } from "./golden.ts";
import type { GoldenTensor } from "./golden.ts";

const folder = new URL("./", import.meta.url);
const names = readdirSync(folder)
  .filter((file) => file.endsWith(".json"))
  .map((file) => file.slice(0, -".json".length));

describe.each(names)("golden file %s", (name) => {
  const { source, cases } = readGolden(name);

  test("says where it comes from and stays small enough to read", () => {
    expect(Object.keys(source)).toEqual(
      expect.arrayContaining(["repository", "file", "versions", "dtype", "seed", "command"]),
    );
    expect(source["command"]).toBe(`python oracle/make_all.py ${name}`);
    expect(statSync(new URL(`${name}.json`, folder)).size).toBeLessThan(400_000);
  });

  test("has distinct cases", () => {
    expect(new Set(cases.map((each) => each.name)).size).toBe(cases.length);
  });

  test.each(cases)("$name: data fits shape, gradients fit their inputs", (each) => {
    const { inputs, outputs, gradients, reference } = each;
    for (const tensors of [inputs, outputs, gradients, reference?.outputs, reference?.gradients])
      for (const { shape, data, every = 1 } of Object.values(tensors ?? {})) {
        const size = shape.reduce((product, length) => product * length, 1);
        expect(data.length).toBe(Math.ceil(size / every));
        expect(data.every(Number.isFinite)).toBe(true);
      }
    for (const [key, gradient] of Object.entries(gradients))
      // distance-row differentiates looked-up embeddings too; they are no input of their own.
      if (key !== "embeddings" || key in inputs) expect(gradient.shape).toEqual(inputs[key]?.shape);
  });
});

describe("goldenDifference", () => {
  const tensor: GoldenTensor = { shape: [5], every: 2, data: [1, 100, 3] };

  test("compares the entries that are kept, relative above one", () => {
    expect(goldenDifference([1, 7, 100, 7, 3], tensor)).toBe(0);
    expect(goldenDifference([1, 7, 101, 7, 3.005], tensor)).toBeCloseTo(0.01, 12);
  });
  test("is NaN when an entry is", () => {
    expect(goldenDifference([Number.NaN, 7, 100, 7, 3], tensor)).toBeNaN();
  });
  test("refuses a tensor of another size", () => {
    expect(() => goldenDifference([1, 100, 3], tensor)).toThrow(/got 3 numbers.*\[5\]/);
  });
});
