/** Pretrained encoder-decoders against transformers (oracle/pair_families.py). */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { pairFamilies } from "../../src/families/index.ts";
import { loadEncoderDecoder } from "../../src/families/load-encoder-decoder.ts";
import { readFamily } from "../../src/families/read-family.ts";
import { forwardPair } from "../../src/model/encode-decode.ts";
import { input } from "../../src/operators/source.ts";
import { compile } from "../../src/runtime/node.ts";
import type { GoldenTensor } from "../golden/golden.ts";
import { readGolden } from "../golden/golden.ts";
import { positionsFrom } from "../model/small-model.ts";
import type { FamilyCase } from "./decoder-logits.ts";
import { madeTokens, writeCheckpoint } from "./made-weights.ts";

const cases = readGolden("pair-families").cases as unknown as readonly FamilyCase[];
const place = mkdtempSync(path.join(tmpdir(), "relpos-pairs-"));
afterAll(() => rmSync(place, { recursive: true }));

const tolerance = 1e-5;

function errorOf(actual: Float32Array, { shape, data }: GoldenTensor): number {
  expect(actual).toHaveLength(shape.reduce((product, size) => product * size, 1));
  const largest = Math.max(...data.map(Math.abs));
  return Math.max(...data.map((value, at) => Math.abs(value - actual[at]!) / largest));
}

describe("logits", () => {
  test.each(cases)("$name", async ({ name, options, outputs }) => {
    const folder = writeCheckpoint(path.join(place, name), options.config, options.tensors);
    const { model, weights } = await loadEncoderDecoder(folder);
    for (const [key, golden] of Object.entries(outputs)) {
      const [source, target] = /(\d+)x(\d+)/.exec(key)!.slice(1).map(Number) as [number, number];
      const ids = (half: string, length: number) => input(half, [1, length], "int32");
      const [read, written] = [ids("source", source), ids("target", target)];
      const { logits } = forwardPair(model, {
        source: { tokens: read, positions: positionsFrom(0, source) },
        target: { tokens: written, positions: positionsFrom(0, target) },
      });
      const inputs = [read, written, ...model.parameters.tensors];
      const program = await compile({ inputs, outputs: { logits } }, { threads: 1 });
      const tokens = (length: number) => ({
        shape: [1, length],
        data: Int32Array.from(madeTokens(length)),
      });
      const feeds = { source: tokens(source), target: tokens(target) };
      const result = await program.run({ ...Object.fromEntries(weights), ...feeds });
      const error = errorOf(result["logits"]!.data as Float32Array, golden);
      if (process.env["SHOW_ERRORS"]) console.log(name, key, error);
      expect(error, key).toBeLessThan(tolerance);
      await program.dispose();
    }
  });
});

describe("configurations", () => {
  const optionsOf = (name: string): FamilyCase["options"] =>
    cases.find((each) => each.name === name)!.options;

  test.each<[name: string, key: string, value: unknown]>([
    ["t5", "feed_forward_proj", "gelu6"],
    ["t5", "surprise", 1],
    ["mt5", "d_kv", 0],
    ["bart", "encoder_ffn_dim", 30],
    ["bart", "normalize_before", true],
    ["bart", "static_position_embeddings", true],
    ["marian", "share_encoder_decoder_embeddings", false],
    ["marian", "decoder_vocab_size", 54],
    ["marian", "normalize_embedding", true],
  ])("%s: %s %j is refused by name", (name, key, value) => {
    const { config } = optionsOf(name);
    expect(() => readFamily(pairFamilies, config)).not.toThrow();
    const named = key === "encoder_ffn_dim" ? "decoder_ffn_dim" : key;
    expect(() => readFamily(pairFamilies, { ...config, [key]: value })).toThrow(`"${named}"`);
  });
});
