import { describe, expect, test } from "vitest";
import { InputError } from "../../src/errors.ts";
import { batchAt } from "../../src/data/batches.ts";
import { evaluationSpans, slidingWindows, windows } from "../../src/data/windows.ts";
import type { EvaluationWindow } from "../../src/data/windows.ts";

/** Token i is i, so the tokens of a window show its position. */
const counting = (n: number): Int32Array => Int32Array.from({ length: n }, (_, i) => i);

describe("batchAt", () => {
  const options = { batch: 8, length: 16, seed: 1, step: 5 };
  const tokens = counting(1000);

  test("targets are the next tokens, in each row", () => {
    const batch = batchAt(tokens, options);
    expect(batch.tokens.length).toBe(8 * 16);
    for (let row = 0; row < 8; row++)
      for (let position = 0; position < 16; position++) {
        const place = batch.starts[row]! + position;
        expect(batch.tokens[row * 16 + position]).toBe(place);
        expect(batch.targets[row * 16 + position]).toBe(place + 1);
      }
  });

  test("depends only on the seed and the step", () => {
    expect(batchAt(tokens, options)).toEqual(batchAt(tokens, options));
    const others = [
      { ...options, step: 6 },
      { ...options, seed: 2 },
    ];
    for (const other of others)
      expect(batchAt(tokens, other).starts).not.toEqual(batchAt(tokens, options).starts);
    // A larger batch begins with the smaller one.
    expect(batchAt(tokens, { ...options, batch: 12 }).starts.slice(0, 8)).toEqual(
      batchAt(tokens, options).starts,
    );
  });

  test("every position of a window is drawn about equally often, the last one included", () => {
    const short = counting(20); // places 0 … 3
    const counts = [0, 0, 0, 0];
    for (let step = 0; step < 1000; step++)
      for (const start of batchAt(short, { ...options, step }).starts) counts[start]!++;
    expect(counts.length).toBe(4);
    for (const count of counts) expect(Math.abs(count - 2000)).toBeLessThan(5 * 39);
  });

  test("a text of one window and its target has one position; a shorter one is refused", () => {
    expect([...batchAt(counting(17), options).starts]).toEqual(Array(8).fill(0));
    expect(() => batchAt(counting(16), options)).toThrow(InputError);
    expect(() => batchAt(counting(16), options)).toThrow(/16 tokens; a window of 16 needs 17/);
    expect(() => batchAt(tokens, { ...options, batch: 0 })).toThrow(/batch must be a positive/);
    expect(() => batchAt(tokens, { ...options, step: -1 })).toThrow(
      /an integer of 0 or more, got -1/,
    );
  });
});

/** How often each token is scored as a target; also checks the shape of each window. */
function scored(total: number, length: number, all: Iterable<EvaluationWindow>): number[] {
  const times = Array<number>(total).fill(0);
  for (const window of all) {
    expect([...window.tokens]).toEqual(Array.from({ length }, (_, i) => window.start + i));
    expect([...window.targets]).toEqual(Array.from({ length }, (_, i) => window.start + i + 1));
    expect(window.scoredFrom).toBeLessThan(length);
    for (let i = window.scoredFrom; i < length; i++) times[window.targets[i]!]!++;
  }
  return times;
}

const once = (total: number): number[] =>
  Array.from({ length: total }, (_, i) => (i === 0 ? 0 : 1));

describe("windows", () => {
  test.each([
    [41, 10],
    [45, 10],
    [11, 10],
    [20, 1],
    [50, 7],
  ])("%i tokens at length %i: every token but the first is scored once", (total, length) => {
    expect(scored(total, length, windows(counting(total), { length }))).toEqual(once(total));
  });

  test("do not overlap, except a last one that scores only the targets left", () => {
    const all = [...windows(counting(26), { length: 10 })];
    expect(all.map(({ start, scoredFrom }) => [start, scoredFrom])).toEqual([
      [0, 0],
      [10, 0],
      [15, 5],
    ]);
  });
});

