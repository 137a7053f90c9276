/** Prompts of an exact length, and what is hidden where. */
import { describe, expect, test } from "vitest";
import { byteTokenizer } from "../../src/data/byte-tokenizer.ts";
import { InputError } from "../../src/errors.ts";
import { chanceOf } from "../../src/retrieval/chance.ts";
import { fillerOf } from "../../src/retrieval/long-text.ts";
import { drawSamples } from "../../src/retrieval/samples.ts";
import type { PairedSample, SampleRequest } from "../../src/retrieval/samples.ts";
import type { RetrievalJudge, RetrievalTaskName, Wording } from "../../src/retrieval/task.ts";
import { retrievalTask, retrievalTasks } from "../../src/retrieval/tasks/index.ts";

const tokenizer = byteTokenizer();
const prose = fillerOf(
  Array.from({ length: 900 }, (_, n) => `Sentence ${n} says nothing.`).join("\n "),
);

function samplesOf(
  name: RetrievalTaskName,
  wording: Wording,
  changed: Partial<SampleRequest> = {},
): readonly PairedSample[] {
  const request = {
    ...{ tokenizer, beginTokens: [], prose, length: 1500, depth: 0.5, seed: 3, samples: 3 },
    ...{ task: retrievalTask(name), wording, values: "numbers" as const, ...changed },
  };
  const drawn = drawSamples(request);
  if ("needs" in drawn) throw new Error(`${name} needs ${drawn.needs}`);
  return drawn;
}

const textOf = ({ ids }: { readonly ids: Int32Array }): string => tokenizer.decode(ids);
const answerOf = ({ ids, answerFrom }: PairedSample["sample"]): string =>
  tokenizer.decode(ids.subarray(answerFrom));

describe("the length", () => {
  const texts = retrievalTasks.filter(({ name }) => name !== "common-words");
  test.each(texts.flatMap(({ name }) => [1201, 1500].map((length) => [name, length] as const)))(
    "%s at %i bytes is exact, with the answer and what begins a text",
    (name, length) => {
      for (const { sample, without } of samplesOf(name, "published", { length, beginTokens: [7] }))
        for (const { ids } of [sample, without]) {
          expect(ids).toHaveLength(length);
          expect(ids[0]).toBe(7);
        }
    },
  );

  test("with room to write is that of the prompt and the room", () => {
    const room = (answer: number): number => 3 * answer;
    for (const { sample, without, answers } of samplesOf("multi-value", "published", { room })) {
      const answer = ` ${answers.join(", ")}`;
      expect(sample.room).toBe(3 * answer.length);
      for (const { ids, answerFrom } of [sample, without]) {
        expect(ids).toHaveLength(answerFrom + answer.length);
        expect(answerFrom + sample.room).toBe(1500);
      }
    }
  });

  test("of a list is the nearest below", () => {
    for (const { sample } of samplesOf("common-words", "published")) {
      expect(sample.ids.length).toBeLessThanOrEqual(1500);
      expect(sample.ids.length).toBeGreaterThan(1480);
    }
  });

  test.each(["passkey", "needle"] as const)("64 bytes are enough for %s in short", (name) => {
    const [{ sample }] = samplesOf(name, "short", { length: 64 }) as [PairedSample];
    expect(sample.ids).toHaveLength(64);
    expect(textOf(sample)).toMatch(/^\S*.*(pass key|number of \w+) is (\d+)\..* is \2$/);
  });

  test("too short a length says what is needed, too short a text is refused", () => {
    const request = { tokenizer, beginTokens: [], seed: 3, samples: 1, depth: 0 };
    const task = retrievalTask("passkey");
    const asked = { ...request, task, prose, wording: "short", values: "numbers" } as const;
    const drawn = drawSamples({ ...asked, length: 30 });
    if (!("needs" in drawn)) throw new Error("it fits");
    expect(drawn.needs).toBe("The pass key is 12345. The pass key is 12345".length);
    const short = fillerOf("Only a few words here.");
    const needle = retrievalTask("needle");
    expect(() => drawSamples({ ...asked, task: needle, prose: short, length: 400 })).toThrow(
      InputError,
    );
  });
});

