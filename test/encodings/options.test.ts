/**
 * The options of every encoding: the declarations are sound, each option has an effect, and whoever calls `create`
 * has what cannot be refused.
 */
import { describe, expect, test } from "vitest";
import { encoding as example } from "../../examples/my-encoding-options.ts";
import { runContract } from "../../src/contract/run-contract.ts";
import { compile } from "../../src/runtime/node.ts";
import { alibi } from "../../src/encodings/alibi.ts";
import { asDefined, defineEncoding } from "../../src/encodings/define-encoding.ts";
import { encodingById, encodings } from "../../src/encodings/index.ts";
import type {
  EncodingDefinition,
  PositionEncoding,
} from "../../src/encodings/position-encoding.ts";
import { rope } from "../../src/encodings/rope.ts";
import { transformerConfig } from "../../src/model/config.ts";
import { languageModel } from "../../src/model/transformer.ts";
import { describeOptions } from "../../src/options/description.ts";
import type { OptionDescription } from "../../src/options/description.ts";
import { option } from "../../src/options/option.ts";
import type { OptionFields } from "../../src/options/option.ts";
import { readOptions } from "../../src/options/read.ts";
import { number } from "../../src/options/value.ts";
import { random } from "../../src/random/random.ts";
import {
  logitsOf,
  positionsFrom,
  randomTokens,
  randomValues,
  smallModel,
} from "../model/small-model.ts";
import { checksOf } from "./registry.ts";

const neededOf = (id: string): Record<string, unknown> =>
  (checksOf(id).needed ?? {}) as Record<string, unknown>;

/** Values to try, beside the default. */
function candidates(described: OptionDescription): readonly unknown[] {
  const { kind, words = [], items, count, alternatives = [], least = 1 } = described;
  if (kind === "boolean") return [true, false];
  if (kind === "word") return words.length > 0 ? words : ["alibi", "t5", "learned", "sinusoidal"];
  if (kind === "either")
    return alternatives.flatMap((one) => candidates({ ...one, name: "", sentence: "" }));
  if (kind === "list")
    return items?.words
      ? items.words.map((word) => [word])
      : [[1], [0, 3], [1, 2], [2, 1], [2, 9], [1, 2, 1], [2, 1, 1]].filter(
          (list) => count === undefined || list.length === count,
        );
  if (kind === "record")
    return described.forms
      ? [{ type: "linear", factor: 2 }]
      : [{ buckets: 6, maxDistance: 9 }, { maxLength: 20 }, { scoreScale: 0.1 }, { base: 3 }];
  if (kind === "integer") return [1, 2, 3, 4, 6, 8, 20, 64, 200].filter((n) => n >= least);
  return [0.25, 0.5, 0.9, 2, 3, 40];
}

/** All that a model can see of an encoding: declarations, sampled positions, and logits at two lengths. */
function signature(definition: EncodingDefinition, options: object): string {
  const model = smallModel(definition, options);
  const { encoding } = model;
  const { parameters, limit, cache, scoreScale, extraWidth, tokenInput, sampling } = encoding;
  const { tokenInitial } = encoding;
  const sampled = [true, false].map((training) => sampling?.positions(5, random(1), training));
  const dropped: number[] = [];
  const watched = {
    ...model,
    encoding: {
      ...encoding,
      ...(encoding.embed && {
        embed: (x, context) =>
          encoding.embed!(x, {
            ...context,
            dropout: (y, rate) => {
              dropped.push(rate);
              return y;
            },
          }),
      }),
    } satisfies PositionEncoding,
  };
  const length = Math.min(limit?.length ?? 12, 12);
  const logits = logitsOf(
    watched,
    randomValues(model),
    randomTokens(1, length),
    positionsFrom(0, length),
  );
  const declared = {
    ...{ parameters, limit, cache, scoreScale, extraWidth, tokenInput, tokenInitial },
    sampled,
  };
  return JSON.stringify([declared, dropped, Array.from(logits, (value) => value.toPrecision(9))]);
}

