import { expect, test } from "vitest";
import { summariseLosses } from "../../src/evaluation/language.ts";

test("the first target after a stretch counts to the next one", async () => {
  const evaluator = {
    batch: 1,
    length: 4,
    score: () => Promise.resolve([Float32Array.of(1, 2, 3, 4)]),
    dispose: () => Promise.resolve(),
  };
  const ids = Int32Array.of(0, 0, 0, 0);
  const window = { start: 0, tokens: ids, targets: ids, scoredFrom: 0 };
  const halves = [0, 2].map((start) => ({ start, targets: 2 }));
  // 1 + 2 and 3 + 4.
  expect((await summariseLosses(evaluator, [window], halves)).byStretch).toEqual([3, 7]);
});
