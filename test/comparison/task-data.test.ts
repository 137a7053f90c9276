import { expect, test } from "vitest";
import { answeredItems } from "../../src/comparison/kinds/task-data.ts";

test("a sample is correct if all of its scored tokens are right", () => {
  const answered = [[true, true, true], [true, false, true], [false], [false, true]];
  expect(answeredItems(answered)).toEqual({
    correct: [1, 0, 0, 0],
    right: [3, 2, 0, 1],
    scored: [3, 3, 1, 2],
  });
});
