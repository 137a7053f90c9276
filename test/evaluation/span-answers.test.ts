/**
 * Questions about texts: rows of tokens, the best spans, and a model that learns to find them.
 */
import { describe, expect, test } from "vitest";
import { byteTokenizer } from "../../src/data/byte-tokenizer.ts";
import type { SpanExample } from "../../src/data/spans/span-example.ts";
import { LikeWindows } from "../../src/data/spans/like-windows.ts";
import { spanRows, windowsOfStep } from "../../src/data/spans/span-rows.ts";
import { placedTokens } from "../../src/data/spans/token-places.ts";
import { spanVocab, spanWindows } from "../../src/data/spans/span-windows.ts";
import { encodingById } from "../../src/encodings/index.ts";
import { bestSpan } from "../../src/evaluation/best-spans.ts";
import { findAnswers } from "../../src/evaluation/span-answers.ts";
import { encoderModelConfig } from "../../src/model/encoder-model.ts";
import { spanModel } from "../../src/model/span-model.ts";
import { random } from "../../src/random/random.ts";
import { compile } from "../../src/runtime/node.ts";
import { spanBatches, spanObjective } from "../../src/training/span-objective.ts";
import { train } from "../../src/training/train.ts";

const tokenizer = byteTokenizer();

function example(context: string, answer: string, question = "?"): SpanExample {
  return {
    id: "q1",
    question,
    context,
    answers: [{ start: context.indexOf(answer), text: answer }],
  };
}

describe("rows of a question and its text", () => {
  test("have the answer's place, also where characters have several bytes", () => {
    const given = example("aé😀 zu Füßen", "Füßen", "wo?");
    const [window] = spanWindows([given], tokenizer, { length: 40 });
    const { tokens, first, last, textFrom, starts, ends } = window!;
    expect(tokens.slice(0, 5)).toEqual(Int32Array.of(256, 0x77, 0x6f, 0x3f, 256));
    expect(tokens.at(-1)).toBe(256);
    expect(tokenizer.decode(tokens.slice(first, last + 1))).toBe("Füßen");
    expect(given.context.slice(starts[first - textFrom], ends[last - textFrom])).toBe("Füßen");
  });

  test("give a part of a character the whole character", () => {
    const { starts, ends } = placedTokens(tokenizer, "é😀", "the text");
    expect([...starts]).toEqual([0, 0, 1, 1, 1, 1]);
    expect([...ends]).toEqual([1, 1, 3, 3, 3, 3]);
  });

  test("overlap where a text is long, and have the answer wherever it is whole", () => {
    const given = example("0123456789", "45");
    const windows = spanWindows([given], tokenizer, { length: 8, overlap: 1 });
    // A row of 8 has room for 4 tokens beside one of the question and three separators.
    expect(windows.map(({ starts }) => starts[0])).toEqual([0, 3, 6]);
    expect(windows.map(({ first, last }) => [first, last])).toEqual([
      [0, 0],
      [4, 5],
      [0, 0],
    ]);
    const read = windows.flatMap(({ starts }) => [...starts]);
    expect(new Set(read).size).toBe(10);
  });

  test("are padded, and only the text and the first separator can be chosen", () => {
    const windows = spanWindows([example("abc", "b")], tokenizer, { length: 9 });
    const rows = spanRows(windows, 9);
    expect([...rows.keyMask]).toEqual([1, 1, 1, 1, 1, 1, 1, 0, 0]);
    expect([...rows.segments]).toEqual([0, 0, 0, 1, 1, 1, 1, 0, 0]);
    expect([...rows.answerable]).toEqual([1, 0, 0, 1, 1, 1, 0, 0, 0]);
    expect([rows.first[0], rows.last[0]]).toEqual([4, 4]);
  });

  test("are all drawn once before one is drawn again", () => {
    const texts = Array.from({ length: 7 }, (_, at) => example(`text ${at}`, String(at)));
    const windows = spanWindows(texts, tokenizer, { length: 20 });
    const drawn = [0, 1, 2, 3, 4, 5, 6].flatMap((step) =>
      windowsOfStep(windows, { batch: 3, seed: 5, step }).map((window) => window.example),
    );
    for (const pass of [0, 1, 2])
      expect(drawn.slice(7 * pass, 7 * pass + 7).toSorted()).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(drawn.slice(0, 7)).not.toEqual(drawn.slice(7, 14));
  });

  test("of like length are in one batch, each once a pass, by seed and step alone", () => {
    const texts = Array.from({ length: 24 }, (_, at) =>
      example(`${"long ".repeat((at * 7) % 13)}text`, "text"),
    );
    const windows = spanWindows(texts, tokenizer, { length: 80 });
    const like = new LikeWindows(windows, 3);
    const draw = (step: number): ReturnType<LikeWindows["at"]> =>
      like.at({ batch: 4, seed: 5, step });
    const steps = Array.from({ length: 12 }, (_, step) => draw(step));
    for (const pass of [steps.slice(0, 6), steps.slice(6)]) {
      const drawn = pass.flatMap((step) => step.windows.map((window) => window.example));
      expect(drawn.toSorted((a, b) => a - b)).toEqual([...windows.keys()]);
      const padded = pass.reduce((total, { length }) => total + 4 * length, 0);
      const longest = Math.max(...windows.map(({ tokens }) => tokens.length));
      expect(padded).toBeLessThan(0.75 * 24 * longest);
    }
    expect(new Set(steps.map(({ length }) => length)).size).toBe(3);
    for (const { windows: some, length } of steps)
      expect(Math.max(...some.map(({ tokens }) => tokens.length))).toBeLessThanOrEqual(length);
    for (const step of [11, 2, 7])
      expect(new LikeWindows(windows, 3).at({ batch: 4, seed: 5, step })).toEqual(steps[step]);
    expect(like.at({ batch: 4, seed: 6, step: 0 })).not.toEqual(steps[0]);
    expect(() => new LikeWindows([], 3).at({ batch: 4, seed: 5, step: 0 })).toThrow(/no windows/);
  });

  test.each([
    [
      example("abc", "b", "a question that is long"),
      "question q1 has 23 tokens; a row of 12 has room for 8",
    ],
    [{ ...example("abc", "b"), answers: [{ start: 0, text: "b" }] }, 'where the text has "a"'],
    [{ ...example("abc", "b"), answers: [{ start: 3, text: "" }] }, "an answer is empty"],
    [{ ...example("", ""), answers: [] }, "question q1: its text is empty"],
  ])("that cannot be made are refused: %#", (given, message) => {
    expect(() => spanWindows([given], tokenizer, { length: 12 })).toThrow(message);
  });
});

