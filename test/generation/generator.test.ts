/**
 * Generation as a program calls it: pieces, their ends, interruption, and a second turn from the cache.
 */
import { afterEach, describe, expect, test } from "vitest";
import type { Tokenizer } from "../../src/data/tokenizer.ts";
import { compileDecoder } from "../../src/generation/compile-decoder.ts";
import type { GeneratedPiece } from "../../src/generation/generated-row.ts";
import { compileGenerator, generate } from "../../src/generation/generator.ts";
import type { GenerateOptions, Generator, TextModel } from "../../src/generation/generator.ts";
import type { Prompts } from "../../src/generation/prompt-ids.ts";
import { logSoftmax } from "../../src/generation/score-filters.ts";
import { compile } from "../../src/runtime/node.ts";
import type { Compile } from "../../src/runtime/session.ts";
import { livelyModel, vocab } from "./trained-model.ts";

/** One letter for each token. */
const letters = "abcdefghijklm";
const tokenizer: Tokenizer = {
  id: "char",
  vocab,
  config: { id: "char", characters: letters },
  encode: (text: string | Uint8Array) =>
    Int32Array.from(String(text), (letter) => letters.indexOf(letter)),
  decode: (ids: ArrayLike<number>) => Array.from(ids, (id) => letters[id]!).join(""),
  byteLength: (ids: ArrayLike<number>) => ids.length,
  bytes: (ids: ArrayLike<number>) => new TextEncoder().encode(tokenizer.decode(ids)),
  lossless: true,
  leadingSpace: false,
};
const modelOf = (encoding: string): TextModel => ({ ...livelyModel(encoding), tokenizer });
const threads = { threads: 1 };

const open: Generator[] = [];
afterEach(async () => {
  for (const generator of open.splice(0)) await generator.dispose();
});
function generatorOf(encoding: string, options = {}): Generator {
  const generator = compileGenerator(modelOf(encoding), { ...threads, ...options });
  open.push(generator);
  return generator;
}

interface Text {
  text: string;
  ids: number[];
  ended?: string;
  score?: number;
}

async function texts(pieces: AsyncIterable<GeneratedPiece>): Promise<Text[]> {
  const all: Text[] = [];
  for await (const { row, text, ids, ended, score } of pieces) {
    const known = (all[row] ??= { text: "", ids: [] });
    known.text += text;
    known.ids.push(...ids);
    if (ended) known.ended = ended;
    if (score !== undefined) known.score = score;
  }
  return all;
}

const run = (encoding: string, prompts: Prompts, options: GenerateOptions = {}): Promise<Text[]> =>
  texts(generate(modelOf(encoding), prompts, options, threads));

describe("greedily", () => {
  test.each(["rope", "t5", "distance-row", "randomized"])(
    "%s: the likeliest token after each, alone and beside a longer text",
    async (encoding) => {
      const decoder = await compileDecoder(livelyModel(encoding), { ...threads, maxLength: 8 });
      const expected: number[] = [];
      let logits = await decoder.prefill([[1, 2, 3]]);
      for (let step = 0; step < 5; step++) {
        const { data } = logits;
        expected.push(data.indexOf(Math.max(...data)));
        logits = await decoder.step([expected.at(-1)!]);
      }
      await decoder.dispose();
      const [alone] = await run(encoding, ["bcd"], { maxTokens: 5 });
      expect(alone).toEqual({ text: tokenizer.decode(expected), ids: expected, ended: "length" });
      if (encoding === "randomized") return; // a longer batch samples other positions
      const both = await run(
        encoding,
        [
          [1, 2, 3],
          [4, 5, 6, 7, 8],
        ],
        { maxTokens: 5 },
      );
      expect(both[0]).toEqual(alone);
      expect(both[1]).toEqual((await run(encoding, ["efghi"], { maxTokens: 5 }))[0]);
    },
  );

  test("a text that has ended leaves the batch, and the others go on as alone", async () => {
    const prompts = ["bcd", "ee", "ijk"];
    const each = await Promise.all(
      prompts.map(async (prompt) => (await run("rope", [prompt], { maxTokens: 12 }))[0]!),
    );
    const cutAt = (end: number): number[][] =>
      each.map(({ ids }) => (ids.includes(end) ? ids.slice(0, ids.indexOf(end)) : ids));
    // A token that ends one text before another.
    const end = each
      .flatMap(({ ids }) => ids)
      .find((id) => new Set(cutAt(id).map(({ length }) => length)).size > 1)!;
    const expected = cutAt(end);
    const together = await run("rope", prompts, { maxTokens: 12, endTokens: [end] });
    expect(together.map(({ ids }) => ids)).toEqual(expected);
    expect(together.map(({ ended }) => ended)).toContain("end");
  });
});