describe("slidingWindows", () => {
  test.each([
    [41, 10, 5],
    [43, 10, 5],
    [43, 10, 1],
    [43, 10, 10],
    [11, 10, 3],
    [100, 8, 7],
  ])("%i tokens, length %i, stride %i: every token is scored once", (total, length, stride) => {
    const all = slidingWindows(counting(total), { length, stride });
    expect(scored(total, length, all)).toEqual(once(total));
  });

  test("the first window scores all of its tokens, the others their last ones", () => {
    const all = [...slidingWindows(counting(29), { length: 10, stride: 4 })];
    expect(all.map(({ start, scoredFrom }) => [start, scoredFrom])).toEqual([
      [0, 0],
      [4, 6],
      [8, 6],
      [12, 6],
      [16, 6],
      [18, 8],
    ]);
  });

  test("a span inside the text has the text before it as context", () => {
    const spans = [{ start: 3, targets: 12 }];
    const all = [...slidingWindows(counting(40), { length: 10, stride: 4, spans })];
    expect(all.map(({ start, scoredFrom }) => [start, scoredFrom])).toEqual([
      [0, 3],
      [4, 6],
      [5, 9],
    ]);
    const times = scored(40, 10, all);
    expect(times.map((count, i) => (count === 0 ? 0 : i)).filter(Boolean)).toEqual([
      4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15,
    ]);
  });

  test.each([0, 11, 2.5])("refuses the stride %d at length 10", (stride) => {
    expect(() => [...slidingWindows(counting(50), { length: 10, stride })]).toThrow(
      /from 1 to the window's length 10/,
    );
  });
});

describe("evaluationSpans", () => {
  const cases = [
    { available: 1000, longest: 96 },
    { available: 1000, longest: 96, limit: 300 },
    { available: 1000, longest: 96, limit: 300, spread: "leading" as const },
    { available: 97, longest: 96, limit: 1 },
    { available: 1000, longest: 96, limit: 1e9 },
  ];
  test.each(cases)("%o: every length scores the same targets", ({ available, ...options }) => {
    const { spans, targets } = evaluationSpans(available, options);
    const tokens = counting(available);
    const reference = scored(available, 96, windows(tokens, { length: 96, spans }));
    expect(reference.reduce((sum, count) => sum + count, 0)).toBe(targets);
    expect(Math.max(...reference)).toBe(1);
    for (const length of [12, 48, 64, 7]) {
      expect(scored(available, length, windows(tokens, { length, spans }))).toEqual(reference);
      const sliding = slidingWindows(tokens, { length, stride: Math.ceil(length / 3), spans });
      expect(scored(available, length, sliding)).toEqual(reference);
    }
  });

  test("without a limit it is the largest multiple of the longest window", () => {
    expect(evaluationSpans(1000, { longest: 96 })).toEqual({
      spans: [{ start: 0, targets: 960 }],
      targets: 960,
      description: "the first 960 of 999 targets",
    });
  });

  test("a limit spreads windows evenly over the text", () => {
    const { spans, description } = evaluationSpans(1001, { longest: 100, limit: 450 });
    expect(spans.map(({ start }) => start)).toEqual([0, 250, 500, 750]);
    expect(description).toBe("400 of 1000 targets, in 4 pieces of 100 spread evenly");
  });

  test("a text shorter than one longest window is refused, and a span too short or outside the text", () => {
    expect(() => evaluationSpans(96, { longest: 96 })).toThrow(
      /96 tokens; a window of 96 needs 97/,
    );
    expect(() => evaluationSpans(200, { longest: 96, limit: 0 })).toThrow(/limit of scored tokens/);
    const tokens = counting(50);
    expect(() => [...windows(tokens, { length: 10, spans: [{ start: 0, targets: 9 }] })]).toThrow(
      /span of 9 targets is shorter than a window of 10/,
    );
    expect(() => [...windows(tokens, { length: 10, spans: [{ start: 40, targets: 10 }] })]).toThrow(
      /exceed the 50 tokens/,
    );
  });
});
