/**
 * Each check of the contract finds the fault it is for; and an encoding without fault passes all.
 */
import { describe, expect, test } from "vitest";
import { holds } from "../../src/contract/check.ts";
import { contract, runContract } from "../../src/contract/run-contract.ts";
import type { ContractResult } from "../../src/contract/run-contract.ts";
import { compile } from "../../src/runtime/node.ts";
import { encoding } from "../../examples/my-encoding.ts";
import { faultyEncodings } from "./faulty-encodings.ts";

/** Faults, and measures that do not hold, as text. */
function complaints({ faults, measures }: ContractResult): string {
  return [...faults, ...measures.filter((m) => !holds(m)).map(({ what }) => what)].join(" ");
}

test("every check has a faulty encoding", () => {
  expect([...new Set(faultyEncodings.map(({ check }) => check))]).toEqual(
    contract.map(({ name }) => name),
  );
});

describe.each(faultyEncodings)("$check: $fault", ({ check, definition, says }) => {
  test("is found", async () => {
    const results = await runContract(definition, { compile });
    const result = results.find((each) => each.check === check)!;
    expect(result.passed).toBe(false);
    expect(complaints(result)).toMatch(says);
  });
});

test("an encoding without fault passes every check, and each measures something", async () => {
  const seen: string[] = [];
  const results = await runContract(encoding, {
    compile,
    onResult: ({ check }) => seen.push(check),
  });
  expect(seen).toEqual(contract.map(({ name }) => name));
  for (const { check, passed, measures, faults } of results) {
    expect(faults, check).toEqual([]);
    expect(passed, check).toBe(true);
    if (!["declaration", "long text"].includes(check))
      expect(measures.length, check).toBeGreaterThan(0);
  }
});

test("what cannot be made fails once, and the other checks say why they were not run", async () => {
  const { definition } = faultyEncodings.find(({ fault }) => fault.startsWith("sizes"))!;
  const results = await runContract(definition, { compile });
  expect(results.filter(({ passed }) => !passed).map(({ check }) => check)).toEqual([
    "declaration",
  ]);
  expect(results.slice(1).every(({ skipped }) => skipped === "it cannot be made")).toBe(true);
});

test("a measure that is no number holds nowhere", () => {
  for (const must of ["below", "above"] as const) {
    expect(holds({ what: "x", value: NaN, must, limit: 1 })).toBe(false);
    expect(holds({ what: "x", value: 1, must, limit: 1 })).toBe(false);
  }
});
