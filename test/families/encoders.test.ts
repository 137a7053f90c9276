/** Pretrained encoders against transformers (oracle/encoder_families.py). */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { InputError } from "../../src/errors.ts";
import { encodeTexts } from "../../src/evaluation/encode-texts.ts";
import { decoderFamilies, encoderFamilies } from "../../src/families/index.ts";
import { loadEncoder } from "../../src/families/load-encoder.ts";
import { readFamily } from "../../src/families/read-family.ts";
import { compile } from "../../src/runtime/node.ts";
import type { GoldenTensor } from "../golden/golden.ts";
import { readGolden } from "../golden/golden.ts";
import type { FamilyCase } from "./decoder-logits.ts";
import { madeTokens, writeCheckpoint } from "./made-weights.ts";

interface EncoderCase extends FamilyCase {
  readonly options: FamilyCase["options"] & { readonly segments: boolean };
}

const cases = readGolden("encoder-families").cases as unknown as readonly EncoderCase[];
const place = mkdtempSync(path.join(tmpdir(), "relpos-encoders-"));
afterAll(() => rmSync(place, { recursive: true }));
const tolerance = 2e-6;
const options = { compile, threads: 1 };

function textOf(length: number, padding: number | undefined): number[] {
  return madeTokens(length).map((id) => (id === padding ? 5 : id));
}

/** The largest difference to each 61st number of a long text, or to each of a short one, by the largest number. */
function errorOf(actual: Float32Array, { data }: GoldenTensor): number {
  const every = data.length < actual.length ? 61 : 1;
  const largest = Math.max(...data.map(Math.abs));
  expect(data).toHaveLength(Math.ceil(actual.length / every));
  return Math.max(...data.map((value, at) => Math.abs(value - actual[at * every]!) / largest));
}

const lengths = [1, 7, 300];

test.each(cases)("$name", async ({ name, options: { config, tensors, segments }, outputs }) => {
  const encoder = await loadEncoder(writeCheckpoint(path.join(place, name), config, tensors));
  const texts = lengths.map((length) => textOf(length, encoder.padding));
  const kinds = lengths.map((length) =>
    Array.from({ length }, (_, at) => (at >= length / 2 ? 1 : 0)),
  );
  const more = segments ? { segments: kinds } : {};
  // All in one batch, so that the short texts are padded.
  const found = await encodeTexts(encoder, texts, { ...options, ...more, tokensAtOnce: 2048 });
  const names = Object.keys(outputs);
  expect(names).toHaveLength(encoder.head === undefined ? 3 : 6);
  for (const key of names) {
    const [, what, length] = /^(hidden|logits)(\d+)$/.exec(key) as unknown as [
      string,
      "hidden",
      string,
    ];
    const own = found[lengths.indexOf(Number(length))]![what];
    const error = errorOf(own, outputs[key]!);
    if (process.env["SHOW_ERRORS"]) console.log(name, key, error);
    expect(error, key).toBeLessThan(tolerance);
  }
});

describe("encodeTexts", () => {
  const [bert] = cases as [EncoderCase];
  const { config, tensors } = bert.options;
  const folder = writeCheckpoint(path.join(place, "again"), config, tensors);

  test("texts in one batch have the numbers that each has alone", async () => {
    const encoder = await loadEncoder(folder);
    const texts = [9, 4, 12].map((length) => textOf(length, 0));
    const together = await encodeTexts(encoder, texts, options);
    for (const [at, text] of texts.entries()) {
      const [alone] = await encodeTexts(encoder, [text], options);
      expect(together[at]!.hidden).toHaveLength(text.length * 24);
      expect(together[at]!.logits).toHaveLength(text.length * 53);
      together[at]!.logits!.forEach((value, n) => expect(value).toBeCloseTo(alone!.logits![n]!, 4));
    }
  });

  test.each<[readonly number[][], object, RegExp]>([
    [[[]], {}, /text 1 is empty/],
    [
      [[1], Array.from({ length: 321 }, () => 5)],
      {},
      /text 2 has 321 tokens, .* positions for 320/,
    ],
    [[[53]], {}, /token 0 of text 1 is 53/],
    [[[1, 2]], { segments: [[0]] }, /needs as many segments from 0 to 1; got 1 of them/],
    [[[1, 2]], { segments: [[0, 2]] }, /needs as many segments from 0 to 1; got 2/],
    [[[1, 2]], { segments: [] }, /there are 1 texts and segments of 0/],
    [[[1]], { segment: [[0]] }, /segment/],
  ])("refuses %j with %j", async (texts, more, message) => {
    const encoder = await loadEncoder(folder);
    await expect(encodeTexts(encoder, texts, { ...options, ...more })).rejects.toThrow(message);
  });

  test("refuses the padding token where positions count without it", async () => {
    const roberta = cases.find(({ name }) => name === "roberta")!.options;
    const place1 = writeCheckpoint(path.join(place, "r"), roberta.config, roberta.tensors);
    const encoder = await loadEncoder(place1);
    await expect(encodeTexts(encoder, [[4, 1, 5]], options)).rejects.toThrow(
      /has the padding token 1/,
    );
    const long = Array.from({ length: 321 }, () => 5);
    await expect(encodeTexts(encoder, [long], options)).rejects.toThrow(/positions for 320/);
  });
});

