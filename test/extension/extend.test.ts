/** Pretrained models for longer texts: what each method changes, in which layers, and what is refused. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { ropeFrequencies } from "../../src/encodings/extension/rope-frequencies.ts";
import type { RopeScaling } from "../../src/encodings/extension/rope-scaling.ts";
import { InputError } from "../../src/errors.ts";
import { extend } from "../../src/extension/extend.ts";
import { loadCheckpoint } from "../../src/families/load-checkpoint.ts";
import { familyFolder } from "./checkpoint.ts";

const place = mkdtempSync(path.join(tmpdir(), "relpos-extend-"));
afterAll(() => rmSync(place, { recursive: true }));
const load = async (name: string, changed: Readonly<Record<string, unknown>> = {}) =>
  await loadCheckpoint(familyFolder(place, name, changed));

const rules: readonly { method: string; rule: RopeScaling; current?: number }[] = [
  { method: "pi", rule: { type: "linear", factor: 4 } },
  { method: "ntk-aware", rule: { type: "ntk-aware", factor: 4 } },
  { method: "dynamic-ntk", rule: { type: "dynamic-ntk", factor: 4, length: 512 }, current: 2048 },
  {
    method: "ntk-by-parts(fast=8)",
    rule: { type: "ntk-by-parts", factor: 4, length: 512, fast: 8 },
  },
  {
    method: "yarn(fast=2,slow=0.05)",
    rule: { type: "yarn", factor: 4, length: 512, fast: 2, slow: 0.05 },
  },
  { method: "yarn(ramp=turns)", rule: { type: "yarn", factor: 4, length: 512, ramp: "turns" } },
  {
    method: "yarn(attentionFactor=1.5)",
    rule: { type: "yarn", factor: 4, length: 512, attentionFactor: 1.5 },
  },
  {
    method: "longrope(short=[1,1,1],long=[1,2,4])",
    rule: { type: "longrope", factor: 4, length: 512, short: [1, 1, 1], long: [1, 2, 4] },
    current: 2048,
  },
  { method: "llama3(low=0.5)", rule: { type: "llama3", factor: 4, length: 512, low: 0.5 } },
  { method: "mrrope(fast=16)", rule: { type: "mrrope-pro", factor: 4, length: 512, fast: 16 } },
  {
    method: "mrrope(form=uni,fast=16)",
    rule: { type: "mrrope-uni", factor: 4, length: 512, fast: 16 },
  },
];

describe("the frequencies that attention uses are those of the rule", () => {
  test.each(rules)("$method", async ({ method, rule, current }) => {
    const { extension, contextLength } = extend(await load("llama"), { method, factor: 4 });
    const expected = ropeFrequencies(6, 10000, rule, current);
    const [{ layers, rotation }, ...others] = extension.proof.extended as [
      (typeof extension.proof.extended)[number],
    ];
    expect([layers, others, contextLength]).toEqual([[0, 1], [], 2048]);
    const { before, after } = rotation;
    expected.frequencies.forEach((frequency, pair) => {
      expect(after.frequencies[pair]! / frequency).toBeCloseTo(1, 6);
      expect(before.frequencies[pair]! / 10000 ** (-pair / 3)).toBeCloseTo(1, 6);
    });
    expect(after.attentionFactor).toBeCloseTo(expected.attentionFactor, 6);
    expect(before.attentionFactor).toBeCloseTo(1, 6);
    const squared = expected.attentionFactor ** 2;
    expect(after.distances.map(({ distance }) => distance)).toEqual([256, 511, 512, 2047]);
    for (const { distance, cosines } of after.distances)
      cosines.forEach((cosine, pair) =>
        expect(cosine).toBeCloseTo(squared * Math.cos(distance * expected.frequencies[pair]!), 5),
      );
  });

  test("abf, clipped-rope and log-n", async () => {
    const model = await load("llama");
    const after = (method: string) =>
      extend(model, { method, factor: 4 }).extension.proof.extended[0]!.rotation.after;
    const [, middle, slow] = after("abf(base=500000)").frequencies;
    expect([middle! / 500000 ** (-1 / 3), slow! / 500000 ** (-2 / 3)]).toEqual([
      expect.closeTo(1, 6) as number,
      expect.closeTo(1, 6) as number,
    ]);
    expect(after("clipped-rope(clipped=2)").frequencies[2]).toBe(0);
    const factors = after("log-n").distances.map(({ magnitude }) => magnitude);
    expect(factors[0]).toBe(1);
    expect(factors.at(-1)).toBeCloseTo(Math.log(2048) / Math.log(512), 6);
  });

  test("layers that see a window, or do not rotate, stay as they are", async () => {
    const layers = async (name: string): Promise<readonly (readonly number[])[]> =>
      extend(await load(name), { method: "pi", factor: 2 }).extension.proof.extended.map(
        (each) => each.layers,
      );
    expect(await layers("gemma3")).toEqual([[1]]);
    expect(await layers("smollm3")).toEqual([[0, 1, 2]]);
  });

  test("an option that changes nothing in this model is named", async () => {
    const model = await load("llama");
    const without = (method: string) =>
      extend(model, { method, factor: 4 }).extension.withoutEffect;
    expect(without("yarn(fast=8,slow=0.05)")).toEqual(["fast"]);
    expect(without("yarn(fast=2,attentionFactor=1.5)")).toEqual([]);
    expect(without("yarn(slow=1)")).toEqual(["slow"]);
    expect(without("abf(base=500000)")).toEqual([]);
  });

  test("weights are shared", async () => {
    const model = await load("llama");
    expect(extend(model, { method: "pi", factor: 2 }).weights).toBe(model.weights);
  });
});

describe("the configuration says it to transformers, where it has keys", () => {
  const keys = async (name: string, method: string, factor = 4) => {
    const { configuration, extension } = extend(await load(name), { method, factor });
    return { ...configuration, by: extension.readBy };
  };

  test("in both versions", async () => {
    expect(await keys("llama", "yarn")).toMatchObject({
      by: "transformers",
      max_position_embeddings: 2048,
      rope_theta: 10000,
      rope_scaling: { rope_type: "yarn", factor: 4, original_max_position_embeddings: 512 },
      rope_parameters: {
        ...{ rope_type: "yarn", rope_theta: 10000, factor: 4 },
        original_max_position_embeddings: 512,
      },
      relpos_extension: { method: "yarn", factor: 4, length: 512, readBy: "transformers" },
    });
    const base = 10000 * 4 ** (6 / 4);
    expect(await keys("llama", "ntk-aware")).toMatchObject({
      ...{ rope_theta: base, rope_scaling: null, max_position_embeddings: 2048 },
      rope_parameters: { rope_type: "default", rope_theta: base },
    });
  });

  test("dynamic: the longest text stays, from which the rule takes the length of training", async () => {
    expect(await keys("llama", "dynamic-ntk", 2)).toMatchObject({
      max_position_embeddings: 512,
      rope_scaling: { rope_type: "dynamic", factor: 2 },
    });
  });

  test("with the words of GPT-NeoX, and by type of layer in Gemma 3", async () => {
    expect(await keys("gpt-neox", "pi")).toMatchObject({
      ...{ rotary_emb_base: 10000, rotary_pct: 0.25, max_position_embeddings: 2048 },
      rope_scaling: { rope_type: "linear", factor: 4 },
      rope_parameters: { partial_rotary_factor: 0.25 },
    });
    expect(await keys("gemma3", "pi")).toMatchObject({
      ...{ rope_theta: 1000000, rope_local_base_freq: 10000 },
      rope_scaling: { rope_type: "linear", factor: 4 },
      rope_parameters: {
        sliding_attention: { rope_type: "default", rope_theta: 10000 },
        full_attention: { rope_type: "linear", factor: 4, rope_theta: 1000000 },
      },
    });
  });

  test("no key is changed where transformers has none for the method or the family", async () => {
    const model = await load("gptj");
    const { configuration, extension } = extend(model, { method: "yarn", factor: 4 });
    const { relpos_extension: record, ...others } = configuration;
    expect(others).toEqual(model.configuration);
    expect(record).toMatchObject({ readBy: "relpos", length: 320 });
    expect(extension.readBy).toBe("relpos");
    for (const method of ["mrrope(fast=16)", "yarn(ramp=turns)", "log-n"])
      expect((await keys("llama", method)).by, method).toBe("relpos");
  });
});

describe("refused", () => {
  const refusal = async (
    name: string,
    options: object,
    changed: Readonly<Record<string, unknown>> = {},
  ): Promise<string> => {
    const model = await load(name, changed);
    try {
      extend(model, { method: "yarn", factor: 4, ...options });
    } catch (error) {
      expect(error).toBeInstanceOf(InputError);
      return (error as Error).message;
    }
    return "accepted";
  };

  test.each([
    [{ factor: 0.5 }, /factor must be a number above 1, .*got 0\.5/],
    [{ factor: 1 }, /factor must be a number above 1/],
    [{ factor: NaN }, /got NaN/],
    [{ factor: "4" as unknown as number, method: "pi(x=1)" }, /has no option "x"/],
    [{ factor: Infinity }, /got Infinity/],
    [{ factor: 1e9 }, /are more than 16777216, where positions end/],
    [{ method: "yarm" }, /method "yarm" is unknown\. Did you mean "yarn"\? Known: pi, /],
    [{ method: "" }, /expected the name of a method/],
    [{ method: "yarn(fast=-1)" }, /fast must be a number above 0, got -1/],
    [{ method: "yarn", originalLength: 1.5 }, /originalLength must be a whole number/],
    [{ method: "abf" }, /needs base/],
    [{ method: "abf(base=5000)" }, /needs a base above that of training, 10000/],
    [{ method: "longrope(short=[1],long=[2])" }, /short and long need 3 numbers/],
    [{ method: "clipped-rope(clipped=1)" }, /changes nothing/],
    [{ method: "dynamic-ntk", textLength: 512 }, /changes nothing/],
    [{ method: "dynamic-ntk", factor: 1 }, /changes nothing/],
    [{ method: "jet-long(near=0)" }, /near must be a whole number from 1 to \d+, got 0/],
    [{ method: "jet-long(near=512)" }, /distances up to 512 as trained .* 512 of training/],
    [{ method: "self-extend(window=512)" }, /leaves none of the 512 distances/],
    [{ scale: 3 }, /option "scale" does not exist/],
  ] as const)("%j", async (options, message) => {
    expect(await refusal("llama", options)).toMatch(message);
  });

  test("a text as factor", async () => {
    expect(await refusal("llama", { factor: "4" as unknown as number })).toMatch(
      /must be a number above 1, .* got "4"/,
    );
  });

  test("positions that do not rotate", async () => {
    expect(await refusal("bloom", {})).toMatch(/\(BLOOM\) has none: its encoding is alibi/);
    expect(await refusal("gpt2", {})).toMatch(/\(GPT-2\) has none: its encoding is learned/);
  });

  test("a second time, by transformers' keys or by ours", async () => {
    expect(await refusal("llama-yarn", {})).toMatch(/has a rule for longer texts already, yarn/);
    const { configuration } = extend(await load("llama"), { method: "ntk-aware", factor: 4 });
    expect(await refusal("llama", {}, configuration)).toMatch(
      /has a rule for longer texts already, ntk-aware/,
    );
  });

  test("an unknown length of training, unless it is given", async () => {
    const without = { max_position_embeddings: undefined };
    expect(await refusal("llama", {}, without)).toMatch(/does not say the length of the texts/);
    expect(await refusal("llama", { originalLength: 256 }, without)).toBe("accepted");
  });
});