function signatureOrNone(definition: EncodingDefinition, options: object): string | undefined {
  try {
    return signature(definition, options);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** Sets of other options with which an option may have its effect. */
function surroundings(fields: OptionFields, name: string): readonly Record<string, unknown>[] {
  const { only } = fields[name]!;
  if (only === undefined) return [{}];
  return describeOptions(fields)
    .filter((other) => other.name !== name && ["word", "boolean"].includes(other.kind))
    .flatMap((other) => candidates(other).map((value) => ({ [other.name]: value })))
    .flatMap((one) => [one, { ...one, decayTimes: [1, 8] }, { ...one, gridWidth: 3 }])
    .concat([{}, { version: 2 }, { axes: 3, rotated: 6 }]);
}

/** Options whose effect the small model does not show without help. */
const help: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  "fope.base": { length: 64 },
  "fope.length": { base: 4 },
  "fope.pairs": { base: 4, length: 64 },
  "distance-row.maxDistance": { mode: "bucket", buckets: 4 },
  "t5.maxDistance": { buckets: 4 },
  "tupe.maxDistance": { relative: true, buckets: 4 },
  "deberta.maxDistance": { buckets: 8 },
  "query-temperature.scale": { length: 2 },
  "nope-rope-interleave.temperature": { every: 2 },
  "nope-rope-interleave.temperatureLength": { every: 2 },
};

/** Options that exist beside a switch that is on, and that the switch needs to show its effect. */
const besideOn: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  "nope-rope-interleave.temperature": { temperatureLength: 2 },
};

/** Options that act on positions with several axes, which a text has not: rotary-axes-properties.test.ts has them. */
const onAxes = new Set(["m-rope.assignment", "m-rope.sections"]);

describe.each(encodings)("$id", (definition) => {
  const fields = definition.options!;
  const described = describeOptions(fields);

  test("its options are described, with defaults that can be given", () => {
    for (const { name, sentence } of described) {
      expect(sentence, name).toMatch(/^[\p{L}].*\.$/u);
      const { fallback, only } = fields[name]!;
      if ("default" in fallback && only === undefined)
        expect(() =>
          readOptions(definition.id, fields, { [name]: fallback.default }),
        ).not.toThrow();
    }
    expect(described.map(({ name }) => name)).toContain("scoreScale");
  });

  const inText = described.filter(({ name }) => !onAxes.has(`${definition.id}.${name}`));
  test.each(inText)("$name has an effect", (each) => {
    const needed = { ...neededOf(definition.id), ...help[`${definition.id}.${each.name}`] };
    const effective = surroundings(fields, each.name).some((around) => {
      const others = Object.fromEntries(
        Object.entries({ ...needed, ...around }).filter(([name]) => name !== each.name),
      );
      const on = besideOn[`${definition.id}.${each.name}`];
      const sets = candidates(each).map((value) => ({
        ...others,
        ...(value === true && on),
        [each.name]: value,
      }));
      const seen = [others, ...sets].map((options) => signatureOrNone(definition, options));
      return new Set(seen.filter((one) => one !== undefined)).size > 1;
    });
    expect(effective).toBe(true);
  });

  test("an option that it does not have is refused, by create, by a model and in text", () => {
    const words = `${definition.id}: it has no option "zzz". Its `;
    const shape = { model: 24, heads: 3, headDim: 8, layers: 2, vocab: 99, trainLength: 7 };
    expect(() => definition.create({ ...shape, causal: true }, { zzz: 1 })).toThrow(words);
    expect(() => smallModel(definition, { zzz: 1 })).toThrow(words);
    expect(() => encodingById(`${definition.id}(zzz=1)`)).toThrow(words);
  });
});