describe("by drawing", () => {
  const options = { maxTokens: 20, temperature: 1.5 };

  test("the same seed draws the same text, another seed another, and rows differ", async () => {
    const [first, second] = await run("rope", ["abc", "abc"], { ...options, seed: 3 });
    expect((await run("rope", ["abc"], { ...options, seed: 3 }))[0]).toEqual(first);
    expect(second!.text).not.toBe(first!.text);
    expect((await run("rope", ["abc"], { ...options, seed: 4 }))[0]!.text).not.toBe(first!.text);
  });

  test("tokens are drawn with their probabilities", async () => {
    const decoder = await compileDecoder(livelyModel("none"), threads);
    const { data } = await decoder.prefill([[5]]);
    await decoder.dispose();
    const probabilities = [...logSoftmax(data)].map(Math.exp);
    const rows = 4000;
    const drawn = await run(
      "none",
      Array.from({ length: rows }, () => [5]),
      {
        maxTokens: 1,
        temperature: 1,
      },
    );
    probabilities.forEach((probability, id) => {
      const share = drawn.filter(({ ids }) => ids[0] === id).length / rows;
      const deviation = Math.sqrt((probability * (1 - probability)) / rows);
      expect(Math.abs(share - probability)).toBeLessThan(4.5 * deviation);
    });
  });

  test("the likeliest alone is what greedy choice takes", async () => {
    const greedy = await run("rope", ["abc"], { maxTokens: 9 });
    expect(await run("rope", ["abc"], { maxTokens: 9, temperature: 2, topK: 1 })).toEqual(greedy);
    expect(await run("rope", ["abc"], { maxTokens: 9, temperature: 2, topP: 1e-9 })).toEqual(
      greedy,
    );
  });
});

describe("by beam search", () => {
  test.each(["rope", "distance-row"])("%s: scores are those of one pass", async (encoding) => {
    const prompt = [1, 2, 3];
    const [found] = await run(encoding, [prompt], { maxTokens: 5, beams: 3 });
    const decoder = await compileDecoder(livelyModel(encoding), threads);
    const probability = async (ids: readonly number[]): Promise<number> => {
      let sum = 0;
      let logits = await decoder.prefill([prompt]);
      for (const id of ids) {
        sum += logSoftmax(logits.data)[id]!;
        logits = await decoder.step([id]);
      }
      return sum / ids.length;
    };
    expect(await probability(found!.ids)).toBeCloseTo(found!.score!, 4);
    const [greedy] = await run(encoding, [prompt], { maxTokens: 5 });
    expect(found!.score!).toBeGreaterThanOrEqual((await probability(greedy!.ids)) - 1e-5);
    await decoder.dispose();
  });

  test("several prompts of different lengths find what each finds alone", async () => {
    const options = { maxTokens: 6, beams: 4, endTokens: [2], lengthPenalty: 0.6 };
    const prompts = ["bcd", "ee", "ijklm"];
    const together = await run("rope", prompts, options);
    for (const [row, prompt] of prompts.entries()) {
      const [alone] = await run("rope", [prompt], options);
      expect(together[row]!.ids).toEqual(alone!.ids);
      expect(together[row]!.score).toBeCloseTo(alone!.score!, 5);
    }
  });
});

