import { describe, expect, test } from "vitest";
import { studentQuantile, studentTail } from "../../../src/comparison/statistics/student-t.ts";

describe("studentQuantile", () => {
  // Two-sided 95 %, from the printed table in every statistics book.
  test.each([
    [1, 12.7062],
    [2, 4.30265],
    [4, 2.77645],
    [10, 2.22814],
    [30, 2.04227],
    [1000, 1.96234],
  ])("95 %% at %i degrees of freedom is %f", (degrees, expected) => {
    expect(studentQuantile(0.95, degrees)).toBeCloseTo(expected, 4);
  });

  test("99 % at 5 degrees is 4.03214", () => {
    expect(studentQuantile(0.99, 5)).toBeCloseTo(4.03214, 5);
  });

  test("one degree of freedom is Cauchy: the quantile is a tangent", () => {
    for (const confidence of [0.5, 0.9, 0.999])
      expect(studentQuantile(confidence, 1)).toBeCloseTo(Math.tan((Math.PI * confidence) / 2), 6);
  });

  test("fractions of a degree lie between whole ones", () => {
    const at = (degrees: number): number => studentQuantile(0.95, degrees);
    expect(at(4.5)).toBeLessThan(at(4));
    expect(at(4.5)).toBeGreaterThan(at(5));
  });

  test("inverts the tail", () => {
    for (const degrees of [0.7, 3, 23, 400])
      expect(studentTail(studentQuantile(0.95, degrees), degrees)).toBeCloseTo(0.05, 10);
  });

  test("refuses what has no quantile", () => {
    expect(() => studentQuantile(95, 4)).toThrow("Write 0.95 for 95 %");
    expect(() => studentQuantile(0.95, 0)).toThrow("two samples at least");
  });
});