describe("wherever options are given", () => {
  const config = transformerConfig({ vocab: 11, model: 24, heads: 3, layers: 2 });

  test("a misspelt one is refused, with the nearest", () => {
    const words = 'rope: it has no option "basee". Did you mean "base"?';
    expect(() => languageModel(config, rope, 64, { basee: 3 })).toThrow(words);
    expect(() => encodingById("rope(basee=3)")).toThrow(words);
    expect(() => encodingById("layers(3*rope(basee=3),none)")).toThrow(words);
    expect(() => encodingById("randomized(baseOptions={basee=3})").create(sizes)).toThrow(words);
  });

  test("a wrong value is refused before a model is made", () => {
    expect(() => encodingById("rope(base=0.5)")).toThrow(/base must be a number above 1, got 0\.5/);
    expect(() => encodingById("rope(base=big)")).toThrow(/got "big"/);
    expect(() => encodingById("rope(scaling={type=linear,factor=2,betaFast=3})")).toThrow(
      'rope: scaling of type "linear" has no option "betaFast". Its only option is factor.',
    );
    expect(() => encodingById("rope(base=2,base=3)")).toThrow(/base is given twice/);
  });

  test("a composition has none but scoreScale, and options written are not written over", () => {
    expect(() => languageModel(config, encodingById("rope+alibi"), 64, { base: 3 })).toThrow(
      'rope+alibi: it has no option "base". Its only option is scoreScale.',
    );
    expect(() => encodingById("rope(base=500)").create(sizes, { base: 3 })).toThrow(
      'rope(base=500): it has no option "base".',
    );
  });

  test("scoreScale reaches the layers of an encoding that has layers", () => {
    const made = encodingById("nope-rope-interleave(scoreScale=0.5,every=2)").create(sizes);
    expect([0, 1].map((layer) => made.at!(layer).scoreScale)).toEqual([0.5, 0.5]);
    expect(made.at!(0)).toBe(made.at!(0));
  });

  test("a plain object's options are read by its declaration", () => {
    const plain: EncodingDefinition = {
      ...alibi,
      id: "plain",
      options: { steep: option("Steepness.", number({ above: 0 }), { default: 2 }) },
      create: (shape, options) => ({
        ...alibi.create(shape, { biasMax: (options as { readonly steep: number }).steep }),
        id: "plain",
      }),
    };
    expect(() => languageModel(config, plain, 64, { steep: 3 })).not.toThrow();
    expect(() => languageModel(config, plain, 64)).not.toThrow();
    expect(() => languageModel(config, plain, 64, { step: 3 })).toThrow(/Did you mean "steep"/);
    expect(() => languageModel(config, plain, 64, { steep: -1 })).toThrow(/above 0, got -1/);
    expect(asDefined(asDefined(plain))).not.toBe(plain);
    expect(asDefined(alibi)).toBe(alibi);
  });

  test("an encoding may take the options of another and add its own", () => {
    const wider = defineEncoding({
      ...alibi,
      id: "wider",
      options: { ...alibi.options, extra: option("More.", number(), { default: 0 }) },
      create: (shape, { extra, ...rest }) => ({
        ...alibi.create(shape, rest),
        ...{ id: "wider", scoreScale: 1 + extra },
      }),
    });
    expect(wider.create(sizes, { learned: true }).parameters).toHaveLength(1);
    expect(() => wider.create(sizes, { sides: "separate" })).toThrow(/Set learned to true/);
  });
});

test("the example with options keeps the contract, and its options are read", async () => {
  for (const options of [{}, { start: 2, shared: false }]) {
    const results = await runContract(example, { options, compile });
    expect(results.filter(({ passed }) => !passed)).toEqual([]);
  }
  expect(example.create(sizes, { start: 2 }).parameters[0]!.initial).toEqual({
    ...{ kind: "values", values: [2, 2, 2] },
  });
  expect(() => example.create(sizes, { start: 0 })).toThrow(
    "learned-slope: start must be a number above 0, got 0. Leave it out for 1.",
  );
});

const sizes = {
  ...{ model: 24, heads: 3, headDim: 8, layers: 2, vocab: 11, trainLength: 7, causal: false },
};
