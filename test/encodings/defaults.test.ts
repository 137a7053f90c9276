/**
 * Every default and every first value, with its source. The numbers were written by hand from the sources; nothing
 * writes this file again. Sizes: width 64, 4 heads of 16, vocabulary 64, train length 64.
 */
import { describe, expect, test } from "vitest";
import { encodingById, encodings } from "../../src/encodings/index.ts";
import { positionsFrom } from "../../src/contract/small-model.ts";
import { describeOptions } from "../../src/options/description.ts";
import { defaultInWords } from "../../src/options/words.ts";
import type { Initial, ParameterSpec } from "../../src/parameters/spec.ts";
import { constant } from "../../src/operators/source.ts";
import { logitsOf, randomValues, smallModel } from "../model/small-model.ts";
import type { Positions } from "../../src/encodings/position-encoding.ts";
import { bias } from "./published/bias.ts";
import { content } from "./published/content.ts";
import { input } from "./published/input.ts";
import { rotary } from "./published/rotary.ts";

const published = [...input, ...bias, ...content, ...rotary];
const sizes = { model: 64, heads: 4, vocab: 64, trainLength: 64 };

const short = (x: number): number => Number(x.toPrecision(6));

function firstValues(initial: Initial): string {
  switch (initial.kind) {
    case "zeros":
      return "0";
    case "ones":
      return "1";
    case "normal":
      return `N(${initial.mean ?? 0}, ${short(initial.deviation)}²)`;
    case "uniform":
      return `U(${short(initial.from ?? -initial.bound)}, ${short(initial.bound)})`;
    case "values":
      return [...new Set(initial.values.map(short))].join(" ");
  }
}

function written({ shape, initial, owner }: ParameterSpec): string {
  return `${shape.join("×")} ${firstValues(initial)}${owner === "layer" ? " in each layer" : ""}`;
}

/** The options that an expression gives: `a=1,b=[2,3]` as a map of texts. */
function optionsIn(expression: string): Map<string, string> {
  const inside = /\((.*)\)$/.exec(expression)?.[1] ?? "";
  const parts = inside.match(/[A-Za-z]\w*=(\[[^\]]*\]|[^,]*)/g) ?? [];
  return new Map(parts.map((part) => part.split("=") as [string, string]));
}

/** Positions with small and large gaps, as far as the encoding goes. */
function positionsUpTo(limit: number | undefined): Positions {
  if (limit !== undefined && limit < 20_001) return positionsFrom(0, Math.min(limit, 64));
  const values = [0, 1, 2, 5, 9, 17, 33, 63, 64, 100, 127, 130, 300, 700, 1030, 3000, 9000, 20_000];
  return { tensor: constant([values.length], values, "int32"), values };
}

test("every encoding of the list has its row, in the order of the list", () => {
  expect(published.map(({ id }) => id)).toEqual(encodings.map(({ id }) => id));
  for (const { id, source } of published) expect(source.length, id).toBeGreaterThan(10);
});

describe.each(published)("$id", ({ id, options, others = {}, first = {}, tokens }) => {
  const definition = encodingById(id);

  test("its options have these defaults", () => {
    const described = describeOptions(definition.options ?? {}).filter(
      ({ name }) => name !== "scoreScale" || options.includes("scoreScale"),
    );
    const given = optionsIn(options);
    expect([...given.keys(), ...Object.keys(others)].sort()).toEqual(
      described.map(({ name }) => name).sort(),
    );
    for (const description of described) {
      const { name } = description;
      const words = defaultInWords(description);
      if (name in others) expect(words, name).toBe(others[name]);
      else if (description.otherwise === undefined) expect(words, name).toBe(given.get(name));
    }
  });

  test("written out they give the same model", () => {
    const [plain, full] = [definition, encodingById(options)].map((each) =>
      smallModel(each, {}, sizes),
    );
    expect(full!.parameters.specs).toEqual(plain!.parameters.specs);
    expect(full!.encoding.limit).toEqual(plain!.encoding.limit);
    expect(full!.encoding.scoreScale).toEqual(plain!.encoding.scoreScale);
    const positions = positionsUpTo(plain!.encoding.limit?.length);
    const length = positions.values!.length;
    const ids = Array.from({ length }, (_, k) => [48, 49, 3, 50, 51, 52, 7, 63][k % 8]!);
    const text = { shape: [1, length], data: Float64Array.from(ids) };
    const values = randomValues(plain!);
    expect(logitsOf(full!, values, text, positions)).toEqual(
      logitsOf(plain!, values, text, positions),
    );
  });

  test("its tensors start so", () => {
    const model = smallModel(definition, {}, sizes);
    const own = model.encoding.parameters.map((spec) => [
      spec.name.replace(`position.${id}.`, ""),
      written(spec),
    ]);
    expect(Object.fromEntries(own)).toEqual(first);
    const table = model.parameters.specs.find(({ name }) => name === "tokens.weight")!;
    expect(firstValues(table.initial)).toBe(tokens ?? "N(0, 0.02²)");
  });
});
