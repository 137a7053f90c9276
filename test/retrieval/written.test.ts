/** Answers that a model writes: which are found, what is written, and the scores. */
import { describe, expect, test } from "vitest";
import { byteTokenizer } from "../../src/data/byte-tokenizer.ts";
import { encodingById } from "../../src/encodings/index.ts";
import { generate } from "../../src/generation/generator.ts";
import { wilsonInterval } from "../../src/measures/wilson.ts";
import { transformerConfig } from "../../src/model/config.ts";
import { languageModel } from "../../src/model/transformer.ts";
import { random } from "../../src/random/random.ts";
import { askerOf } from "../../src/retrieval/asker.ts";
import type { FittedSample } from "../../src/retrieval/fit.ts";
import { answersFound } from "../../src/retrieval/found.ts";
import { fillerOf } from "../../src/retrieval/long-text.ts";
import { retrievalFigure } from "../../src/retrieval/maps.ts";
import { retrievalPage } from "../../src/retrieval/page.ts";
import { retrieveAnswers } from "../../src/retrieval/retrieve.ts";
import { retrievalTask } from "../../src/retrieval/tasks/index.ts";
import { answerWriter } from "../../src/retrieval/writer.ts";
import type { AnswerWriter } from "../../src/retrieval/writer.ts";
import type { OpenedRun } from "../../src/runs/open-run.ts";
import { compile } from "../../src/runtime/node.ts";

const tokenizer = byteTokenizer();
const config = transformerConfig({ vocab: 256, model: 16, heads: 2, layers: 2, hidden: 24 });

function madeWith(encoding: string, limit: number): OpenedRun {
  const model = languageModel(config, encodingById(encoding), limit);
  const values = (name: string, size: number): Float32Array =>
    random(1, name).normalArray(size, 0.3);
  const weights = new Map(
    model.parameters.specs.map(({ name, shape }) => [
      name,
      {
        shape,
        data: values(
          name,
          shape.reduce((a, b) => a * b, 1),
        ),
      },
    ]),
  );
  const configuration = { trainLength: limit };
  return {
    model,
    weights,
    folder: "runs/made",
    tokenizer,
    step: 1,
    configuration,
  } as unknown as OpenedRun;
}

const run = madeWith("learned", 160);
const compiled = { compile, threads: 1 };

describe("answersFound", () => {
  test.each([
    ["in another order, between other words", "They are 22, and also 11.", ["11", "22"], 2],
    ["in part", "11, 33", ["11", "22"], 1],
    ["in the other case", "abcde Fghij", ["ABCDE", "FGHIJ"], 2],
    ["one inside another, which RULER counts twice", "ABCDE", ["BCD", "ABCDE"], 2],
    ["the same twice, once written", "11", ["11", "11"], 2],
    ["of two words", "brave  \n apple brave apple", ["brave apple"], 1],
    ["nothing written", "", ["11", "22"], 0],
  ])("%s", (_, text, answers, count) => {
    expect(answersFound(text, answers, "published")).toBe(count);
  });

  test.each([
    ["as words of their own", "B, A and C.", ["A", "B", "C"], 3],
    ["not inside words", "APPLE B1 C", ["A", "B", "C"], 1],
    ["not in the other case", "a b", ["A", "B"], 0],
    ["not inside numbers", "13405 3405", ["3405", "340"], 1],
    ["of two words", "a brave, apple", ["brave apple"], 1],
    ["nothing written", "", ["A"], 0],
  ])("short wording: %s", (_, text, answers, count) => {
    expect(answersFound(text, answers, "short")).toBe(count);
  });
});

describe("answerWriter", () => {
  const sample = (length: number, seed: number, room: number): FittedSample => {
    const ids = Int32Array.from({ length: length + 2 }, (_, n) => (n * 31 + seed * 7) % 256);
    return { ids, answerFrom: length, room, size: { words: 0, letters: 0 } };
  };

  test("writes what greedy decoding of each prompt alone writes, as far as it has room", async () => {
    const samples = [sample(20, 1, 5), sample(31, 2, 12), sample(20, 3, 9)];
    const writer = answerWriter(run, { ...compiled, seed: 1 });
    const texts = await writer.write(samples);
    expect(texts).toEqual(await writer.write(samples));
    await writer.dispose();
    for (const [at, { ids, answerFrom, room }] of samples.entries()) {
      let alone = "";
      const prompt = ids.subarray(0, answerFrom);
      for await (const { text } of generate(run, [prompt], { maxTokens: room }, compiled))
        alone += text;
      // Bytes that are no characters yet are held back, and written at the end.
      expect(alone.startsWith(texts[at]!.replace(/\uFFFD+$/, ""))).toBe(true);
      expect(texts[at]!.length).toBeGreaterThan(0);
      expect(texts[at]!.length).toBeLessThanOrEqual(alone.length);
    }
  });

  test("stops at an end token, and may have nothing to say", async () => {
    const all = Array.from({ length: 256 }, (_, id) => id);
    const writer = answerWriter({ ...run, endTokens: all }, { ...compiled, seed: 1 });
    expect(await writer.write([sample(20, 1, 5)])).toEqual([""]);
    await writer.dispose();
  });
});