describe("stop strings", () => {
  test("a text ends before one, which may be several tokens", async () => {
    const [whole] = await run("rope", ["abc"], { maxTokens: 12, temperature: 1, seed: 2 });
    const stop = whole!.text.slice(4, 7);
    const options = { maxTokens: 12, temperature: 1, seed: 2, stop: ["zz", stop] };
    const [text] = await run("rope", ["abc"], options);
    expect(text!.text).toBe(whole!.text.slice(0, whole!.text.indexOf(stop)));
    expect(text!.ended).toBe("stop");
    const [searched] = await run("rope", ["abc"], { maxTokens: 12, beams: 3, stop: [stop[0]!] });
    expect(searched!.text).not.toContain(stop[0]!);
  });
});

/** Counts the tokens that are read. */
function counting(): { readonly compile: Compile; read: number[] } {
  const read: number[] = [];
  return {
    read,
    compile: async (...given) => {
      const program = await compile(...given);
      const run = program.run.bind(program);
      program.run = (feeds) => {
        read.push(feeds["tokens"]!.data.length);
        return run(feeds);
      };
      return program;
    },
  };
}

describe("a second turn", () => {
  test("reads its own tokens only, and gives what the whole text gives", async () => {
    const { compile: counted, read } = counting();
    const generator = compileGenerator(livelyModel("rope"), { ...threads, compile: counted });
    const [first] = await texts(generator.generate([[1, 2, 3]], { maxTokens: 4 }));
    expect(read).toEqual([3, 1, 1, 1]);
    const [second] = await texts(generator.continueWith([[7, 8]], { maxTokens: 3 }));
    // The last token of the first turn was chosen and not read.
    expect(read.slice(4)).toEqual([3, 1, 1]);
    await generator.dispose();
    const [whole] = await run("rope", [[1, 2, 3, ...first!.ids, 7, 8]], { maxTokens: 3 });
    expect(second!.ids).toEqual(whole!.ids);
  });

  test("of several texts, in the cache or read again, and after beam search", async () => {
    const generator = generatorOf("rope");
    const first = await texts(generator.generate(["ab", "cdef"], { maxTokens: 3 }));
    const more = await texts(generator.continueWith(["a", "ab"], { maxTokens: 3, beams: 2 }));
    const third = await texts(generator.continueWith(["c", "c"], { maxTokens: 2 }));
    const prompts = [
      `ab${first[0]!.text}a${more[0]!.text}c`,
      `cdef${first[1]!.text}ab${more[1]!.text}c`,
    ];
    expect(third).toEqual(await run("rope", prompts, { maxTokens: 2 }));
  });

  test("texts of a beam search are read again where the cache has as many rows, which are beams of one text", async () => {
    const generator = generatorOf("rope");
    const options = { maxTokens: 5, beams: 2, endTokens: [1], earlyStopping: true } as const;
    const prompts = [
      [1, 2],
      [3, 4],
    ];
    const first = await texts(generator.generate(prompts, options));
    // The first text ended early, so that both rows of the cache are beams of the second.
    expect(first.map(({ ids, ended }) => [ids.length, ended])).toEqual([
      [1, "end"],
      [5, "length"],
    ]);
    const more = [[7, 8, 9, 10, 6], [7]];
    const whole = prompts.map((ids, row) => [...ids, ...first[row]!.ids, ...more[row]!]);
    const second = await texts(generator.continueWith(more, { maxTokens: 3 }));
    expect(second).toEqual(await run("rope", whole, { maxTokens: 3 }));
  });

  test("after an interruption: what was generated is there, and goes on", async () => {
    const generator = generatorOf("rope");
    const controller = new AbortController();
    const pieces: GeneratedPiece[] = [];
    for await (const piece of generator.generate(["abc"], { signal: controller.signal })) {
      pieces.push(piece);
      if (pieces.length === 3) controller.abort();
    }
    expect(pieces.map(({ ended }) => ended)).toEqual([undefined, undefined, undefined, "aborted"]);
    const text = pieces.map((piece) => piece.text).join("");
    const [whole] = await run("rope", ["abc"], { maxTokens: 3 });
    expect(text).toBe(whole!.text);
    // A loop that is left early is an interruption too.
    for await (const { ids } of generator.continueWith(["d"])) if (ids.length > 0) break;
    const [more] = await texts(generator.continueWith(["e"], { maxTokens: 2 }));
    expect(more!.ids).toHaveLength(2);
  });
});

