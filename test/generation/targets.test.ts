/**
 * Targets of many sources: in the order of the sources, the same alone and in batches, by search and by draws, and what ends
 * them.
 */
import { describe, expect, test } from "vitest";
import { charTokenizer } from "../../src/data/char-tokenizer.ts";
import { InputError } from "../../src/errors.ts";
import { logSoftmax } from "../../src/generation/score-filters.ts";
import { targetsOf } from "../../src/generation/targets-of.ts";
import type { TextTargetModel } from "../../src/generation/source-writer.ts";
import type { SourceText, TargetsOptions, TargetText } from "../../src/generation/targets-of.ts";
import { answer, summarise, translate } from "../../src/generation/translate.ts";
import type { PairTextModel } from "../../src/generation/translate.ts";
import { compileTargetGenerator } from "../../src/generation/target-generator.ts";
import "../../src/runtime/node.ts";
import { byId } from "../model/sequence-model.ts";
import { passOf, trainedPair } from "./trained-pair.ts";

/** Nine letters; tokens 9 and 10 begin and end a target. */
const tokenizer = charTokenizer("abcdefghi");
const modelOf = (encoder = "alibi", decoder = "rope"): TextTargetModel => ({
  ...trainedPair({ encoder: byId(encoder), decoder: byId(decoder) }, 0.7),
  tokenizer,
  encodeSource: (text) => [...tokenizer.encode(text), 10],
  begin: [9],
  endTokens: [10],
  suppressTokens: [9],
});
/** The same, whose targets never end by themselves. */
const endless = (model = modelOf()): TextTargetModel => ({
  ...model,
  endTokens: [],
  suppressTokens: [9, 10],
});
const threads = { threads: 1 };

async function collected<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const found: Item[] = [];
  for await (const item of items) found.push(item);
  return found;
}

async function all(
  model: TextTargetModel,
  sources: Iterable<SourceText> | AsyncIterable<SourceText>,
  options: TargetsOptions = {},
): Promise<TargetText[]> {
  return await collected(targetsOf(model, sources, options, threads));
}

const sources = ["abcabc", "i", "", "hgfedcba", "bad", "feed", "a"];

describe("greedily", () => {
  test.each([
    ["alibi", "rope"],
    ["randomized", "randomized"],
    ["sinusoidal", "distance-row(mode=normalise)"],
  ])("%s and %s: the likeliest token of one pass at every step", async (encoder, decoder) => {
    const model = modelOf(encoder, decoder);
    const found = await all(model, ["abc", "hi"], { maxTokens: 6 });
    for (const { ids, source, ended } of found) {
      const target = [9];
      for (let step = 0; step < 6; step++) {
        const pass = passOf(model, Array.from(model.encodeSource(source)), target, 7);
        const scores = [...pass.slice(-11)].with(9, -Infinity);
        target.push(scores.indexOf(Math.max(...scores)));
        if (target.at(-1) === 10) break;
      }
      expect(ids).toEqual(target.slice(1).filter((id) => id !== 10));
      expect(ended).toBe(target.at(-1) === 10 ? "end" : "length");
    }
  });
});

describe("in batches", () => {
  test.each<[string, TargetsOptions]>([
    ["greedily", {}],
    ["by search", { beams: 3, lengthPenalty: 0.6 }],
    ["without a repeated pair of tokens", { noRepeatNgram: 2, repetitionPenalty: 1.3 }],
  ])("%s: the targets of each source alone, in order", async (_, options) => {
    const model = modelOf();
    const given = { maxTokens: 8, ...options };
    const together = await all(model, sources, { ...given, batchSize: 3, readAhead: 5 });
    expect(together.map(({ index, source }) => [index, source])).toEqual([...sources.entries()]);
    const texts = new Set(together.map(({ text }) => text));
    expect(texts.size).toBeGreaterThan(4);
    const alone = await all(model, sources, { ...given, batchSize: 1, readAhead: 1 });
    together.forEach((target, index) => {
      expect(target.text).toBe(tokenizer.decode(target.ids));
      expect({ ...target, score: 0 }).toEqual({ ...alone[index]!, score: 0 });
      if (options.beams && target.source !== "")
        expect(Math.abs(target.score! - alone[index]!.score!)).toBeLessThan(1e-4);
    });
  });

  test("draws follow the seed", async () => {
    const model = modelOf();
    const options = { temperature: 1.5, topK: 6, maxTokens: 8 };
    const drawn = await all(model, sources, { ...options, seed: 1 });
    expect(await all(model, sources, { ...options, seed: 1 })).toEqual(drawn);
    expect(await all(model, sources, { ...options, seed: 2 })).not.toEqual(drawn);
  });

  test("an empty source has an empty target", async () => {
    const [first] = await all(modelOf(), [" "]);
    expect(first).toEqual({ index: 0, source: " ", text: "", ids: [], ended: "end" });
  });
});

