import { expect, test } from "vitest";
import { baseLength } from "../../src/comparison/configuration.ts";

test("growth is measured from the train length, or from the shortest where it was not tested", () => {
  expect(baseLength({ trainLength: 64, testLengths: [64, 128] })).toBe(64);
  // Results of others may have shorter ones too.
  expect(baseLength({ trainLength: 64, testLengths: [32, 64, 128] })).toBe(64);
  expect(baseLength({ trainLength: 64, testLengths: [256, 128, 512] })).toBe(128);
});
