import { expect, test } from "vitest";
import { influences } from "../../../src/comparison/statistics/influence.ts";
import { bitsPerByte } from "../../../src/measures/bits-per-byte.ts";
import { exactMatch } from "../../../src/measures/exact-match.ts";
import { random } from "../../../src/random/random.ts";

const each = (count: number): number[] => Array.from({ length: count }, (_, at) => at + 1);
const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

test("of a share: the sum of squares times n / (n − 1) is p (1 − p) / (n − 1)", () => {
  const correct = [1, 0, 0, 1, 1, 0, 1, 1];
  const found = influences(exactMatch, { correct }, each(8));
  const p = 5 / 8;
  expect(sum(found)).toBeCloseTo(0, 14);
  expect((sum(found.map((x) => x * x)) * 8) / 7).toBeCloseTo((p * (1 - p)) / 7, 14);
  expect(found[0]).toBeCloseTo((1 - p) / 8, 14);
});

test("of a ratio with unequal sizes: near to the linear influence", () => {
  const noise = random(3, "ratio");
  const bytes = Array.from({ length: 24 }, () => 400 + 40 * noise.normal());
  const bits = bytes.map((size) => size * (2.2 + 0.1 * noise.normal()));
  const ratio = sum(bits) / sum(bytes);
  const linear = bits.map((one, at) => (one - ratio * bytes[at]!) / sum(bytes));
  influences(bitsPerByte, { bits, bytes }, each(24)).forEach((one, at) =>
    expect(Math.abs(one - linear[at]!)).toBeLessThan(0.02 * Math.abs(linear[at]!) + 1e-5),
  );
});

test("groups are left out whole", () => {
  const correct = [1, 1, 0, 0, 1, 0];
  const [first, ...others] = influences(exactMatch, { correct }, [2, 4, 6]);
  // Shares without each group: 1/4, 3/4, 1/2.
  expect(first).toBeCloseTo((2 / 3) * (1 / 2 - 1 / 4), 14);
  expect(others[0]).toBeCloseTo((2 / 3) * (1 / 2 - 3 / 4), 14);
});

test("one group has no influence that could be measured", () => {
  expect(influences(exactMatch, { correct: [1, 0] }, [2])).toEqual([0]);
});