describe("search", () => {
  test("the score of a target is its log-probability by its length", async () => {
    const model = modelOf();
    const [found] = await all(model, ["abc"], { beams: 4, maxTokens: 5, lengthPenalty: 2 });
    const written = [...found!.ids, ...(found!.ended === "end" ? [10] : [])];
    const pass = passOf(model, [0, 1, 2, 10], [9, ...written.slice(0, -1)], 9);
    const scores = written.map((id, at) => {
      const row = Float32Array.from(pass.slice(at * 11, (at + 1) * 11));
      return logSoftmax(row)[id]!;
    });
    const sum = scores.reduce((a, b) => a + b, 0);
    expect(Math.abs(found!.score! - sum / written.length ** 2)).toBeLessThan(1e-4);
  });

  test("a search finds a likelier target than the likeliest token at each step", async () => {
    const model = endless();
    const score = async (beams: number): Promise<number> => {
      const [found] = await all(model, ["hgfedcba"], {
        maxTokens: 6,
        ...(beams > 1 && { beams, lengthPenalty: 0 }),
      });
      const ids = [9, ...found!.ids];
      const pass = passOf(model, Array.from(model.encodeSource("hgfedcba")), ids.slice(0, -1), 9);
      return found!.ids
        .map((id, at) => logSoftmax(Float32Array.from(pass.slice(at * 11, (at + 1) * 11)))[id]!)
        .reduce((a, b) => a + b, 0);
    };
    expect(await score(5)).toBeGreaterThan((await score(1)) + 1e-3);
  });
});

describe("a target ends", () => {
  test("before a stop string, and its pieces are streamed", async () => {
    const model = endless();
    const [whole] = await all(model, ["hgfedcba"], { maxTokens: 8 });
    const stop = whole!.text.slice(3, 5);
    const [cut] = await all(model, ["hgfedcba"], { maxTokens: 8, stop: [stop] });
    expect(cut!.ended).toBe("stop");
    expect(cut!.text).toBe(whole!.text.slice(0, whole!.text.indexOf(stop)));
    const generator = compileTargetGenerator(model, threads);
    const rows = [model.encodeSource("hgfedcba")];
    const pieces = await collected(generator.generate(rows, { maxTokens: 8 }));
    expect(pieces).toHaveLength(8);
    expect(pieces.map(({ text }) => text).join("")).toBe(whole!.text);
    await generator.dispose();
  });

  test("at the limit of the decoder's encoding", async () => {
    const model = endless(modelOf("none", "learned"));
    const [found] = await all(model, ["abc"], {});
    // Seven positions, one of which the begin symbol has; the last token is not read.
    expect(found!.ids).toHaveLength(7);
    expect(found!.ended).toBe("limit");
    const [beam] = await all(model, ["abc"], { beams: 2 });
    expect(beam!.ids).toHaveLength(7);
    expect(beam!.ended).toBe("limit");
  });

  test("at an interruption: whole targets are given, and no part of one", async () => {
    const stopped = new AbortController();
    const found: TargetText[] = [];
    const given = { maxTokens: 5, batchSize: 2, readAhead: 4, signal: stopped.signal };
    for await (const target of targetsOf(modelOf(), sources, given, threads)) {
      found.push(target);
      if (target.index === 1) stopped.abort();
    }
    const whole = await all(modelOf(), sources, { maxTokens: 5 });
    expect(found.length).toBeGreaterThanOrEqual(2);
    expect(found.length).toBeLessThan(sources.length);
    expect(found).toEqual(whole.slice(0, found.length));
    const before = { ...given, signal: AbortSignal.abort() };
    expect(await all(modelOf(), sources, before)).toEqual([]);
  });
});

