import { describe, expect, test } from "vitest";
import { leastVariance } from "../../reproduce/least-variance.ts";
import { bitsPerByte } from "../../src/measures/bits-per-byte.ts";
import type { Run } from "../../src/measures/estimate.ts";
import { exactMatch } from "../../src/measures/exact-match.ts";
import { tokenAccuracy } from "../../src/measures/token-accuracy.ts";

const answered = (correct: readonly number[]): Run => ({
  value: correct.reduce((sum, one) => sum + one, 0) / correct.length,
  items: { correct },
  count: correct.length,
});

describe("the variance that samples leave", () => {
  const half = answered(Array.from({ length: 200 }, (_, at) => at % 2));

  test("is smaller where both answered the same", () => {
    expect(leastVariance(exactMatch, [half], [half], false)).toBeCloseTo(0.5 / 200, 6);
    expect(leastVariance(exactMatch, [half], [half], true)).toBeLessThan(0.05 / 200);
  });

  test("is not zero where all samples agree", () => {
    const always = answered(new Array<number>(100).fill(1));
    expect(leastVariance(exactMatch, [always], [always], true)).toBeGreaterThan(1 / 600 ** 2);
  });

  test("counts a sample as one, whatever number of tokens it has, and does not pair tokens", () => {
    const run: Run = { value: 0.5, items: {}, count: 100 };
    expect(leastVariance(tokenAccuracy, [run], [run], true)).toBeCloseTo(0.5 / 100, 12);
  });

  test("is none on text", () => {
    expect(leastVariance(bitsPerByte, [half], [half], false)).toBe(0);
  });
});
