/** Folders of exported encoder-decoders: whole, with their tokenizers and token ids, or not there. */
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { pairSymbols } from "../../src/data/pairs/pair-tokens.ts";
import { tokenizerFrom } from "../../src/data/tokenizers.ts";
import { InputError, RunError } from "../../src/errors.ts";
import { exportModel } from "../../src/export/export-model.ts";
import type { ExportOptions } from "../../src/export/export-model.ts";
import type { ExportablePair } from "../../src/export/export-source.ts";
import { trainPairRun } from "../../src/runs/train-pair-run.ts";
import "../../src/runtime/node.ts";
import { familyFolder } from "../extension/checkpoint.ts";
import { trainedPair } from "../generation/trained-pair.ts";
import { byId } from "../model/sequence-model.ts";
import type { Parts } from "../model/sequence-model.ts";
import { PairSession } from "./pair-session.ts";

const place = mkdtempSync(path.join(tmpdir(), "relpos-export-pair-"));
afterAll(() => rmSync(place, { recursive: true }));
const at = (...names: string[]): string => path.join(place, ...names);
const parsed = (...names: string[]): Record<string, unknown> =>
  JSON.parse(readFileSync(at(...names), "utf8")) as Record<string, unknown>;

/** Nine characters and the two symbols: the eleven tokens of the model. */
function pairOf(parts: Parts = {}): ExportablePair {
  const tokenizer = tokenizerFrom({ id: "char", characters: " abcdefgh" });
  return { ...trainedPair(parts), tokenizer, symbols: pairSymbols(tokenizer) };
}

beforeAll(async () => {
  const sizes = { width: 16, heads: 2, encoderLayers: 1, decoderLayers: 2, batch: 4, steps: 2 };
  const data = { name: "dates", options: { train: 12, test: 4 } } as const;
  const settings = { ...sizes, data, tokenizer: "byte", encoding: "alibi", shapes: 1, threads: 1 };
  await trainPairRun({ folder: at("run"), settings });
});

test("weights in float16 are in files of other names", async () => {
  const call = { model: pairOf(), format: "onnx", externalBytes: 0 } as const;
  const { dtype } = await exportModel({ ...call, dtype: "float16", out: at("half") });
  expect(dtype).toBe("float16");
  const names = ["encoder_model_fp16.onnx", "decoder_model_merged_fp16.onnx"] as const;
  expect(parsed("half", "config.json")["transformers.js_config"]).toEqual({
    dtype: "fp16",
    use_external_data_format: Object.fromEntries(names.map((name) => [name, 1])),
  });
  const [encoder, decoder] = names.map((name) => at("half", "onnx", name));
  const session = await PairSession.open(encoder!, decoder!);
  await session.release();
  await expect(exportModel({ ...call, dtype: "int4", out: at("few") })).rejects.toThrow(
    /encoder-decoders are float32 or float16, got int4/,
  );
  expect(existsSync(at("few"))).toBe(false);
});

test("a run has two models, its symbols behind the tokens, and a token of padding", async () => {
  const out = at("onnx");
  const exported = await exportModel({ model: at("run"), format: "onnx", out });
  expect(exported).toMatchObject({ format: "onnx", encoding: "alibi", tokenizer: true });
  expect(exported.files.map(({ name }) => name)).toEqual([
    ...["config.json", "generation_config.json"],
    ...["onnx/decoder_model_merged.onnx", "onnx/encoder_model.onnx"],
    ...["tokenizer.json", "tokenizer_config.json"],
  ]);
  expect(parsed("onnx", "config.json")).toMatchObject({
    ...{ model_type: "t5", is_encoder_decoder: true, vocab_size: 258, pad_token_id: 258 },
    ...{ num_layers: 1, num_decoder_layers: 2, num_heads: 2, d_kv: 8 },
    "transformers.js_config": { dtype: "fp32" },
    relpos: { encoder: "alibi", decoder: "alibi", cross: "none" },
  });
  expect(parsed("onnx", "generation_config.json")).toEqual({
    ...{ do_sample: false, bos_token_id: 256, eos_token_id: 257, pad_token_id: 258 },
    ...{ decoder_start_token_id: 256, suppress_tokens: [256] },
  });
  expect(parsed("onnx", "tokenizer_config.json")).toMatchObject({
    ...{ bos_token: "<|begin|>", eos_token: "<|end|>", pad_token: "<|padding|>" },
    padding_side: "right",
  });
  const { post_processor: behind } = parsed("onnx", "tokenizer.json");
  expect(behind).toMatchObject({ special_tokens: { "<|end|>": { ids: [257] } } });
  const session = await PairSession.open(
    path.join(out, "onnx/encoder_model.onnx"),
    path.join(out, "onnx/decoder_model_merged.onnx"),
  );
  expect(PairSession.inputsOf(session.encoder)).toEqual({
    input_ids: ["batch_size", "encoder_sequence_length"],
    attention_mask: ["batch_size", "encoder_sequence_length"],
  });
  const own = ["batch_size", 2, "past_decoder_sequence_length", 8];
  const across = ["batch_size", 2, "encoder_sequence_length_out", 8];
  const cache = [0, 1].flatMap((layer) => [
    [`past_key_values.${layer}.decoder.key`, own],
    [`past_key_values.${layer}.decoder.value`, own],
    [`past_key_values.${layer}.encoder.key`, across],
    [`past_key_values.${layer}.encoder.value`, across],
  ]);
  expect(PairSession.inputsOf(session.decoder)).toEqual({
    encoder_attention_mask: ["batch_size", "encoder_sequence_length"],
    input_ids: ["batch_size", "decoder_sequence_length"],
    encoder_hidden_states: ["batch_size", "encoder_sequence_length", 16],
    ...Object.fromEntries(cache),
    use_cache_branch: [1],
  });
  await session.release();
});

