/** Wilson's interval of a share. */
import { expect, test } from "vitest";
import { wilsonInterval } from "../../src/measures/wilson.ts";

test.each([
  // statsmodels, proportion_confint(method="wilson").
  [8, 10, 0.490162, 0.943317],
  [0, 8, 0, 0.324411],
  [8, 8, 0.675589, 1],
  [5, 40, 0.054595, 0.261121],
])("%d of %d", (right, count, low, high) => {
  const interval = wilsonInterval(right, count);
  expect(interval.low).toBeCloseTo(low, 5);
  expect(interval.high).toBeCloseTo(high, 5);
});

test.each([
  [1, 0],
  [3, 2],
  [-1, 2],
  [NaN, 2],
])("refuses %d of %d", (right, count) => {
  expect(() => wilsonInterval(right, count)).toThrow(/is no share/);
});
