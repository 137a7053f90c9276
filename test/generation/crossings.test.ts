/**
 * What crosses between the runtime and the host while a text is decoded: new tokens and logits, and neither
 * weights nor cache. Large weights are read where they are, until a graph has run so often that it has its own.
 */
import { describe, expect, test } from "vitest";
import { encodingById } from "../../src/encodings/index.ts";
import { compileDecoder } from "../../src/generation/compile-decoder.ts";
import { transformerConfig } from "../../src/model/config.ts";
import { quantised } from "../../src/model/quantised-model.ts";
import { languageModel } from "../../src/model/transformer.ts";
import { initialValues } from "../../src/parameters/initialise.ts";
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
      // Weights as small as these are in the model.
      expect(Object.keys(inputs).filter((name) => names.includes(name))).toEqual([]);
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

describe("large weights", () => {
  const config = transformerConfig({ vocab: 320, model: 16, heads: 2, layers: 2, hidden: 24 });
  const model = languageModel(config, encodingById("rope"), 300);
  const weights = new Map(
    model.parameters.specs.map((spec) => [
      spec.name,
      { shape: spec.shape, data: initialValues(spec, 1) },
    ]),
  );
  const large = "tokens.weight";
  const tokens = Array.from({ length: 150 }, (_, at) => (at * at) % 320);

  test("are read in place, and in the model after 128 runs, with the same logits", async () => {
    const { compile, runs, open } = countingRuntime();
    const decoder = await compileDecoder({ model, weights }, { compile, threads: 1 });
    const { data } = await decoder.prefill([tokens]);
    const whole = data.slice();
    await decoder.prefill([tokens.slice(0, 10)]);
    const before = runs.length;
    for (const token of tokens.slice(10, -1)) await decoder.step([token]);
    // Runs that join the parts of the cache read no tokens.
    const steps = runs.slice(before).filter(({ inputs }) => "tokens" in inputs);
    const passed = steps.map(({ inputs }) => inputs[large]?.data);
    expect(passed.length).toBe(139);
    expect(new Set(passed.slice(0, 128))).toEqual(new Set([weights.get(large)!.data]));
    expect(new Set(passed.slice(128))).toEqual(new Set([undefined]));
    const last = tokens.slice(-1);
    const difference = ({ data }: { data: Float32Array }): number =>
      Math.max(...data.map((logit, id) => Math.abs(logit - whole[id]!)));
    expect(difference(await decoder.step(last))).toBeLessThan(1e-5);
    decoder.rollback();
    expect(difference(await decoder.step(last))).toBeLessThan(1e-5);
    await decoder.dispose();
    expect(open()).toBe(0);
  });

  test("of few bits are in the model from the beginning, and stay where they are", async () => {
    const { compile, sessions } = countingRuntime();
    const decoder = await compileDecoder(quantised({ model, weights }, "int8"), { compile });
    await decoder.prefill([tokens.slice(0, 10)]);
    for (const token of tokens.slice(10)) await decoder.step([token]);
    // For the prompt, for one token, and to join the parts of the cache.
    expect(sessions.length).toBe(3);
    await decoder.dispose();
  });
});