test("a decoder-only run of pairs is a decoder that continues a source behind the begin symbol", async () => {
  const data = { name: "dates", options: { train: 12, test: 4 } } as const;
  const sizes = { width: 16, heads: 2, decoderLayers: 1, batch: 4, steps: 2, threads: 1 };
  const settings = { ...sizes, data, tokenizer: "byte", architecture: "decoder-only" } as const;
  await trainPairRun({ folder: at("decoder-only"), settings });
  const out = at("decoder-only-onnx");
  const exported = await exportModel({ model: at("decoder-only"), format: "onnx", out });
  expect(exported).toMatchObject({ encoding: "rope", tokenizer: true });
  expect(parsed("decoder-only-onnx", "config.json")).toMatchObject({
    ...{ model_type: "llama", vocab_size: 258, eos_token_id: 257, pad_token_id: 258 },
  });
  expect(parsed("decoder-only-onnx", "generation_config.json")).toEqual({
    ...{ do_sample: false, bos_token_id: 256, eos_token_id: 257, pad_token_id: 258 },
    suppress_tokens: [256],
  });
  const { post_processor: behind } = parsed("decoder-only-onnx", "tokenizer.json");
  expect(behind).toMatchObject({ special_tokens: { "<|begin|>": { ids: [256] } } });
  const folder = at("decoder-only-folder");
  await exportModel({ model: at("decoder-only"), format: "huggingface", out: folder });
  expect(parsed("decoder-only-folder", "config.json")).toMatchObject({
    ...{ model_type: "gpt_neox", bos_token_id: 256, eos_token_id: 257, pad_token_id: null },
  });
});

test("a symbol has another name where the tokenizer has a token of that name", async () => {
  const model = pairOf();
  const characters = ["<|end|>", "<|padding|>", "a", "b", "c", "d", "e", "f", "g"];
  const tokenizer = tokenizerFrom({ id: "word", words: characters });
  await exportModel({ model: { ...model, tokenizer }, format: "onnx", out: at("named") });
  expect(parsed("named", "tokenizer_config.json")).toMatchObject({
    ...{ bos_token: "<|begin|>", eos_token: "<|end_|>", pad_token: "<|padding_|>" },
  });
});

test("pretrained models keep their keys and tokenizers, and get the ids that their class implies", async () => {
  const changed = { decoder_start_token_id: undefined, eos_token_id: undefined };
  const bart = familyFolder(place, "bart", changed, "pair-families");
  const out = at("bart-onnx");
  const exported = await exportModel({ model: bart, format: "onnx", out });
  expect(exported).toMatchObject({ family: "BART", encoding: "learned" });
  const ids = { decoder_start_token_id: 2, eos_token_id: 2, forced_eos_token_id: 2 };
  expect(parsed("bart-onnx", "config.json")).toMatchObject({
    ...{ model_type: "bart", scale_embedding: false, encoder_attention_heads: 3, ...ids },
    ...{ is_encoder_decoder: true, decoder_layers: 3, d_model: 24 },
  });
  expect(parsed("bart-onnx", "generation_config.json")).toEqual({ ...ids, pad_token_id: 1 });
  expect(readFileSync(path.join(out, "tokenizer.json"))).toEqual(
    readFileSync(path.join(bart, "tokenizer.json")),
  );
});

test("what a file of its own does not force is not forced, and its other values stay", async () => {
  const t5 = familyFolder(place, "t5", { forced_eos_token_id: 1 }, "pair-families");
  writeFileSync(path.join(t5, "generation_config.json"), '{"num_beams":4,"eos_token_id":[1,9]}');
  await exportModel({ model: t5, format: "onnx", out: at("t5-onnx") });
  expect(parsed("t5-onnx", "generation_config.json")).toEqual({
    ...{ num_beams: 4, eos_token_id: [1, 9], decoder_start_token_id: 0, pad_token_id: 0 },
  });
  expect(parsed("t5-onnx", "config.json")).toMatchObject({ num_decoder_layers: 3, d_kv: 6 });
});