describe("a model that surely answers", () => {
  /** Reads the numbers of the needles out of the prompt, and writes them as told. */
  const stub = (written: (numbers: readonly string[]) => string) => (): AnswerWriter => ({
    write: (samples) =>
      Promise.resolve(
        samples.map(({ ids, answerFrom }) => {
          const prompt = tokenizer.decode(ids.subarray(0, answerFrom));
          return written(Array.from(prompt.matchAll(/ is: (\d+)\./g), ([, value]) => value!));
        }),
      ),
    dispose: () => Promise.resolve(),
  });
  const request = {
    ...{ tokenizer, beginTokens: [], length: 700, seed: 5, samples: 3, values: "numbers" as const },
    ...{ task: retrievalTask("multi-value"), wording: "published" as const },
    prose: fillerOf(Array.from({ length: 300 }, (_, n) => `Sentence ${n} says nothing.`).join(" ")),
    room: () => 128,
  };
  const long = madeWith("learned", 700);
  const ask = async (written: (numbers: readonly string[]) => string) => {
    const options = { judge: "written" as const, compile, compileOptions: { threads: 1 } };
    const cell = await askerOf(long, request, { ...options, writerOf: stub(written) }).ask(0.5);
    if ("unsupported" in cell) throw new Error(cell.unsupported);
    return cell;
  };

  test("all, in the reverse order", async () => {
    const cell = await ask((numbers) => ` they are ${numbers.toReversed().join(" and ")}.`);
    expect(cell).toMatchObject({ samples: 3, right: 3, accuracy: 1, interval: { high: 1 } });
    expect(cell.tokens).toEqual({ least: 700, most: 700 });
    for (const { found, answers, text } of cell.written!) {
      expect([found, answers.length]).toEqual([4, 4]);
      expect(text).toContain(answers[3]);
    }
  });

  test("three of four", async () => {
    const cell = await ask((numbers) => numbers.slice(1).join());
    expect(cell).toMatchObject({ right: 0, accuracy: 0.75 });
    expect(cell.interval).toEqual(wilsonInterval(2.25, 3));
    expect(cell.written!.map(({ found }) => found)).toEqual([3, 3, 3]);
  });

  test("nothing", async () => {
    const cell = await ask(() => "");
    expect(cell).toMatchObject({ right: 0, accuracy: 0, interval: { low: 0 } });
  });
});

describe("retrieveAnswers", () => {
  const options = { ...{ compile, compileOptions: { threads: 1 }, samples: 2, depths: [0] } };

  test("a model of noise writes no answer; maps and page say what was judged", async () => {
    const asked = {
      ...options,
      judge: "written" as const,
      lengths: [160],
      tasks: ["multi-query" as const],
    };
    const result = await retrieveAnswers(run, asked);
    expect(result.judge).toBe("written");
    const [cell] = result.cells;
    if (!("written" in cell!)) throw new Error("nothing was written");
    expect(cell.written).toHaveLength(2);
    // Two numbers of four digits, " 1234, 5678", and as many bytes again; the prompt has what is left.
    expect(cell).toMatchObject({
      accuracy: 0,
      answerTokens: 11,
      tokens: { least: 160, most: 160 },
    });
    expect(await retrieveAnswers(run, asked)).toEqual(result);
    expect(retrievalFigure(result, "Found")).toContain("0 % found, all in 0 of 2");
    const page = retrievalPage(result, "Found");
    expect(page).toContain("<th>all found</th>");
    expect(page).toContain("as whole words in their own case");
  });

  test.each([
    [{ judge: "writen" }, /judge "writen" is unknown. Did you mean "written"/],
    [{ maxTokens: 20 }, /maxTokens is for the judge "written"; "likeliest" lets the model write/],
    [{ judge: "written", maxTokens: 0 }, /maxTokens must be whole numbers from 1/],
    [{ judge: "written", lengths: [60] }, /the question needs \d+ tokens at least/],
  ])("refuses %j", async (changed, message) => {
    const asked = { ...options, ...(changed as object), tasks: ["needle" as const] };
    await expect(retrieveAnswers(run, asked)).rejects.toThrow(message);
  });
});
