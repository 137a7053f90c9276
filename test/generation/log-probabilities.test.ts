/** Steps that give log-probabilities, and beam search that reads only the likeliest tokens. */
import { describe, expect, test } from "vitest";
import { beamSearch } from "../../src/generation/beam-search.ts";
import { compileDecoder } from "../../src/generation/compile-decoder.ts";
import type { Decoder } from "../../src/generation/decoder.ts";
import { readGenerationOptions } from "../../src/generation/generation-options.ts";
import type { Logits } from "../../src/generation/logits.ts";
import { logSoftmax } from "../../src/generation/score-filters.ts";
import "../../src/runtime/node.ts";
import { trainedModel, vocab } from "./trained-model.ts";

const prompts = [
  [1, 2, 3],
  [4, 5, 6],
];
const decoderOf = async (encoding: string): Promise<Decoder> => {
  const decoder = await compileDecoder(trainedModel(encoding), { threads: 1 });
  await decoder.prefill(prompts);
  return decoder;
};
const rowOf = ({ data, shape }: Logits, row: number): Float32Array =>
  data.subarray(row * shape[1]!, (row + 1) * shape[1]!);
const expectNear = (found: Float32Array, wanted: Float32Array): void => {
  expect(found).toHaveLength(wanted.length);
  found.forEach((value, at) => expect(Math.abs(value - wanted[at]!)).toBeLessThan(2e-6));
};

describe.each(["rope", "distance-row"])("%s: a step", (encoding) => {
  test("gives log-probabilities of all tokens, or of the likeliest with their ids", async () => {
    const decoder = await decoderOf(encoding);
    const logits = await decoder.step([7, 8]);
    expect(logits.logProbabilities ?? false).toBe(false);
    decoder.rollback();
    const all = await decoder.step([7, 8], { logProbabilities: "all" });
    decoder.rollback();
    const few = await decoder.step([7, 8], { logProbabilities: 3, origins: [0, 1] });
    expect([all.shape, few.shape]).toEqual([
      [2, vocab],
      [2, 3],
    ]);
    expect([all.logProbabilities, few.logProbabilities]).toEqual([true, true]);
    for (const row of [0, 1]) {
      const wanted = logSoftmax(rowOf(logits, row));
      expectNear(rowOf(all, row), wanted);
      const order = [...wanted.keys()].sort((a, b) => wanted[b]! - wanted[a]!).slice(0, 3);
      expect([...few.ids!.subarray(3 * row, 3 * row + 3)]).toEqual(order);
      expectNear(
        rowOf(few, row),
        Float32Array.from(order, (id) => wanted[id]!),
      );
    }
    await decoder.dispose();
  });
});

test.each([0, 14, 2.5, NaN, "some"])("refuses %s likeliest tokens of 13", async (asked) => {
  const decoder = await decoderOf("rope");
  await expect(decoder.step([1, 2], { logProbabilities: asked as number })).rejects.toThrow(
    'logProbabilities must be "all" or a whole number from 1 to 13, the size of the vocabulary, got',
  );
  await decoder.step([1, 2], { logProbabilities: 13 });
  await decoder.dispose();
});

test("refuses the likeliest tokens where every token has logits", async () => {
  const decoder = await compileDecoder(trainedModel("rope"), { threads: 1, logits: "all" });
  await decoder.prefill(prompts);
  await expect(decoder.step([1, 2], { logProbabilities: 2 })).rejects.toThrow(
    'Leave logits: "all" out',
  );
  const { shape } = await decoder.step([1, 2], { logProbabilities: "all" });
  expect(shape).toEqual([2, 1, vocab]);
  await decoder.dispose();
});

describe("beam search", () => {
  /** The options, and what the search may ask its steps for. */
  test.each([
    [{}, 8],
    [{ endTokens: [2] }, 8],
    [{ endTokens: [2, 3], suppressTokens: [0, 1, 1] }, 13],
    [{ suppressTokens: [0, 1, 1] }, 10],
    [{ noRepeatNgram: 2 }, "all"],
    [{ repetitionPenalty: 1.3, suppressTokens: [0] }, "all"],
  ])("with %o reads %s, and finds what it finds from all logits", async (given, asked) => {
    const settings = readGenerationOptions({ beams: 4, maxTokens: 6, ...given });
    const decoder = await decoderOf("rope");
    const wanted: unknown[] = [];
    const search = async (whole: boolean): ReturnType<typeof beamSearch> => {
      const logits = await decoder.prefill(prompts);
      const step: Decoder["step"] = (tokens, { logProbabilities, ...options } = {}) => {
        if (!whole) wanted.push(logProbabilities);
        return decoder.step(
          tokens,
          whole || logProbabilities === undefined ? options : { ...options, logProbabilities },
        );
      };
      return await beamSearch({ step }, { prompts, logits, settings });
    };
    const [few, all] = [await search(false), await search(true)];
    expect(new Set(wanted)).toEqual(new Set([asked]));
    const texts = (found: typeof few) => found.map((row) => row.map(({ ids }) => ids));
    expect(texts(few)).toEqual(texts(all));
    for (const { ids } of few.flat())
      for (const id of settings.suppressTokens ?? []) expect(ids).not.toContain(id);
    few.flat().forEach(({ score }, at) => {
      expect(Math.abs(score - all.flat()[at]!.score)).toBeLessThan(2e-6);
    });
    await decoder.dispose();
  });
});
