/**
 * The contract of every encoding of the list, with every set of options; and sizes that do not fit.
 *
 * The checks themselves are in src/contract, test/contract shows that each can fail.
 */
import { describe, expect, test } from "vitest";
import { contract, runCheck, subjectOf } from "../../src/contract/run-contract.ts";
import { languageModel } from "../../src/model/transformer.ts";
import { compile } from "../../src/runtime/node.ts";
import {
  logitsOf,
  positionsFrom,
  randomTokens,
  randomValues,
  smallModel,
} from "../model/small-model.ts";
import { instances } from "./instances.ts";

describe.each(instances)("$name", ({ definition, options }) => {
  const subject = subjectOf(definition, options, compile);

  test.each(contract)("$name: $asks", async (check) => {
    const { passed, measures, faults, skipped } = await runCheck(check, subject);
    expect(passed, JSON.stringify({ measures, faults }, null, 1)).toBe(true);
    // A check that measures nothing and finds no fault says what it looked at, or why it did not.
    if (skipped !== undefined) expect(subject.model.encoding.cache.keys).toBe("recompute");
  });
});

describe("sizes that do not fit", () => {
  const shape = { model: 24, heads: 3, layers: 1, vocab: 11, hidden: 32 };
  const find = (id: string) => instances.find(({ definition }) => definition.id === id)!.definition;

  test("rope: an odd headDim", () => {
    expect(() => smallModel(find("rope"), {}, { ...shape, model: 21 })).toThrow(
      /rope: the rotated width must be even.*got 7.*Choose an even headDim/,
    );
  });
  test("sinusoidal: an odd width", () => {
    expect(() => smallModel(find("sinusoidal"), {}, { ...shape, model: 21 })).toThrow(
      /sinusoidal: .*even model width.*got 21/,
    );
    expect(() => smallModel(find("sinusoidal"), { layout: "t2t" }, { model: 2, heads: 1 })).toThrow(
      /4 or more/,
    );
  });
  test("distance-row: more columns than the model has", () => {
    expect(() => smallModel(find("distance-row"), { width: 24 }, shape)).toThrow(
      /distance-row: it appends 24 columns, but the model is 24 wide/,
    );
  });
  test("distance-row: a tied head", () => {
    for (const tokenInput of ["embedding", "one-hot"])
      expect(() =>
        smallModel(find("distance-row"), { tokenInput }, { ...shape, tiedHead: true }),
      ).toThrow(/cannot serve as the head. Set tiedHead to false/);
  });
  test("distance-row: options that contradict each other", () => {
    const make = (options: object) => () => smallModel(find("distance-row"), options);
    expect(make({ mode: "normalise", causal: true })).toThrow(
      /causal has an effect only with mode .*, and mode is "normalise"/,
    );
    expect(make({ mode: "bucket", validity: true })).toThrow(
      /validity has an effect only with mode "pad", and mode is "bucket"/,
    );
    expect(make({ mode: "fixed-anchors", anchors: [] })).toThrow(
      /anchors must be a list of one or more whole numbers/,
    );
    expect(make({ width: -1 })).toThrow(/width must be a whole number/);
    expect(make({ layer: "relu", hidden: 0 })).toThrow(/hidden must be a whole number/);
  });
  test("tables of no length", () => {
    for (const id of ["learned", "distance-row", "sinusoidal"])
      expect(() => smallModel(find(id), { maxLength: -3 })).toThrow(
        /maxLength must be a whole number from 1 to \d+, got -3/,
      );
  });
  test("t5: too few buckets, too short a distance", () => {
    expect(() => smallModel(find("t5"), { buckets: 1 })).toThrow(
      /buckets must be a whole number from 2 to \d+, got 1/,
    );
    expect(() => smallModel(find("t5"), { maxDistance: 16 })).toThrow(/whole number above 16/);
  });
  test("learned: a position beyond the table, or before it", () => {
    const { config } = smallModel(find("learned"));
    const model = languageModel(config, find("learned"), 7);
    const at = (start: number) => () =>
      logitsOf(model, randomValues(model), randomTokens(1, 3), positionsFrom(start, 3));
    expect(at(4)).not.toThrow();
    expect(at(5)).toThrow(/learned: position 7 is beyond its 7: .*Raise maxLength/);
    expect(at(-1)).toThrow(/position -1 is negative/);
  });
});
