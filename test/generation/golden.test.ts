/**
 * Beam search and the filters of scores against Hugging Face transformers, see oracle/generation.py.
 */
import { describe, expect, test } from "vitest";
import { beamSearch } from "../../src/generation/beam-search.ts";
import { readGenerationOptions } from "../../src/generation/generation-options.ts";
import { scoreFilters, softmax } from "../../src/generation/score-filters.ts";
import { readGolden } from "../golden/golden.ts";
import type { GoldenCase, GoldenTensor } from "../golden/golden.ts";
import { ruleDecoder } from "./rule-decoder.ts";

const { cases } = readGolden("generation");
const of = (wanted: string): GoldenCase[] =>
  cases.filter(({ options }) => options["kind"] === wanted);

/** The rows of a tensor, by all axes but the last. */
function rowsOf({ shape, data }: GoldenTensor): number[][] {
  const width = shape.at(-1)!;
  return Array.from({ length: data.length / width }, (_, row) => [
    ...data.slice(row * width, (row + 1) * width),
  ]);
}

describe.each(of("filter"))("$name", ({ options: { kind, ...options }, inputs, outputs }) => {
  test("has the probabilities of transformers", () => {
    expect(kind).toBe("filter");
    const settings = readGenerationOptions({ temperature: 1, ...options });
    const filters = scoreFilters(settings);
    const [ids, scores] = [rowsOf(inputs["ids"]!), rowsOf(inputs["scores"]!)];
    const expected = rowsOf(outputs["probabilities"]!);
    expected.forEach((wanted, row) => {
      const found = Float32Array.from(scores[row]!);
      for (const filter of filters) filter(found, ids[row]!);
      softmax(found).forEach((probability, id) =>
        expect(Math.abs(probability - wanted[id]!)).toBeLessThan(1e-6),
      );
    });
  });
});

describe.each(of("beams"))("$name", ({ options: { kind, ...options }, inputs, outputs }) => {
  test("finds the texts of transformers, token for token, with their scores", async () => {
    expect(kind).toBe("beams");
    const settings = readGenerationOptions(options);
    const prompts = rowsOf(inputs["prompts"]!);
    const decoder = ruleDecoder();
    const found = await beamSearch(decoder, {
      prompts,
      logits: await decoder.prefill(prompts),
      settings,
    });
    const sequences = rowsOf(outputs["sequences"]!).map((ids) => ids.filter((id) => id >= 0));
    const scores = outputs["scores"]?.data;
    expect(found.flat()).toHaveLength(sequences.length);
    found.flat().forEach(({ ids, score, ended }, at) => {
      const wanted = sequences[at]!;
      const end = settings.endTokens?.includes(wanted.at(-1)!) ?? false;
      expect(ended).toBe(end);
      expect(ids).toEqual(end ? wanted.slice(0, -1) : wanted);
      if (scores) expect(Math.abs(score - scores[at]!)).toBeLessThan(2e-5);
    });
  });
});
