import { describe, expect, test } from "vitest";
import { chiSquared, gamma } from "../../src/random/gamma.ts";
import { random } from "../../src/random/random.ts";

describe.each([0.3, 0.75, 1, 4.5, 40])("gamma numbers of shape %f", (shape) => {
  const stream = random(9, "gamma", shape);
  const values = Array.from({ length: 40_000 }, () => gamma(stream, shape));
  const mean = values.reduce((a, b) => a + b, 0) / values.length;

  test("have mean and variance equal to the shape", () => {
    const variance = values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / values.length;
    expect(Math.abs(mean / shape - 1)).toBeLessThan(4 / Math.sqrt(shape * values.length));
    expect(Math.abs(variance / shape - 1)).toBeLessThan(0.08);
  });

  test("are above zero", () => {
    expect(values.every((value) => value > 0)).toBe(true);
  });
});

test("chi-squared with 2 degrees of freedom is exponential: 5 % lie above 5.991", () => {
  const stream = random(9, "chi-squared");
  const above = Array.from({ length: 40_000 }, () => chiSquared(stream, 2)).filter(
    (value) => value > 5.991,
  );
  expect(Math.abs(above.length / 40_000 - 0.05)).toBeLessThan(0.004);
});

test("a shape that is none is refused", () => {
  expect(() => gamma(random(1, "x"), 0)).toThrow("the shape must be a positive number, got 0");
  expect(() => chiSquared(random(1, "x"), NaN)).toThrow("got NaN");
});