describe("the limit of an encoding", () => {
  test("ends a text after the last token that can be read", async () => {
    const [text] = await run("learned", ["abcdef"], { maxTokens: 20 });
    expect([text!.ids.length, text!.ended]).toEqual([3, "limit"]); // its table has 8 rows
    const [searched] = await run("learned", ["abcdef"], { maxTokens: 20, beams: 2 });
    expect([searched!.ids.length, searched!.ended]).toEqual([3, "limit"]);
    await expect(run("learned", ["abcdefghi"])).rejects.toThrow(/row 0 would have 9 tokens.*at 8/);
  });

  test("sampled positions: for each generation as many as it needs", async () => {
    const generator = generatorOf("randomized");
    const [first] = await texts(generator.generate(["abc"], { maxTokens: 4, seed: 5 }));
    const [again] = await texts(generator.generate(["abc"], { maxTokens: 4, seed: 5 }));
    expect(again).toEqual(first);
    const [more] = await texts(generator.continueWith(["d"], { maxTokens: 4, seed: 5 }));
    expect(more!.ended).toBe("length");
  });
});

describe("refused", () => {
  test.each<[string, Prompts, object, RegExp]>([
    ["no prompts", [], {}, /prompts must be a list of one text or more/],
    ["prompts that are none", null as never, {}, /prompts must be a list of one text or more/],
    [
      "a prompt that is none",
      [null as never],
      {},
      /the prompt must be a text or a list of token ids, got null/,
    ],
    ["an empty prompt", ["a", ""], {}, /prompt 2 is empty/],
    ["an unknown option", ["a"], { temprature: 1 }, /no option "?temprature"?.*temperature/],
    [
      "a share above 1",
      ["a"],
      { temperature: 1, topP: 1.5 },
      /topP must be a number above 0, up to 1/,
    ],
    [
      "a filter without draws",
      ["a"],
      { topK: 3 },
      /topK has an effect only with a temperature above 0/,
    ],
    [
      "draws in a search",
      ["a"],
      { beams: 2, temperature: 1 },
      /temperature has an effect only with 1 beam/,
    ],
    ["a penalty without a search", ["a"], { lengthPenalty: 2 }, /lengthPenalty has an effect only/],
    ["an end token of another vocabulary", ["a"], { endTokens: [13] }, /tokens are 0 … 12/],
    ["an id of another vocabulary", [[13]], {}, /token 0 of row 0 is 13/],
  ])("%s", async (_, prompts, options, message) => {
    await expect(run("rope", prompts, options)).rejects.toThrow(message);
  });

  test("text without a tokenizer, a second turn before the first, two at once", async () => {
    const { model, weights } = livelyModel("rope");
    await expect(texts(generate({ model, weights }, ["a"]))).rejects.toThrow(/has no tokenizer/);
    const generator = generatorOf("rope");
    await expect(texts(generator.continueWith(["a"]))).rejects.toThrow(/Call generate\(\) first/);
    const one = generator.generate(["abc"], { maxTokens: 4 })[Symbol.asyncIterator]();
    await one.next();
    await expect(texts(generator.generate(["abc"]))).rejects.toThrow(/has not ended/);
    await one.return?.();
    await expect(texts(generator.continueWith(["a", "b"]))).rejects.toThrow(/given 2 texts, and 1/);
  });
});
