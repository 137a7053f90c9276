import { beforeAll, describe, expect, test } from "vitest";
import { operatorCases } from "../operators/cases.ts";
import { largestError, runCases } from "./case-model.ts";
import type { Compared } from "./case-model.ts";

let results: Map<string, Compared[]>;
beforeAll(async () => {
  results = await runCases(operatorCases, { device: "cpu", threads: 1 });
});

describe.each(operatorCases)("$name", ({ name, tolerance }) => {
  test("ONNX Runtime agrees with evaluate()", () => {
    expect(results.get(name)!.length).toBeGreaterThan(0);
    for (const compared of results.get(name)!) {
      const { what, dtype, expected, received } = compared;
      expect(received.shape, what).toEqual(expected.shape);
      expect(largestError(compared), what).toBeLessThanOrEqual(dtype === "float32" ? tolerance : 0);
    }
  });

  test("the tolerance would not hide a wrong sign", () => {
    for (const { what, dtype, expected } of results.get(name)!)
      if (dtype === "float32") {
        const magnitude = Math.max(...expected.data.map((value) => Math.min(1, Math.abs(value))));
        const error = magnitude === 0 ? Infinity : 2 * magnitude; // zeros have no sign to flip
        expect(error, what).toBeGreaterThan(1000 * tolerance);
      }
  });
});