test("a folder of ONNX models is no model to read, and says so", async () => {
  const message =
    /config\.json is of ONNX models, which relpos export writes and no command reads\. Give/;
  for (const name of ["onnx", "bart-onnx", "decoder-only-onnx"]) {
    const exporting = exportModel({ model: at(name), format: "onnx", out: at("twice") });
    await expect(exporting).rejects.toThrow(message);
  }
  const t5 = familyFolder(place, "t5", { "transformers.js_config": {} }, "pair-families");
  await exportModel({ model: t5, format: "onnx", out: at("both") });
});

test("a folder without a tokenizer is exported without one", async () => {
  const marian = familyFolder(place, "marian", {}, "pair-families");
  rmSync(path.join(marian, "tokenizer.json"));
  const exported = await exportModel({ model: marian, format: "onnx", out: at("marian-onnx") });
  expect(exported).toMatchObject({ family: "Marian", encoding: "sinusoidal", tokenizer: false });
});

test("many weights of a model are in a file beside it, those alone that it reads", async () => {
  const model = pairOf({ encoder: byId("rope"), decoder: byId("rope") });
  const logits = async (name: string, externalBytes: number): Promise<Float32Array[]> => {
    await exportModel({ model, format: "onnx", out: at(name), externalBytes });
    const session = await PairSession.open(
      at(name, "onnx/encoder_model.onnx"),
      at(name, "onnx/decoder_model_merged.onnx"),
    );
    await session.read([[1, 2, 3]], [[1, 1, 1]]);
    const found = [...(await session.write([[9]])), ...(await session.write([[4]]))];
    await session.release();
    return found;
  };
  const whole = await logits("whole", 2 ** 30);
  expect(await logits("apart", 0)).toEqual(whole);
  const names = ["encoder_model.onnx", "decoder_model_merged.onnx"];
  expect(readdirSync(at("apart", "onnx")).sort()).toEqual(
    names.flatMap((name) => [name, `${name}_data`]).sort(),
  );
  expect(parsed("apart", "config.json")["transformers.js_config"]).toEqual({
    dtype: "fp32",
    use_external_data_format: Object.fromEntries(names.map((name) => [name, 1])),
  });
  // Of each half the bytes of its own weights, in places that memory can be mapped to.
  const sizes = names.map((name) => readFileSync(at("apart", "onnx", `${name}_data`)).length);
  expect(sizes[0]).toBeLessThan(sizes[1]!);
});

describe("nothing is written", () => {
  const refused = async (options: Partial<ExportOptions>): Promise<string> => {
    const before = readdirSync(place, { recursive: true }).sort();
    const given = { model: at("run"), format: "onnx", out: at("refused"), ...options } as const;
    const error: unknown = await exportModel(given).then(
      () => "accepted",
      (error: unknown) => error,
    );
    expect(readdirSync(place, { recursive: true }).sort()).toEqual(before);
    expect(error instanceof InputError || error instanceof RunError, String(error)).toBe(true);
    return (error as Error).message;
  };

  test.each([
    [{ decoder: byId("fox") }, /fox in the decoder needs more numbers of each token \(gates\)/],
    [{ decoder: byId("randomized") }, /randomized in the decoder draws the positions/],
    [{ encoder: byId("randomized") }, /randomized in the encoder draws the positions/],
  ])("encodings that do not fit", async (parts, message) => {
    expect(await refused({ model: pairOf(parts) })).toMatch(message);
  });

  test("a weight that is NaN, in memory and in a folder", async () => {
    const model = pairOf();
    model.weights.get("decoder.blocks.1.crossAttention.key.weight")!.data[5] = NaN;
    expect(await refused({ model })).toMatch(/crossAttention\.key\.weight has NaN/);
    const folder = familyFolder(place, "t5-1.1", {}, "pair-families");
    const file = path.join(folder, "model.safetensors");
    const bytes = readFileSync(file);
    writeFileSync(file, bytes.fill(0xff, bytes.length - 4));
    expect(await refused({ model: folder })).toMatch(/NaN/);
  });

  test("a folder with files, or inside the model's", async () => {
    expect(await refused({ out: at("run") })).toContain("has files already");
    expect(await refused({ out: at("run", "onnx") })).toContain("inside the model's folder");
  });

  test("the run has no trials", async () => {
    const model = familyFolder(place, "mt5", {}, "pair-families");
    const given = [{ trial: "rope-1" }, { encodingFile: "own.ts" }];
    for (const options of [...given, ...given.map((each) => ({ ...each, model }))])
      expect(await refused(options)).toMatch(/the (trial|file of the encoding) ".*" was given\./);
  });

  test("an export that is stopped between its files", async () => {
    const out = at("stopped");
    let asked = 0;
    const { signal } = new AbortController();
    signal.throwIfAborted = () => {
      if (++asked === 4) throw new Error("stopped");
    };
    const exporting = exportModel({ model: pairOf(), format: "onnx", out, signal });
    await expect(exporting).rejects.toThrow("stopped");
    expect(existsSync(out)).toBe(false);
    expect(readdirSync(place).filter((name) => name.includes("stopped"))).toEqual([]);
  });
});
