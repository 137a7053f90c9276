/** Targets of pretrained encoder-decoders against transformers (oracle/pair_generation.py): forced tokens, ends, beams. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { loadEncoderDecoder } from "../../src/families/load-encoder-decoder.ts";
import { compileTargetGenerator } from "../../src/generation/target-generator.ts";
import { textTargets } from "../../src/generation/translate.ts";
import type { TextTargetModel } from "../../src/generation/source-writer.ts";
import type { GenerateOptions } from "../../src/generation/generator.ts";
import "../../src/runtime/node.ts";
import { tokenizerFrom } from "../../src/data/tokenizers.ts";
import { readGolden } from "../golden/golden.ts";
import { livelyFile, madeTokens } from "../families/made-weights.ts";
import type { NamedShape } from "../families/made-weights.ts";

const place = mkdtempSync(path.join(tmpdir(), "relpos-pretrained-targets-"));
afterAll(() => rmSync(place, { recursive: true }));

interface Options {
  readonly config: { readonly eos_token_id: number };
  readonly generation: Readonly<Record<string, unknown>>;
  readonly tensors: readonly NamedShape[];
  readonly search: GenerateOptions;
}

const sources = [7, 3, 11].map(madeTokens);
const tokenizer = tokenizerFrom({ id: "byte" });

describe.each(readGolden("pair-generation").cases)("$name", ({ name, options, outputs }) => {
  const { config, generation, tensors, search } = options as unknown as Options;

  test("gives the targets of transformers, token for token", async () => {
    const folder = mkdtempSync(path.join(place, "model-"));
    writeFileSync(path.join(folder, "config.json"), JSON.stringify(config));
    writeFileSync(path.join(folder, "model.safetensors"), livelyFile(tensors));
    if (Object.keys(generation).length > 0)
      writeFileSync(path.join(folder, "generation_config.json"), JSON.stringify(generation));
    const loaded = await loadEncoderDecoder(folder);
    const model = textTargets({ ...loaded, tokenizer }) as TextTargetModel;
    const generator = compileTargetGenerator({ ...model, tokenizer: undefined }, { threads: 1 });
    const found: { ids: number[]; ended?: string; score?: number }[] = sources.map(() => ({
      ids: [],
    }));
    for await (const { row, ids, ended, score } of generator.generate(sources, search)) {
      found[row]!.ids.push(...ids);
      if (ended) Object.assign(found[row]!, { ended, score });
    }
    await generator.dispose();
    const { shape, data } = outputs["sequences"]!;
    const width = shape[1]!;
    found.forEach(({ ids, ended, score }, row) => {
      const wanted = [...data.slice(row * width, (row + 1) * width)].filter((id) => id >= 0);
      const ends = wanted.at(-1) === config.eos_token_id;
      expect(ids, `${name}, source ${row}`).toEqual(ends ? wanted.slice(0, -1) : wanted);
      expect(ended).toBe(ends && wanted.length < width ? "end" : "length");
      const scores = outputs["scores"]?.data;
      // Logits of up to 100, in float32.
      if (scores) expect(Math.abs(score! - scores[row]!)).toBeLessThan(2e-4);
    });
  });
});
