/** Configurations of others: published files against transformers, and keys that are refused by name. */
import { describe, expect, test } from "vitest";
import { notRead, ropeClasses } from "../../src/encodings/extension/rope-class-defaults.ts";
import type { RopeConfig } from "../../src/encodings/extension/rope-config-keys.ts";
import { ropeFrequencies } from "../../src/encodings/extension/rope-frequencies.ts";
import { readRopeParameters } from "../../src/encodings/extension/rope-parameters.ts";
import { rope } from "../../src/encodings/rope.ts";
import { readGolden } from "../golden/golden.ts";
import type { GoldenCase } from "../golden/golden.ts";
import { option } from "./check.ts";

const { cases } = readGolden("rope-configs");
const ofKind = (kind: string): GoldenCase[] =>
  cases.filter(({ options }) => options["kind"] === kind);
const configOf = (golden: GoldenCase): RopeConfig => option(golden, "config");
const named = (name: string): RopeConfig => configOf(cases.find((each) => each.name === name)!);

function layersOf(golden: GoldenCase): readonly (string | undefined)[] {
  const types = option<string[]>(golden, "layerTypes");
  return types.length > 0 ? types : [undefined];
}

describe("published configurations", () => {
  test.each(ofKind("config"))("$name", (golden) => {
    for (const type of layersOf(golden)) {
      const read = readRopeParameters(configOf(golden), type);
      const plain = read.scaling ?? ({ type: "linear", factor: 1 } as const);
      const moving = ["dynamic-ntk", "longrope"].includes(plain.type);
      const current = moving ? option<number>(golden, "current") : undefined;
      const found = ropeFrequencies(read.rotated, read.base, plain, current);
      const wanted = golden.outputs[`${type ?? "all"}.frequencies`]!.data;
      expect(read.rotated).toBe(2 * wanted.length);
      found.frequencies.forEach((frequency, pair) => {
        expect(Math.abs(frequency / wanted[pair]! - 1)).toBeLessThan(2e-6);
      });
      const factor = golden.outputs[`${type ?? "all"}.attentionFactor`]!.data[0]!;
      expect(found.attentionFactor).toBeCloseTo(factor, 7);
    }
  });

  test("what is read makes a rope", () => {
    const { base, rotated, layout, scaling } = readRopeParameters(named("DeepSeek V3"));
    const sizes = { model: 192, heads: 1, headDim: 192, layers: 1, vocab: 9, trainLength: 8 };
    const options = { base, rotated, layout: layout!, scaling: scaling! } as const;
    expect(rope.create({ ...sizes, causal: true }, options as never).id).toBe("rope");
    expect({ base, rotated, layout }).toEqual({ base: 10000, rotated: 64, layout: "interleaved" });
  });
});

describe("class defaults that stand in no file", () => {
  const classes = ofKind("class");

  test.each(classes)("$name is read as transformers has it, or refused", (golden) => {
    const config = configOf(golden);
    for (const type of layersOf(golden)) {
      const wanted = (name: string): number | undefined =>
        golden.outputs[`${type ?? "all"}.${name}`]?.data[0];
      if (wanted("base") === undefined) continue;
      const answer = { base: wanted("base"), rotated: wanted("rotated") };
      const read = (more: object = {}): object => {
        const from = { ...config, ...more };
        const { base, rotated } = readRopeParameters(from, type ?? "sliding_attention");
        return { base, rotated };
      };
      const model = String(config["model_type"]);
      if (notRead.has(model))
        expect(read).toThrow(/do not follow from its file, so it is not read/);
      else if (model in ropeClasses) expect(read()).toEqual(answer);
      else {
        expect(read).toThrow(/has no rope_theta, and the default of model_type .* is not known/);
        // Its other defaults are those of most classes.
        expect(read({ rope_theta: wanted("base") })).toEqual(answer);
      }
    }
  });

  test("every class of the table that transformers has is compared", () => {
    const compared = new Set(classes.map((golden) => configOf(golden)["model_type"]));
    const without = Object.keys(ropeClasses).filter((type) => !compared.has(type));
    // Those have tables of sines, code of their own, or no default sizes.
    expect(without).toEqual(["gptj", "codegen", "kimi_k2"]);
  });
});

describe("other words for the same", () => {
  test("the unrotated part of a head, layers without rotation, the order of pairs", () => {
    expect(readRopeParameters(named("DeepSeek V3"))).toMatchObject({ before: 128, rotated: 64 });
    expect(readRopeParameters(named("SmolLM 3")).unrotatedLayers).toEqual([3]);
    const every = { ...named("SmolLM 3"), no_rope_layers: null, num_hidden_layers: 8 };
    expect(readRopeParameters(every).unrotatedLayers).toEqual([3, 7]);
    expect(readRopeParameters(named("GPT-J 6B")).layout).toBe("interleaved");
    const halves = { ...named("DeepSeek V3"), rope_interleave: false };
    expect(readRopeParameters(halves).layout).toBe("half");
  });

  test("layers whose settings are null, or whose class has none, do not rotate", () => {
    const nested = {
      ...{ hidden_size: 64, num_attention_heads: 4, layer_types: ["a", "b"], rope_theta: 500 },
      rope_parameters: { a: { rope_type: "default", rope_theta: 700 }, b: null },
    };
    expect(readRopeParameters(nested, "a")).toEqual({ base: 700, rotated: 16 });
    expect(readRopeParameters(nested, "b").rotated).toBe(0);
    const cohere = { model_type: "cohere2", hidden_size: 64, num_attention_heads: 4 };
    expect(readRopeParameters(cohere, "sliding_attention").rotated).toBe(16);
    expect(readRopeParameters(cohere, "full_attention").rotated).toBe(0);
    expect(() => readRopeParameters(cohere)).toThrow(/Ask for one of them/);
    const exaone = { ...cohere, model_type: "exaone4", sliding_window: null };
    expect(readRopeParameters(exaone).rotated).toBe(16);
  });

  test("a null local base of ModernBERT is the global one", () => {
    const config = { ...named("ModernBERT base"), local_rope_theta: null };
    expect(readRopeParameters(config, "sliding_attention").base).toBe(160000);
  });

  test("nulls are as if they were absent", () => {
    const config = named("Llama 3.1 8B");
    const nulls = {
      ...config,
      ...{ head_dim: null, partial_rotary_factor: null, rotary_dim: null, rope_parameters: null },
      ...{ no_rope_layers: null, qk_rope_head_dim: null, use_dynamic_ntk: false },
    };
    expect(readRopeParameters(nulls)).toEqual(readRopeParameters(config));
  });
});