describe("what is hidden", () => {
  test.each([
    [0, /^.*afterwards\.\nOne of the special magic numbers/s],
    [1, /numbers for [\w-]+ is: \d{7}\.\nWhat is the special/s],
  ])("at depth %d", (depth, pattern) => {
    for (const { sample } of samplesOf("needle", "published", { depth }))
      expect(textOf(sample)).toMatch(pattern);
  });

  test("in the middle has equally many sentences around it, and is the same at all depths", () => {
    const at = (depth: number): string[] =>
      samplesOf("needle", "published", { depth }).map(({ sample }) => answerOf(sample));
    expect(at(0.5)).toEqual(at(0));
    for (const { sample } of samplesOf("needle", "published")) {
      const [before, after] = textOf(sample).split(/One of the special magic [^.]*\./);
      const sentences = (text: string): number => text.match(/says nothing\./g)!.length;
      expect(Math.abs(sentences(before!) - sentences(after!))).toBeLessThanOrEqual(2);
    }
  });

  test.each(retrievalTasks.map(({ name }) => name))(
    "%s: the answer is in its own prompt, and not in that which it is compared with",
    (name) => {
      for (const { sample, without, answers } of samplesOf(name, "published")) {
        expect(answerOf(sample)).toBe(` ${answers.join(", ")}`);
        const prompt = (each: typeof sample): string =>
          tokenizer.decode(each.ids.subarray(0, each.answerFrom));
        for (const answer of answers) {
          expect(prompt(sample)).toContain(answer);
          expect(prompt(without)).not.toMatch(new RegExp(`\\b${answer}\\b`));
        }
        expect(answerOf(without)).toBe(answerOf(sample));
        const question = (each: typeof sample): string => prompt(each).split("\n").at(-1)!;
        expect(question(without)).toBe(question(sample));
      }
    },
  );

  test("multi-key asks for one of four names, multi-value for four numbers in their order", () => {
    for (const { sample } of samplesOf("multi-key", "published")) {
      const text = textOf(sample);
      const [, key] = /What is the special magic number for ([\w-]+) /.exec(text)!;
      const needles = [...text.matchAll(/numbers for ([\w-]+) is: (\d+)\./g)];
      expect(new Set(needles.map(([, name]) => name)).size).toBe(4);
      expect(answerOf(sample)).toBe(` ${needles.find(([, name]) => name === key)![2]!}`);
    }
    for (const { sample } of samplesOf("multi-value", "published")) {
      const values = [...textOf(sample).matchAll(/ is: (\d+)\./g)].map(([, value]) => value);
      expect(values).toHaveLength(4);
      expect(answerOf(sample)).toBe(` ${values.join(", ")}`);
    }
  });

  test("multi-query asks for four names in the order of the question", () => {
    for (const { sample } of samplesOf("multi-query", "published")) {
      const text = textOf(sample);
      const [, listed] = /What are all the special magic numbers for (.*?) mentioned/.exec(text)!;
      const value = (key: string): string => new RegExp(`for ${key} is: (\\d+)`).exec(text)![1]!;
      const keys = listed!.split(/, and |, /);
      expect(answerOf(sample)).toBe(` ${keys.map(value).join(", ")}`);
    }
  });

  test("a chain assigns each variable what the one before it has", () => {
    for (const { sample } of samplesOf("variables", "published")) {
      const chain = [...textOf(sample).matchAll(/VAR (\w+) = (?:VAR )?(\w+)\./g)];
      expect(chain.slice(1).map(([, , from]) => from)).toEqual(
        chain.slice(0, -1).map(([, name]) => name),
      );
      expect(answerOf(sample)).toBe(` ${chain.map(([, name]) => name).join(", ")}`);
    }
  });

  test("common words appear six times, all others less", () => {
    const [{ sample }] = samplesOf("common-words", "published", { length: 4000 }) as [PairedSample];
    const counts = new Map<string, number>();
    for (const [, word] of textOf(sample).matchAll(/\d+\. (\w+)/g))
      counts.set(word!, (counts.get(word!) ?? 0) + 1);
    const often = [...counts].filter(([, count]) => count === 6).map(([word]) => word);
    expect(answerOf(sample)).toBe(` ${often.join(", ")}`);
    expect(Math.max(...[...counts.values()].filter((count) => count !== 6))).toBeLessThan(4);
  });
});

test("the chance of a task is one over the number of its answers", () => {
  const chance = (name: string, wording: Wording, judge: RetrievalJudge = "likeliest"): number =>
    chanceOf(retrievalTask(name).space(wording, "numbers"), judge);
  expect(chance("passkey", "published")).toBe(1 / 90_000);
  expect(chance("needle", "published")).toBe(1 / 9e6);
  expect(chance("multi-value", "short")).toBeCloseTo(9000 ** -2, 20);
  expect(chance("variables", "short")).toBeCloseTo(1 / (26 * 25 * 24), 12);
  // Written, in any order: the share that as many guesses find, counted for a pair of dice that must show two numbers.
  expect(chance("variables", "short", "written")).toBe(3 / 26);
  expect(chance("needle", "published", "written")).toBeCloseTo(1 / 9e6, 15);
  const dice = { answers: 2, possible: 6, repeat: true };
  expect(chanceOf(dice, "written")).toBeCloseTo(11 / 36, 15);
  expect(() => retrievalTask("haystack")).toThrow(/retrieval task "haystack" is unknown/);
});
