/**
 * Texts without end: what is forgotten, that memory stays the same, and which encodings allow it.
 */
import { afterEach, describe, expect, test } from "vitest";
import { encodingById, encodings } from "../../src/encodings/index.ts";
import { compileDecoder } from "../../src/generation/compile-decoder.ts";
import type { Decoder } from "../../src/generation/decoder.ts";
import { whyNotForget } from "../../src/generation/forgetting.ts";
import { generate } from "../../src/generation/generator.ts";
import { transformerConfig } from "../../src/model/config.ts";
import type { TrainedModel } from "../../src/model/trained-model.ts";
import { languageModel } from "../../src/model/transformer.ts";
import "../../src/runtime/node.ts";
import { livelyModel, trainedModel } from "./trained-model.ts";

const open: Decoder[] = [];
afterEach(async () => {
  for (const decoder of open.splice(0)) await decoder.dispose();
});
async function decoderOf(trained: TrainedModel, forgetsAfter?: number): Promise<Decoder> {
  const decoder = await compileDecoder(trained, {
    threads: 1,
    ...(forgetsAfter !== undefined && { forgetsAfter }),
  });
  open.push(decoder);
  return decoder;
}

const largest = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Math.max(...Array.from(a, (value, at) => Math.abs(value - b[at]!)));

describe.each(["rope", "alibi", "t5", "shaw", "xpos", "none", "layers(rope,alibi)"])(
  "%s",
  (encoding) => {
    // With one block, keys and values depend on their own token alone, so what is left is a text.
    test("one block: logits are those of the text that is left", async () => {
      const trained = trainedModel(encoding, 1);
      const [forgetting, plain] = [await decoderOf(trained, 2), await decoderOf(trained)];
      const text = [1, 2, 3, 4, 5, 6, 7];
      await forgetting.prefill([text]);
      const after = await forgetting.step([8], { forget: 3 });
      expect(forgetting.positions).toEqual([5]);
      const left = await plain.prefill([[1, 2, 6, 7, 8]]);
      expect(largest(after.data, left.data)).toBeLessThan(1e-5);
      const again = await forgetting.step([[9, 10]], { forget: 1 });
      expect(largest(again.data, (await plain.prefill([[1, 2, 7, 8, 9, 10]])).data)).toBeLessThan(
        1e-5,
      );
      // It matters what is forgotten.
      const other = await plain.prefill([[1, 2, 3, 8, 9, 10]]);
      if (encoding !== "none") expect(largest(again.data, other.data)).toBeGreaterThan(1e-3);
    });
  },
);

test("several rows at once, and rollback", async () => {
  const decoder = await decoderOf(livelyModel("rope"), 1);
  const rows = [
    [1, 2, 3, 4],
    [5, 6, 7, 8],
  ];
  await decoder.prefill(rows);
  const both = await decoder.step([9, 9, 9], { origins: [1, 0, 1], forget: 2 });
  decoder.rollback();
  expect(decoder.positions).toEqual([4, 4]);
  const second = await decoder.step([9, 9], { forget: 2 });
  expect(largest(both.data.subarray(0, 13), second.data.subarray(13))).toBeLessThan(1e-5);
});

test("the cache stays as long as the window and the sinks, however long the text", async () => {
  const sizes = new Set<number>();
  const trained = livelyModel("rope");
  const texts: number[] = [];
  const options = { maxTokens: 60, window: 6, sinks: 2 };
  for await (const { ids } of generate(trained, [[1, 2, 3]], options, { threads: 1 }))
    texts.push(...ids);
  expect(texts).toHaveLength(60);
  const decoder = await decoderOf(trained, 2);
  let logits = await decoder.prefill([[1, 2, 3]]);
  for (const id of texts.slice(0, -1)) {
    expect(logits.data.indexOf(Math.max(...logits.data))).toBe(id);
    const forget = Math.max(0, decoder.positions[0]! + 1 - 8);
    logits = await decoder.step([id], { forget });
    sizes.add(decoder.positions[0]!);
  }
  expect(Math.max(...sizes)).toBe(8);
});

test("a window that holds the whole text changes nothing", async () => {
  const ids = async (options: object): Promise<number[]> => {
    const all: number[] = [];
    for await (const piece of generate(livelyModel("alibi"), [[1, 2, 3]], {
      maxTokens: 9,
      ...options,
    }))
      all.push(...piece.ids);
    return all;
  };
  expect(await ids({ window: 100 })).toEqual(await ids({}));
});

describe("encodings that cannot forget say why", () => {
  const shape = transformerConfig({ vocab: 64, model: 24, heads: 2, layers: 2 });
  const reason = (id: string): string | undefined =>
    whyNotForget(languageModel(shape, encodingById(id), 8));

  test.each<[string, RegExp]>([
    ["sinusoidal", /depend on positions and not on distances alone/],
    ["learned", /depend on positions/],
    ["sinusoidal+rope", /depend on positions/],
    ["layers(rope,log-n)", /depend on positions/],
    ["path", /contain the positions or the tokens/],
    ["value-rope", /cached values contain their positions/],
    ["randomized", /chooses the positions of a whole text/],
    ["fire", /depend on positions|keeps no cache/],
  ])("%s", async (id, words) => {
    expect(reason(id)).toMatch(words);
    const pieces = generate(livelyModel(id), [[1]], { window: 4 }, { threads: 1 });
    await expect(pieces.next()).rejects.toThrow(
      /cannot forget tokens: .* Generate without a window/,
    );
  });

  test("every encoding is in one of the two lists", () => {
    const able = encodings.map(({ id }) => id).filter((id) => reason(id) === undefined);
    expect(able).toEqual(expect.arrayContaining(["none", "alibi", "t5", "rope", "shaw", "fox"]));
    expect(able).not.toContain("sinusoidal");
  });
});

test("refused: more than there is, rows of different lengths, and a decoder that was not made for it", async () => {
  const decoder = await decoderOf(livelyModel("rope"), 2);
  await expect(decoder.prefill([[1], [2, 3]])).rejects.toThrow(/must begin equally long/);
  await decoder.prefill([[1, 2, 3]]);
  await expect(decoder.step([1], { forget: 2 })).rejects.toThrow(
    /cannot forget 2 tokens.*there are 1/,
  );
  const plain = await decoderOf(livelyModel("rope"));
  await plain.prefill([[1, 2, 3]]);
  await expect(plain.step([1], { forget: 1 })).rejects.toThrow(/only where .* forgetsAfter/);
});