describe("what is not understood is refused by name", () => {
  const plain = { model_type: "llama", hidden_size: 64, num_attention_heads: 4, rope_theta: 1e4 };
  test.each([
    [{ rope_ratio: 50 }, /rope_ratio \(50\) is not understood/],
    [{ rotary_percent: 0.5 }, /rotary_percent \(0.5\) is not understood/],
    [{ rope_embedding_base: 1e6 }, /rope_embedding_base/],
    [{ layer_rope_theta: [1e4, 1e6] }, /layer_rope_theta/],
    [{ compress_rope_theta: 160000 }, /compress_rope_theta/],
    [{ use_dynamic_ntk: true }, /use_dynamic_ntk.*dynamic-ntk/],
    [{ use_logn_attn: true }, /use_logn_attn.*log-n/],
    [{ alibi: true }, /alibi \(true\)/],
    [{ use_xpos: true }, /use_xpos \(true\)/],
    [{ xpos_scale_base: 512 }, /xpos_scale_base \(512\)/],
    [{ nope_layers: [3] }, /nope_layers \(\[3\]\)/],
    [{ nope_layer_interval: 4 }, /nope_layer_interval \(4\)/],
    [{ pos_emb: "learned" }, /pos_emb \("learned"\)/],
    [{ pos_encoding_type: "rel_pos" }, /pos_encoding_type \("rel_pos"\)/],
    [{ inv_freq: [1, 0.1] }, /inv_freq \(\[1,0.1\]\)/],
    [{ relative_attention: true }, /relative_attention \(true\)/],
    [{ max_relative_positions: 512 }, /max_relative_positions \(512\)/],
    [{ rotary: false }, /rotary \(false\)/],
    [{ attn_temperature_tuning: true }, /attn_temperature_tuning.*query-temperature/],
    [{ no_rope_layers: "all" }, /no_rope_layers must be a list of 0 and 1/],
    [{ rope_scaling: { type: "mrope", mrope_section: [2, 3, 3] } }, /mrope_section.*m-rope/],
    [
      { rope_parameters: { rope_type: "default", mrope_section: [2, 3, 3] } },
      /rope_parameters\.mrope_section.*"m-rope"/,
    ],
    [
      { rope_parameters: { rope_type: "default", llama_4_scaling_beta: 0.1 } },
      /rope_parameters\.llama_4_scaling_beta \(0.1\) is not understood/,
    ],
    [{ rope_scaling: { type: "longrope", short_mscale: 1.2, long_mscale: 1.3 } }, /short_mscale/],
    [{ rope_scaling: { type: "proportional" } }, /"proportional" is no rule/],
    [
      { rope_theta: 1e4, rotary_emb_base: 5e5 },
      /rope_theta is 10000 and its rotary_emb_base 500000/,
    ],
    [
      { partial_rotary_factor: 0.5, rotary_pct: 0.25 },
      /partial_rotary_factor is 0.5 and its rotary_pct/,
    ],
    [
      { partial_rotary_factor: 0.5, rotary_dim: 4 },
      /rotary_dim is 4, and its share of 0.5 rotates 8 of 16/,
    ],
    [{ rope_theta: "1e4" }, /rope_theta must be a number, got 1e4/],
    [{ rope_scaling: { type: "yarn", factor: 4 } }, /needs original_max_position_embeddings/],
    [{ rope_scaling: { ...{ rope_type: "llama3", factor: 8 } } }, /needs original_max_position/],
    [{ layer_types: ["a"], rope_parameters: { a: {}, rope_theta: 5 } }, /"rope_theta" beside them/],
  ])("%j", (keys, message) => {
    expect(() =>
      readRopeParameters({ ...plain, ...keys }, "layer_types" in keys ? "a" : undefined),
    ).toThrow(message);
  });

  test.each([
    [
      { model_type: "bert", position_embedding_type: "absolute" },
      /"absolute", so its positions do not rotate/,
    ],
    [
      { model_type: "gpt2", n_embd: 64, n_head: 4 },
      /no rope_theta, and the default of model_type "gpt2" is not known/,
    ],
    [{ model_type: "gemma3", text_config: {} }, /several parts. Give its text_config/],
    [
      { model_type: "gemma3_text", hidden_size: 64 },
      /full_attention, sliding_attention, got layer type "undefined"/,
    ],
    [{ model_type: "llama", num_attention_heads: 4 }, /hidden_size must be a number/],
  ])("%j", (config, message) => {
    expect(() => readRopeParameters(config)).toThrow(message);
  });

  test("unless the caller reads it", () => {
    const config = { ...plain, attn_temperature_tuning: true };
    expect(readRopeParameters(config, undefined, ["attn_temperature_tuning"]).rotated).toBe(16);
  });
});