describe("configurations", () => {
  const configOf = (name: string): object =>
    cases.find((each) => each.name === name)!.options.config;

  test.each<[name: string, key: string, value: unknown]>([
    ["bert", "position_embedding_type", "relative_key"],
    ["bert", "is_decoder", true],
    ["bert", "hidden_act", "tanh"],
    ["bert", "surprise", 1],
    ["bert", "type_vocab_size", 0],
    ["roberta", "max_position_embeddings", 2],
    ["roberta", "pad_token_id", -1],
    ["deberta-v2", "relative_attention", null],
    ["deberta-v2", "position_biased_input", null],
    ["deberta-v2", "share_att_key", false],
    ["deberta-v2", "norm_rel_ebd", "none"],
    ["deberta-v2", "pos_att_type", []],
    ["deberta-v2", "pos_att_type", "p2p"],
    ["deberta-v2", "position_buckets", -1],
    ["deberta-v2", "conv_kernel_size", 3],
    ["deberta-v2", "embedding_size", 12],
    ["deberta-v2", "layer_norm_eps", 1e-6],
    ["deberta-v2", "legacy", false],
    ["modernbert", "hidden_activation", "relu"],
    ["modernbert", "layer_types", ["full_attention"]],
    ["modernbert", "local_attention", 0],
  ])("%s: %s %j is refused by name", (name, key, value) => {
    const config = configOf(name);
    expect(() => readFamily(encoderFamilies, config)).not.toThrow();
    const read = (): unknown => readFamily(encoderFamilies, { ...config, [key]: value });
    expect(read).toThrow(`"${key}"`);
    expect(read).toThrow(InputError);
  });

  test("version 4 of ModernBERT names its bases and layers otherwise", () => {
    const { rope_parameters, layer_types, ...rest } = configOf("modernbert") as Record<
      string,
      unknown
    >;
    expect([rope_parameters, layer_types]).not.toContain(undefined);
    const older = { ...rest, global_rope_theta: 160000, local_rope_theta: 10000 };
    const described = (config: object): unknown => readFamily(encoderFamilies, config).description;
    const summary = (config: object): string =>
      JSON.stringify(described(config), (_, value: unknown) =>
        typeof value === "function" ? undefined : value,
      );
    expect(summary(older)).toBe(summary(configOf("modernbert")));
  });

  test("a model of another kind is refused, with the name of its kind", () => {
    expect(() => readFamily(decoderFamilies, configOf("bert"))).toThrow(
      /this is BERT, an encoder\. .* continues no text and has no perplexity/,
    );
    expect(() => readFamily(decoderFamilies, { model_type: "t5" })).toThrow(
      /T5, an encoder-decoder/,
    );
    expect(() => readFamily(encoderFamilies, { model_type: "llama" })).toThrow(/Llama, a decoder/);
    expect(() => readFamily(encoderFamilies, { model_type: "albert" })).toThrow(
      /"albert" is no family .* bert \(BERT\), roberta/,
    );
  });
});
