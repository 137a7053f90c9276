/**
 * What crosses between the runtime and the host while a text is decoded: new tokens and logits, and neither
 * weights nor cache.
 */
import { describe, expect, test } from "vitest";
import { compileDecoder } from "../../src/generation/compile-decoder.ts";
import { countingRuntime } from "../runtime/counting-runtime.ts";
import { trainedModel, vocab } from "./trained-model.ts";

const steps = 6;

describe.each(["rope", "fox", "path"])("%s on the processor", (encoding) => {
  test("weights and cache are never made of host arrays again", async () => {
    const trained = trainedModel(encoding);
    const { compile, made, runs, open } = countingRuntime();
    const decoder = await compileDecoder(trained, { compile, threads: 1 });
    await decoder.prefill([[1, 2, 3], [4]]);
    await decoder.step([5, 6]);
    const before = made.length;
    const runsBefore = runs.length;
    for (let step = 0; step < steps; step++) await decoder.step([step, step]);

    // Tokens, positions of queries and keys, and the mask; the longest has a number for each token so far.
    const columns = 4 + steps;
    expect(made.length - before).toBe(4 * steps);
    expect(Math.max(...made.slice(before))).toBe(2 * columns);

    const names = trained.model.parameters.specs.map(({ name }) => name);
    const later = runs.slice(runsBefore);
    expect(later.length).toBe(steps);
    later.forEach(({ inputs, outputs }, at) => {
      for (const name of names) {
        expect(inputs[name], name).toBe(runs[0]!.inputs[name]);
        expect(inputs[name]!.data, name).toBe(trained.weights.get(name)!.data);
      }
      const before = runs[runsBefore + at - 1]!;
      const [older, recent] = ["past.", "recent."].map((part) =>
        Object.keys(inputs).filter((name) => name.startsWith(part)),
      ) as [string[], string[]];
      expect(older.length).toBeGreaterThanOrEqual(4);
      // New tokens change the keys of "path"; elsewhere they are appended, and the older part stays where it is.
      expect(recent.length).toBe(encoding === "path" ? 0 : older.length);
      for (const name of recent.length > 0 ? recent : older)
        expect(inputs[name], name).toBe(before.outputs[name.replace(/^(past|recent)\./, "next:")]);
      if (recent.length > 0)
        for (const name of older) expect(inputs[name], name).toBe(before.inputs[name]);
      for (const name of recent)
        expect(outputs[name.replace("recent.", "next:")]!.dims[2]).toBe(at + 2);
      expect(outputs["logits"]!.dims).toEqual([2, vocab]);
      expect(Object.keys(outputs).length).toBe(1 + older.length);
    });
    await decoder.dispose();
    expect(open()).toBe(0);
  });
});
