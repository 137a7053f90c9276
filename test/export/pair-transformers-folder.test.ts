/**
 * Encoder-decoders as folders of transformers, read again by the loader whose families are compared with transformers
 * (test/families/pairs.test.ts). `oracle/check_exports.py` loads such folders in transformers itself.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { pairSymbols } from "../../src/data/pairs/pair-tokens.ts";
import { tokenizerFrom } from "../../src/data/tokenizers.ts";
import { exportModel } from "../../src/export/export-model.ts";
import type { ExportablePair } from "../../src/export/export-source.ts";
import { loadEncoderDecoder } from "../../src/families/load-encoder-decoder.ts";
import { compileTargetDecoder } from "../../src/generation/target-decoder.ts";
import type { TrainedEncoderDecoder } from "../../src/generation/target-decoder.ts";
import "../../src/runtime/node.ts";
import { familyFolder } from "../extension/checkpoint.ts";
import { trainedPair } from "../generation/trained-pair.ts";
import { byId } from "../model/sequence-model.ts";
import type { Parts } from "../model/sequence-model.ts";
import { readGolden } from "../golden/golden.ts";

const place = mkdtempSync(path.join(tmpdir(), "relpos-pair-transformers-"));
afterAll(() => rmSync(place, { recursive: true }));
const at = (...names: string[]): string => path.join(place, ...names);
const parsed = (...names: string[]): Record<string, unknown> =>
  JSON.parse(readFileSync(at(...names), "utf8")) as Record<string, unknown>;

function pairOf(id: string, config: Parts["config"] = {}, more: Parts = {}): ExportablePair {
  const both = { encoder: byId(id), decoder: byId(id) };
  const shared = { embeddings: "shared", tiedHead: true } as const;
  const tokenizer = tokenizerFrom({ id: "char", characters: " abcdefgh" });
  const trained = trainedPair({ ...both, ...more, config: { ...shared, ...config } });
  return { ...trained, tokenizer, symbols: pairSymbols(tokenizer) };
}

async function logitsOf(trained: TrainedEncoderDecoder): Promise<Float32Array> {
  const decoder = await compileTargetDecoder(trained, { threads: 1 });
  const [sources, targets] = [
    [[3, 1, 4, 1, 5], [2]],
    [
      [9, 2],
      [9, 7],
    ],
  ];
  const { data } = await decoder.prefill(sources, targets);
  const next = await decoder.step([5, 6]);
  await decoder.dispose();
  return Float32Array.from([...data, ...next.data]);
}

const t5 = { norm: "rms", bias: false } as const;

describe("a model that was trained here has the logits of its family's", () => {
  test.each<[string, string, Parts["config"], string]>([
    ["t5", "t5", { ...t5, activation: "geglu-tanh" }, "T5"],
    ["t5 with scaled scores", "t5(form=scaled,buckets=8)", { ...t5, headDim: 6 }, "T5"],
    ["t5 with factors", "t5(scoreScale=0.3,biasMultiplier=2)", { ...t5, activation: "relu" }, "T5"],
    ["t5 with a head of its own", "t5", { ...t5, tiedHead: false, activation: "swiglu" }, "T5"],
    ["learned", "learned", {}, "Blenderbot"],
    ["learned, without biases", "learned", { bias: false, tiedHead: false }, "Blenderbot"],
    ["sinusoidal", "sinusoidal", { activation: "relu" }, "Pegasus"],
    ["sinusoidal, another layout", "sinusoidal(layout=concat,embedScale=none)", {}, "Pegasus"],
    ["sinusoidal, norms behind", "sinusoidal", { form: "post", bias: false }, "Marian"],
  ])("%s", async (name, id, config, family) => {
    const model = pairOf(id, config);
    const out = at(name);
    const exported = await exportModel({ model, format: "huggingface", out });
    expect(exported).toMatchObject({ family, dtype: "float32", tokenizer: true });
    const [own, read] = [await logitsOf(model), await logitsOf(await loadEncoderDecoder(out))];
    const scale = Math.max(...own.map(Math.abs));
    const error = Math.max(...own.map((value, place) => Math.abs(value - read[place]!))) / scale;
    if (process.env["SHOW_ERRORS"]) console.log(name, error);
    expect(error).toBeLessThan(2e-6);
  });
});

test("a run has its symbols, and nothing that its class forces by default", async () => {
  await exportModel({ model: pairOf("learned"), format: "huggingface", out: at("ids") });
  const ids = { bos_token_id: 9, eos_token_id: 10, pad_token_id: 10, decoder_start_token_id: 9 };
  expect(parsed("ids", "config.json")).toMatchObject({
    ...{ model_type: "blenderbot", is_encoder_decoder: true, forced_eos_token_id: null, ...ids },
    ...{ max_position_embeddings: 7, architectures: ["BlenderbotForConditionalGeneration"] },
  });
  expect(parsed("ids", "generation_config.json")).toEqual({
    ...{ do_sample: false, suppress_tokens: [9], forced_eos_token_id: null, ...ids },
  });
  expect(parsed("ids", "tokenizer_config.json")).toMatchObject({
    ...{ bos_token: "<|begin|>", eos_token: "<|end|>", pad_token: "<|end|>" },
  });
  const { targetTokens, tokenizer } = await loadEncoderDecoder(at("ids"));
  expect(targetTokens).toEqual({ begin: 9, end: [10], suppressed: [9], padding: 10 });
  expect(tokenizer!.around).toEqual({ before: [], after: [10] });
});

test("both halves have the table once more where the head is another, as version 5 asks", async () => {
  const names = async (tiedHead: boolean): Promise<string[]> => {
    const out = at(`tied-${String(tiedHead)}`);
    const model = pairOf("learned", { tiedHead });
    await exportModel({ model, format: "huggingface", out });
    const bytes = readFileSync(path.join(out, "model.safetensors"));
    const head = bytes.subarray(8, 8 + Number(bytes.readBigUInt64LE())).toString();
    return Object.keys(JSON.parse(head) as object).filter((name) => /token|shared|head/.test(name));
  };
  expect(await names(true)).toEqual(["model.shared.weight"]);
  expect((await names(false)).sort()).toEqual([
    ...["lm_head.weight", "model.decoder.embed_tokens.weight", "model.encoder.embed_tokens.weight"],
    "model.shared.weight",
  ]);
});

describe("a pretrained model", () => {
  const names = readGolden("pair-families").cases.map(({ name }) => name);

  test.each(names)("%s keeps its weights", async (name) => {
    const folder = familyFolder(place, name, {}, "pair-families");
    const out = at(`${name}-again`);
    await exportModel({ model: folder, format: "huggingface", out });
    const [before, after] = [await loadEncoderDecoder(folder), await loadEncoderDecoder(out)];
    expect(after.weights).toEqual(before.weights);
    expect(after.targetTokens).toEqual(before.targetTokens);
    expect(after.configuration).toMatchObject({
      ...{ ...before.configuration, dtype: "float32", torch_dtype: "float32" },
    });
  });

  test.each(["float16", "bfloat16"] as const)("in %s", async (dtype) => {
    const folder = familyFolder(place, "bart", {}, "pair-families");
    const out = at(`bart-${dtype}`);
    const exported = await exportModel({ model: folder, format: "huggingface", dtype, out });
    expect(exported.dtype).toBe(dtype);
    const [before, after] = [await loadEncoderDecoder(folder), await loadEncoderDecoder(out)];
    const part = dtype === "float16" ? 2 ** -11 : 2 ** -8;
    for (const [name, { data }] of before.weights) {
      const rounded = after.weights.get(name)!.data;
      const wrong = data.findIndex(
        (value, index) => Math.abs(value - rounded[index]!) > part * Math.abs(value),
      );
      expect(wrong, name).toBe(-1);
    }
  });
});

describe("refused, with what families have, and nothing is written", () => {
  const two = { encoder: byId("rope"), decoder: byId("alibi") };
  test.each<[string, ExportablePair, RegExp]>([
    ["no family", pairOf("rope"), /has the encoding rope\. Families have t5 \(T5\), learned \(Bl/],
    ["two encodings", pairOf("none", {}, two), /rope in its encoder, alibi in its decoder/],
    [
      "an encoding between them",
      pairOf("t5", t5, { cross: byId("rope") }),
      /none between them, and this model has .* rope between them/,
    ],
    ["another norm", pairOf("t5"), /T5 has norm rms, not layer and no bias in query, key/],
    ["norms behind", pairOf("learned", { form: "post" }), /BART has embeddingNorm true, not false/],
    ["another layout", pairOf("sinusoidal(layout=t2t)"), /can say sinusoidal\(layout=t2t\)/],
    ["another base", pairOf("sinusoidal(base=500)"), /can say sinusoidal\(base=500\)/],
    ["a gate", pairOf("learned", { activation: "swiglu" }), /Blenderbot has activation silu, not/],
    ["shared heads", pairOf("learned", { heads: 4, keyValueHeads: 2 }), /keyValueHeads 4, not 2/],
    ["two tables", pairOf("learned", { embeddings: "separate" }), /one table of tokens/],
  ])("%s", async (_, model, message) => {
    const out = at("refused");
    const exporting = exportModel({ model, format: "huggingface", out });
    await expect(exporting).rejects.toThrow(message);
    expect(existsSync(out)).toBe(false);
  });
});
