/** Configurations and folders that are refused, each by one sentence that names the fault. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { store, writeSafetensors } from "../../src/checkpoints/safetensors.ts";
import { InputError } from "../../src/errors.ts";
import { loadCheckpoint } from "../../src/families/load-checkpoint.ts";
import { decoderFamilies } from "../../src/families/index.ts";
import { readFamily } from "../../src/families/read-family.ts";
import { readGolden } from "../golden/golden.ts";
import type { FamilyCase } from "./decoder-logits.ts";
import { madeWeights, writeCheckpoint } from "./made-weights.ts";
import type { NamedShape } from "./made-weights.ts";

const cases = readGolden("families").cases as unknown as readonly FamilyCase[];
const optionsOf = (name: string): FamilyCase["options"] =>
  cases.find((each) => each.name === name)!.options;
const messageOf = (config: unknown): string => {
  try {
    readFamily(decoderFamilies, config);
  } catch (error) {
    expect(error).toBeInstanceOf(InputError);
    return (error as Error).message;
  }
  return "accepted";
};

describe("configurations", () => {
  test.each(cases.map(({ name }) => name))("%s: a key that it does not know", (name) => {
    const { config } = optionsOf(name);
    expect(messageOf(config)).toBe("accepted");
    expect(messageOf({ ...config, surprise: 1 })).toContain('"surprise" (1) is not known of');
    expect(messageOf({ ...config, surprise: false })).toContain('"surprise" (false)');
    expect(messageOf({ ...config, surprise: null })).toBe("accepted");
  });

  test.each<[name: string, key: string, value: unknown]>([
    ["llama", "hidden_size", 24.5],
    ["llama", "hidden_size", "24"],
    ["llama", "hidden_act", "relu6"],
    ["llama", "attention_bias", "yes"],
    ["llama", "rms_norm_eps", -1],
    ["llama", "num_key_value_heads", 0],
    ["llama", "rope_scaling", { rope_type: "spiral" }],
    ["llama", "rope_scaling", { rope_type: "yarn", factor: 4 }],
    ["llama", "quantization_config", { bits: 4 }],
    ["llama", "alibi", true],
    ["llama", "use_qk_norm", true],
    ["llama", "sliding_window", 5],
    ["mistral", "sliding_window", 0],
    ["qwen2", "layer_types", ["full_attention"]],
    ["qwen2", "layer_types", ["full_attention", "chunked_attention"]],
    ["smollm3", "use_sliding_window", true],
    ["smollm3", "no_rope_layers", [2, 0]],
    ["gemma2", "use_bidirectional_attention", true],
    ["gemma2", "attn_logit_softcapping", 0],
    ["gemma3", "rope_parameters", { rope_theta: 5, sliding_attention: {}, full_attention: {} }],
    ["gpt2", "scale_attn_by_inverse_layer_idx", true],
    ["gpt2", "scale_attn_weights", false],
    ["gpt2", "add_cross_attention", true],
    ["gpt-neox", "hidden_act", "silu6"],
    ["gptj", "rotary_dim", 5],
    ["phi", "qk_layernorm", true],
    ["bloom", "apply_residual_connection_post_layernorm", true],
    ["bloom", "num_attention_heads", 5],
    ["mpt", "no_bias", false],
    ["mpt", "expansion_ratio", 3],
    ["mpt", "logit_scale", 2],
    ["falcon-40b", "parallel_attn", false],
  ])("%s: %s %j", async (name, key, value) => {
    const { config, tensors } = optionsOf(name);
    const folder = path.join(place, `${name}-${key}-${JSON.stringify(value).length}`);
    const loading = loadCheckpoint(writeCheckpoint(folder, { ...config, [key]: value }, tensors));
    const error: unknown = await loading.then(
      () => "accepted",
      (caught: unknown) => caught,
    );
    expect(error).toBeInstanceOf(InputError);
    expect((error as Error).message).toContain(path.join(folder, "config.json"));
    const named = ["rope_scaling", "rope_parameters"].includes(key) ? "rope" : key;
    const words = named === "rotary_dim" ? "rotated" : named;
    expect((error as Error).message).toContain(words);
  });

  test.each(["clip_qkv", "qk_ln", "prefix_lm", "alibi_bias_max"])("MPT: attn_config.%s", (key) => {
    const { config } = optionsOf("mpt");
    expect(messageOf({ ...config, attn_config: { [key]: 3 } })).toContain(`attn_config: "${key}"`);
  });

  test("families and heads that are not known", () => {
    const { config } = optionsOf("llama");
    expect(messageOf({ ...config, model_type: "mamba" })).toMatch(
      /model_type "mamba" is no family that relpos loads\. It loads llama \(Llama\), /,
    );
    expect(messageOf({})).toContain("model_type is missing and is no family");
    const architectures = ["LlamaForSequenceClassification"];
    expect(messageOf({ ...config, architectures })).toContain(
      'the architecture "LlamaForSequenceClassification" has a head that relpos does not load',
    );
    expect(messageOf([])).toContain("it is no object");
  });
});

const place = mkdtempSync(path.join(tmpdir(), "relpos-refusals-"));
afterAll(() => rmSync(place, { recursive: true }));
const { config, tensors } = optionsOf("llama");
let count = 0;
const fresh = (): string => path.join(place, `model${count++}`);

describe("folders", () => {
  const refused = async (folder: string, words: RegExp): Promise<void> => {
    const error: unknown = await loadCheckpoint(folder).catch((caught: unknown) => caught);
    expect((error as Error).message).toMatch(words);
    expect((error as Error).name).toMatch(/^(InputError|RunError)$/);
  };
  const changed = (change: (tensors: NamedShape[]) => NamedShape[]): string =>
    writeCheckpoint(fresh(), config, change([...tensors]));
  const weightsOf = (folder: string): string => path.join(folder, "model.safetensors");

  test("without configuration or weights", async () => {
    await refused(path.join(place, "nowhere"), /nowhere does not exist/);
    await refused(place, /has no config\.json, so it is no checkpoint/);
    const folder = changed((all) => all);
    rmSync(weightsOf(folder));
    await refused(folder, /has no weights: no model\.safetensors and no model\.safetensors\.index/);
    writeFileSync(path.join(folder, "pytorch_model.bin"), "x");
    await refused(folder, /weights as pytorch_model\.bin.*can run any program.*save_pretrained/);
  });

  test("with tensors of another model", async () => {
    await refused(
      changed((all) => all.slice(1)),
      /not those of the Llama model.*Missing: model\.embed_tokens\.weight \[53, 24\]\./,
    );
    await refused(
      changed((all) => [...all, ["model.layers.0.self_attn.q_norm.weight", [6]]]),
      /Of no parameter: model\.layers\.0\.self_attn\.q_norm\.weight \[6\]\./,
    );
    await refused(
      changed(([first, ...rest]) => [[first![0], [54, 24]], ...rest]),
      /Of another shape: model\.embed_tokens\.weight is \[54, 24\] and must be \[53, 24\]\./,
    );
  });

  test("with inverse frequencies of older versions, which are no parameters", async () => {
    const folder = changed((all) => [
      ...all,
      ["model.layers.0.self_attn.rotary_emb.inv_freq", [3]],
    ]);
    expect((await loadCheckpoint(folder)).family).toBe("Llama");
  });

  test.each([NaN, Infinity])("with %s among the weights", async (value) => {
    const folder = changed((all) => all);
    const file = new Map(tensors.map((each) => [each[0], store(each[1], madeWeights(each))]));
    const damaged = madeWeights(["x", [24]]);
    damaged[5] = value;
    file.set("model.norm.weight", store([24], damaged));
    writeFileSync(weightsOf(folder), writeSafetensors(file));
    await refused(folder, new RegExp(`model\\.norm\\.weight has ${value} at \\[5\\]`));
  });

  test("whose head is said to be the table and is not", async () => {
    const tied = { ...config, tie_word_embeddings: true };
    await refused(
      writeCheckpoint(fresh(), tied, tensors),
      /lm_head\.weight differs from the table of tokens.*"tie_word_embeddings" to false/,
    );
  });

  test("whose tokenizer has more tokens than the table", async () => {
    const folder = changed((all) => all);
    const vocab = Object.fromEntries(Array.from({ length: 54 }, (_, id) => [`w${id}`, id]));
    const tokenizer = {
      ...{ version: "1.0", added_tokens: [], normalizer: null, pre_tokenizer: null },
      ...{
        post_processor: null,
        decoder: null,
        model: { type: "WordPiece", unk_token: "w0", vocab },
      },
    };
    writeFileSync(path.join(folder, "tokenizer.json"), JSON.stringify(tokenizer));
    await refused(folder, /token ids up to 53, and the model's table of tokens has 53 rows/);
  });

  test("an option that does not exist", async () => {
    const folder = changed((all) => all);
    const loading = loadCheckpoint(folder, { textlength: 5 } as object);
    await expect(loading).rejects.toThrow(/"textlength" does not exist/);
  });
});
