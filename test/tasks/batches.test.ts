/**
 * Batches of samples: padded, weighted, and functions of seed and step alone.
 */
import { describe, expect, test } from "vitest";
import { heldOutSamples, rowWidth, taskBatchAt, taskRows } from "../../src/tasks/batches.ts";
import { taskNamed } from "../../src/tasks/index.ts";

const copy = taskNamed("copy");
const plan = { batch: 64, trainLength: 6, seed: 3 };

describe("rows", () => {
  test("are the tokens, the tokens after them, and where those are scored", () => {
    const sample = { tokens: [1, 7, 8, 2, 7, 8, 3], scored: [4, 5, 6] };
    const rows = taskRows([sample, { tokens: [1, 9, 2, 9, 3], scored: [3, 4] }], 7);
    expect([...rows.tokens]).toEqual([1, 7, 8, 2, 7, 8, 0, 1, 9, 2, 9, 0, 0, 0]);
    expect([...rows.targets]).toEqual([7, 8, 2, 7, 8, 3, 0, 9, 2, 9, 3, 0, 0, 0]);
    expect([...rows.weights]).toEqual([0, 0, 0, 1, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0]);
  });

  test("that are too narrow are refused", () => {
    const sample = { tokens: [1, 7, 2, 7, 3], scored: [3, 4] };
    expect(() => taskRows([sample], 3)).toThrow("a sample of 5 tokens needs rows of 4, got 3");
  });
});

describe("a batch", () => {
  test("depends on the step and the seed alone", () => {
    const batch = taskBatchAt(copy, { ...plan, step: 7 });
    taskBatchAt(copy, { ...plan, step: 8 });
    expect(taskBatchAt(copy, { ...plan, step: 7 })).toEqual(batch);
    expect(taskBatchAt(copy, { ...plan, step: 8 }).tokens).not.toEqual(batch.tokens);
    expect(taskBatchAt(copy, { ...plan, step: 7, seed: 4 }).tokens).not.toEqual(batch.tokens);
    expect(() => taskBatchAt(copy, { ...plan, step: -1 })).toThrow("a step of 0 or more");
  });

  test("has every length up to the longest, or that one alone", () => {
    const lengths = (name: string): number[] => {
      const task = taskNamed(name);
      const { weights } = taskBatchAt(task, { ...plan, batch: 200, step: 0 });
      const width = rowWidth(task, plan.trainLength);
      const scored = Array.from({ length: 200 }, (_, row) =>
        weights.slice(row * width, (row + 1) * width).reduce((a, b) => a + b),
      );
      return [...new Set(scored)].sort((a, b) => a - b);
    };
    expect(lengths("copy")).toEqual([2, 3, 4, 5, 6, 7]); // the end is scored too
    expect(lengths("selective-copy")).toEqual([7]);
    expect(lengths("missing-duplicate")).toEqual([1]);
  });
});

describe("held-out samples", () => {
  test("do not depend on how many are taken, and differ from training", () => {
    const some = heldOutSamples(copy, { length: 12, count: 5, seed: 3 });
    const more = heldOutSamples(copy, { length: 12, count: 9, seed: 3 });
    expect(more.slice(0, 5)).toEqual(some);
    const trained = taskBatchAt(copy, { ...plan, trainLength: 12, batch: 500, step: 0 });
    const text = [...trained.tokens].join(" ");
    for (const { tokens } of some) expect(text).not.toContain(tokens.slice(0, -1).join(" "));
  });

  test("are of the condition that was asked for", () => {
    const task = taskNamed("selective-copy");
    const [sparse] = heldOutSamples(task, { length: 4, condition: "sparse", count: 1, seed: 1 });
    expect(sparse!.tokens).toHaveLength(4 + 8 + 4 + 3);
  });
});
