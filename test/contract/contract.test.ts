/**
 * Each check of the contract finds the fault it is for; and an encoding without fault passes all.
 */
import { describe, expect, test } from "vitest";
import { holds } from "../../src/contract/check.ts";
import { declaration } from "../../src/contract/declaration.ts";
import { decoding } from "../../src/contract/decoding.ts";
import { effect } from "../../src/contract/effect.ts";
import { contract, runCheck, runContract, subjectOf } from "../../src/contract/run-contract.ts";
import type { ContractResult } from "../../src/contract/run-contract.ts";
import { defineEncoding } from "../../src/encodings/define-encoding.ts";
import type {
  EncodingDefinition,
  PositionEncoding,
} from "../../src/encodings/position-encoding.ts";
import { rope } from "../../src/encodings/rope.ts";
import { t5 } from "../../src/encodings/t5.ts";
import { multiply, subtract } from "../../src/operators/arithmetic.ts";
import { abs } from "../../src/operators/pointwise.ts";
import { slice } from "../../src/operators/slicing.ts";
import { compile } from "../../src/runtime/node.ts";
import { encoding } from "../../examples/my-encoding.ts";
import { faultyEncodings } from "./faulty-encodings.ts";

const plain = {
  id: "own",
  family: "bias",
  summary: "An encoding of a test.",
  formula: "score[i,j] = a formula",
  paper: { title: "No paper" },
} as const;

const hooks = {
  id: "own",
  parameters: [],
  cache: { keys: "either" },
  shiftInvariant: true,
} as const satisfies PositionEncoding;

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
    if (!["declaration", "effect", "long text"].includes(check))
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

describe("a failure that several checks have", () => {
  test("is said once, and named afterwards", async () => {
    const definition = defineEncoding({
      ...plain,
      create: () => ({ ...hooks, bias: ({ distance }) => slice(distance, 5, 0, 1) }),
    });
    const results = await runContract(definition, { compile });
    const faults = results.flatMap((result) => result.faults);
    expect(faults[0]).toMatch(
      /^It failed: own: its hook "bias" failed: slice: .*It was given distance/,
    );
    expect(faults.slice(1)).toEqual(
      faults.slice(1).map(() => 'It failed: as in the check "effect".'),
    );
    expect(faults.length).toBeGreaterThan(8);
  });

  test("is not mistaken for another one", async () => {
    const definition = defineEncoding({
      ...plain,
      create: () => ({
        ...hooks,
        bias: ({ distance, queries: { values } }) =>
          slice(distance, values === undefined ? 6 : 5, 0, 1),
        embed: (x) => (x.shape[1] === 1 ? slice(x, 7, 0, 1) : x),
      }),
    });
    const results = await runContract(definition, { compile });
    const said = new Set(results.flatMap((result) => result.faults));
    expect([...said].filter((fault) => !fault.includes("as in the check"))).toHaveLength(2);
  });
});

describe("a bias that grows with the distance", () => {
  const biased = (sign: number): EncodingDefinition =>
    defineEncoding({
      ...plain,
      create: () => ({ ...hooks, bias: ({ distance }) => multiply(abs(distance), sign) }),
    });

  test("passes with a warning", async () => {
    const result = await runCheck(effect, subjectOf(biased(0.5), {}, compile));
    expect(result.passed).toBe(true);
    expect(result.warnings.join()).toMatch(
      /^Its bias grows with the distance, by 3\.0 or more from distance 0 to 6 .*change the sign\.$/,
    );
  });

  test("is not one that falls, nor a table of random numbers", async () => {
    for (const definition of [biased(-0.5), t5])
      expect((await runCheck(effect, subjectOf(definition, {}, compile))).warnings).toEqual([]);
  });
});

test("a cache word that is wrong: the right one is named", async () => {
  const definition = defineEncoding({
    ...plain,
    create: (shape) => {
      const rotating = rope.create(shape);
      // Keys are turned from the first that is given on: in a cache of rotated keys, from the first new one.
      return {
        ...hooks,
        rotate: (x, positions, role, context) => {
          const { tensor } = positions;
          const own = role === "key" ? subtract(tensor, slice(tensor, -1, 0, 1)) : tensor;
          return rotating.rotate!(x, { tensor: own }, role, context);
        },
        shiftInvariant: false,
      };
    },
  });
  expect(complaints(await runCheck(decoding, subjectOf(definition, {}, compile)))).toMatch(
    /With cache: \{ keys: "raw" \} decoding gives what one pass gives\. Declare that\./,
  );
});

test("an encoding of one's own needs no paper", async () => {
  const { id, family, summary, formula } = plain;
  const definition = defineEncoding({
    ...{ id, family, summary, formula },
    create: () => ({ ...hooks, bias: ({ distance }) => multiply(abs(distance), -0.5) }),
  });
  const result = await runCheck(declaration, subjectOf(definition, {}, compile));
  expect(complaints(result)).toBe("");
});

test("a measure that is no number holds nowhere", () => {
  for (const must of ["below", "above"] as const) {
    expect(holds({ what: "x", value: NaN, must, limit: 1 })).toBe(false);
    expect(holds({ what: "x", value: 1, must, limit: 1 })).toBe(false);
  }
});