describe("the best span", () => {
  const range = { from: 1, length: 4, longest: 4 };

  test("ends where it begins or later, and inside the text", () => {
    expect(bestSpan([9, 1, 0, 3, 0, 9], [9, 5, 0, 0, 1, 9], range)).toEqual({
      first: 1,
      last: 1,
      score: 6,
    });
    expect(bestSpan([0, 1, 0, 3, 0, 0], [0, 2, 0, 0, 1, 0], range)).toEqual({
      first: 3,
      last: 4,
      score: 4,
    });
  });

  test("has no more tokens than allowed", () => {
    const [start, end] = [
      [0, 5, 0, 1, 0],
      [0, 0, 0, 0, 5],
    ];
    expect(bestSpan(start, end, range)).toMatchObject({ first: 1, last: 4 });
    expect(bestSpan(start, end, { ...range, longest: 2 })).toMatchObject({ first: 3, last: 4 });
  });

  test("is none where there is no token", () => {
    expect(bestSpan([1], [1], { from: 0, length: 0, longest: 3 })).toBeUndefined();
  });
});

/** A text of small letters with two digits and two capitals in it, of which the question asks for one: "9" or "A". */
function textAndQuestion(number: number, length: number): SpanExample {
  const draw = random(1, "test", "spans", number);
  const letters = [..."abcdefghij"];
  const text = Array.from({ length }, () => letters[draw.integer(10)]!);
  const [digits, capitals] = draw.permutation(length / 2 - 1);
  text.splice(2 * digits!, 2, ...String(10 + draw.integer(90)));
  text.splice(2 * capitals!, 2, ..."QR");
  const [question, start] = draw.integer(2) === 0 ? ["9", digits!] : ["A", capitals!];
  const answer = text.slice(2 * start, 2 * start + 2).join("");
  return {
    id: String(number),
    question,
    context: text.join(""),
    answers: [{ start: 2 * start, text: answer }],
  };
}

test("a span model learns to find what a question asks for, also in a text of several rows", async () => {
  const numbered = (count: number, from: number, length: number): SpanExample[] =>
    Array.from({ length: count }, (_, number) => textAndQuestion(from + number, length));
  const size = { batch: 16, length: 16 };
  const sizes = { vocab: spanVocab(tokenizer), model: 16, heads: 2, layers: 1, hidden: 32 };
  const config = encoderModelConfig({ ...sizes, segments: 2 });
  const model = spanModel(config, encodingById("t5"), size.length);
  const { weights } = await train({
    objective: spanObjective(model, size),
    batches: spanBatches(model, spanWindows(numbered(300, 0, 12), tokenizer, size), {
      ...{ ...size, shapes: 3 },
    }),
    plan: { steps: 200, learningRate: 1e-2, seed: 1 },
    compile,
  });
  for (const length of [12, 40]) {
    const unseen = numbered(50, 1000, length);
    const found = await findAnswers({ model, weights, tokenizer }, unseen, { ...size, compile });
    const right = found.filter(({ text, start }, at) => {
      const [answer] = unseen[at]!.answers;
      return text === answer!.text && start === answer!.start;
    });
    expect(right.length, `texts of ${length}`).toBeGreaterThan(45);
  }
});
