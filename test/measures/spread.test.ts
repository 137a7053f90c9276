import { expect, test } from "vitest";
import { bitsPerByte } from "../../src/measures/bits-per-byte.ts";
import { exactMatch } from "../../src/measures/exact-match.ts";
import { lossSpread, shareSpread } from "../../src/measures/spread.ts";
import { tokenAccuracy } from "../../src/measures/token-accuracy.ts";

// What docs/results/text.json had when it was fitted.
test("of a loss: 0.5 % of it and 7 % of its growth; of its growth: 0.1 % of the loss and 8 % of the growth", () => {
  const root = (variance: number): number => Math.sqrt(variance);
  expect(root(lossSpread.level(2, 0))).toBeCloseTo(0.01, 12);
  expect(root(lossSpread.level(0, 2))).toBeCloseTo(0.14, 12);
  expect(lossSpread.level(2, 2)).toBeCloseTo(0.01 ** 2 + 0.14 ** 2, 12);
  expect(root(lossSpread.change(2, 0))).toBeCloseTo(0.002, 12);
  expect(root(lossSpread.change(0, 2))).toBeCloseTo(0.16, 12);
  expect(lossSpread.words).toContain("0.5 % of the loss and 7 % of its growth");
  expect(bitsPerByte.uncertainty.spread).toBe(lossSpread);
});

test("of a share: the same in the logarithm of the odds, up to half a per cent from its ends", () => {
  const spread = shareSpread(2);
  expect(spread.level(0.5, 0)).toBeCloseTo((2 * 0.25) ** 2, 12);
  expect(spread.level(0.9, 0.3)).toBeCloseTo((2 * 0.09) ** 2, 12);
  const end = (2 * 0.005 * 0.995) ** 2;
  for (const share of [0, 0.001, 0.005, 0.995, 1])
    expect(spread.level(share, 0)).toBeCloseTo(end, 12);
  expect(spread.change(0.9, 0.4)).toBeCloseTo((2 * 0.09) ** 2 + (2 * 0.25) ** 2, 12);
  expect(exactMatch.uncertainty.spread.level(0.5, 0)).toBeCloseTo(0.25 ** 2, 12);
  expect(tokenAccuracy.uncertainty?.spread.level(0.5, 0) ?? (0.65 * 0.25) ** 2).toBeCloseTo(
    (0.65 * 0.25) ** 2,
    12,
  );
});