describe("what cannot be read", () => {
  const given = { maxTokens: 3, batchSize: 2 };

  async function until(
    sources: Iterable<SourceText> | AsyncIterable<SourceText>,
    model = modelOf(),
  ) {
    const found: string[] = [];
    let message = "";
    try {
      for await (const { source } of targetsOf(model, sources, given, threads)) found.push(source);
    } catch (error) {
      expect(error).toBeInstanceOf(InputError);
      ({ message } = error as Error);
    }
    return { found, message };
  }

  test("the sources before it are answered, and the message has its place", async () => {
    const { found, message } = await until(["ab", "c", "xyz", "d"]);
    expect(found).toEqual(["ab", "c"]);
    expect(message).toMatch(/^source 3: .*"x"/);
    const placed = ["ab", { text: "xyz", place: "notes.de, line 7" }];
    expect((await until(placed)).message).toMatch(/^notes\.de, line 7: .*"x"/);
  });

  test("a source longer than the encoder's limit", async () => {
    const { found, message } = await until(["ab", "abcdefghi"], modelOf("learned"));
    expect(found).toEqual(["ab"]);
    expect(message).toMatch(
      /^source 2: it has 10 tokens, and learned ends at 7: .* Give it in shorter pieces\.$/,
    );
  });

  test("sources that end with an error", async () => {
    async function* failing(): AsyncGenerator<string> {
      yield "ab";
      await Promise.resolve();
      throw new InputError("notes.de, line 2, is not UTF-8.");
    }
    const { found, message } = await until(failing());
    expect(found).toEqual(["ab"]);
    expect(message).toBe("notes.de, line 2, is not UTF-8.");
  });

  test.each<[TargetsOptions, RegExp]>([
    [{ batchSize: 0 }, /batchSize must be a whole number of 1 or more, got 0/],
    [{ window: 4 }, /keeps all tokens of a target/],
    [{ endTokens: [11] }, /endTokens has 11, and the model's tokens are 0 … 10/],
    [{ suppressTokens: [12] }, /suppressTokens has 12/],
    [{ beams: 2, temperature: 1 }, /temperature has an effect only with 1 beam/],
  ])("options %o", async (options, message) => {
    await expect(all(modelOf(), ["a"], options)).rejects.toThrow(message);
  });
});

describe("by task", () => {
  const { model, weights } = modelOf();
  const run: PairTextModel = { model, weights, tokenizer, symbols: { begin: 9, end: 10 } };
  const of = (task: string): PairTextModel => ({ ...run, configuration: { task } });
  const given = { maxTokens: 4 };

  test("a source ends with the end symbol, a question stands behind its context", async () => {
    const [expected] = await all(modelOf(), ["abc"], given);
    expect(await collected(translate(of("translate"), ["abc"], given, threads))).toEqual([
      expected,
    ]);
    expect(await collected(summarise(run, ["abc"], given, threads))).toEqual([expected]);
    const spaced = charTokenizer("abcdefgh ");
    const asked = answer(
      { ...of("answer"), tokenizer: spaced },
      [{ question: " ha ", context: "bad" }],
      given,
      threads,
    );
    const [answered] = await collected(asked);
    expect(answered!.source).toBe("bad ha");
  });

  test("another task's run is refused", () => {
    expect(() => translate(of("answer"), ["abc"])).toThrow(
      "this run was trained to answer, and not to translate. Use answer, or give a run of another task.",
    );
  });
});
