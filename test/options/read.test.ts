import { describe, expect, expectTypeOf, test } from "vitest";
import { describeOptions } from "../../src/options/description.ts";
import { option, optionIs } from "../../src/options/option.ts";
import type { GivenOptions, ReadOptions } from "../../src/options/option.ts";
import { OptionError, readOptions } from "../../src/options/read.ts";
import {
  anyRecord,
  anyWord,
  either,
  flag,
  listOf,
  number,
  record,
  recordBy,
  whole,
  word,
} from "../../src/options/value.ts";
import { optionInWords, writeOptions } from "../../src/options/words.ts";

const fields = {
  rows: option("Rows.", whole({ least: 1, most: 9 }), { default: 3 }),
  even: option("An even one.", whole({ least: 2, multipleOf: 2 }), { default: 4 }),
  share: option("A share.", number({ least: 0, below: 1 }), { default: 0 }),
  base: option("A base.", number({ above: 1 }), { otherwise: "the model's" }),
  kind: option("A kind.", word("plain", "bent"), { default: "plain" }),
  bend: option("How far it is bent.", number(), { default: 1, only: optionIs("kind", "bent") }),
  on: option("Whether it is on.", flag, { default: false }),
  ids: option("Ids.", listOf(whole({ least: 0 }), { distinct: true }), { otherwise: "none" }),
  two: option("Two.", listOf(number({ above: 0 }), { count: 2 }), { otherwise: "none" }),
  place: option("A place.", either(word("middle"), whole({ least: 0 })), { default: "middle" }),
  other: option("A name.", anyWord, { otherwise: "none" }),
  rest: option("Others.", anyRecord, { otherwise: "none" }),
  inner: option("Within.", record({ deep: option("Deep.", flag, { default: true }) }), {
    otherwise: "none",
  }),
  rule: option(
    "A rule.",
    recordBy("type", {
      slow: { factor: option("Factor.", number({ least: 1 }), { required: true }) },
      none: {},
    }),
    { otherwise: "none" },
  ),
};

const read = (given: unknown): ReadOptions<typeof fields> => readOptions("it", fields, given);
const refused = (given: unknown): string => {
  try {
    read(given);
  } catch (error) {
    expect(error).toBeInstanceOf(OptionError);
    expect(error).toBeInstanceOf(RangeError);
    return (error as Error).message;
  }
  throw new Error("it was read");
};

describe("what is read", () => {
  test("defaults, where an option has a value and has an effect", () => {
    const defaults = { rows: 3, even: 4, share: 0, kind: "plain", on: false, place: "middle" };
    expect(read(undefined)).toEqual(defaults);
    expect(read({})).toEqual(defaults);
    expect(read({ rows: undefined, base: undefined })).toEqual(defaults);
    expect(Object.isFrozen(read({}))).toBe(true);
    expect(read({ kind: "bent" }).bend).toBe(1);
  });

  test("what was given, records with their own defaults", () => {
    const given = { rows: 9, base: 1.5, ids: [0, 7], two: [1, 0.5], place: 8, rest: { a: 1 } };
    expect(read(given)).toMatchObject(given);
    expect(read({ inner: {} }).inner).toEqual({ deep: true });
    expect(read({ rule: { type: "slow", factor: 2 } }).rule).toEqual({ type: "slow", factor: 2 });
    expect(read({ rule: { type: "none" } }).rule).toEqual({ type: "none" });
  });

  test("what was read can be read again", () => {
    for (const given of [{}, { kind: "bent", bend: 3 }, { rule: { type: "slow", factor: 2 } }])
      expect(read(read(given))).toEqual(read(given));
  });

  test("types follow from the declaration", () => {
    expectTypeOf<ReadOptions<typeof fields>["rows"]>().toEqualTypeOf<number>();
    expectTypeOf<ReadOptions<typeof fields>["base"]>().toEqualTypeOf<number | undefined>();
    expectTypeOf<ReadOptions<typeof fields>["bend"]>().toEqualTypeOf<number | undefined>();
    expectTypeOf<ReadOptions<typeof fields>["kind"]>().toEqualTypeOf<"plain" | "bent">();
    expectTypeOf<ReadOptions<typeof fields>["place"]>().toEqualTypeOf<"middle" | number>();
    expectTypeOf<{ rows: 3 }>().toExtend<GivenOptions<typeof fields>>();
    expectTypeOf<{ rows: "3" }>().not.toExtend<GivenOptions<typeof fields>>();
    expectTypeOf<{ rule: { type: "slow" } }>().not.toExtend<GivenOptions<typeof fields>>();
  });
});

describe("what is refused, with the name, the value and the way out", () => {
  const rows = "it: rows must be a whole number from 1 to 9, got";
  test.each<[unknown, string]>([
    [{ row: 3 }, 'it: it has no option "row". Did you mean "rows"? Its options are rows, even,'],
    [{ zzzzzzzz: 3 }, 'it: it has no option "zzzzzzzz". Its options are'],
    [{ rows: 0 }, `${rows} 0. Leave it out for 3.`],
    [{ rows: 10 }, `${rows} 10.`],
    [{ rows: 1.5 }, `${rows} 1.5.`],
    [{ rows: NaN }, `${rows} NaN.`],
    [{ rows: Infinity }, `${rows} Infinity.`],
    [{ rows: -0 }, `${rows} -0.`],
    [{ rows: "3" }, `${rows} "3".`],
    [{ rows: true }, `${rows} true.`],
    [{ rows: null }, `${rows} null.`],
    [{ rows: [3] }, `${rows} [3].`],
    [{ rows: () => 3 }, `${rows} a function.`],
    [{ even: 3 }, "even must be an even number from 2 to 16777216, got 3."],
    [{ share: 1 }, "share must be a number from 0 to below 1, got 1."],
    [{ share: -0 }, "share must be a number from 0 to below 1, got -0."],
    [{ base: 1 }, "base must be a number above 1, got 1. Leave it out for the model's."],
    [{ base: -Infinity }, "base must be a number above 1, got -Infinity."],
    [{ kind: "bend" }, 'kind must be "plain" or "bent", got "bend". Did you mean "bent"?'],
    [{ on: "true" }, 'on must be true or false, got "true".'],
    [{ on: 1 }, "on must be true or false, got 1."],
    [
      { ids: [] },
      "ids must be a list of one or more whole numbers from 0 to 16777216, all different",
    ],
    [{ ids: [1, 1] }, "all different, got [1, 1]."],
    [{ ids: [1, -1] }, "got [1, -1]."],
    [{ ids: 3 }, "got 3."],
    [{ two: [1] }, "two must be a list of 2 numbers above 0, got [1]."],
    [{ two: [1, NaN] }, "got [1, NaN]."],
    [{ place: "end" }, 'place must be "middle" or a whole number from 0 to 16777216, got "end".'],
    [{ other: "" }, 'other must be a word, got "".'],
    [{ rest: [1] }, "rest must be an object of options, got [1]."],
    [{ inner: { deeper: true } }, 'inner has no option "deeper". Did you mean "deep"?'],
    [{ inner: { deep: 1 } }, "inner.deep must be true or false, got 1."],
    [{ inner: 3 }, "inner must be an object of options, got 3."],
    [{ rule: {} }, "rule needs a type. Known: slow, none."],
    [{ rule: { type: "slo" } }, 'rule of type "slo" is unknown. Did you mean "slow"?'],
    [
      { rule: { type: "slow" } },
      'rule of type "slow" needs factor, a number of 1 or more. Factor.',
    ],
    [{ rule: { type: "slow", factor: 0 } }, "rule.factor must be a number of 1 or more, got 0."],
    [{ rule: { type: "none", factor: 2 } }, 'rule of type "none" has no option "factor".'],
    [[], "it: options must be an object, got []."],
    [null, "it: options must be an object, got null."],
    [3, "it: options must be an object, got 3."],
  ])("%o", (given, message) => {
    expect(refused(given)).toContain(message);
  });

  test("an option without effect, even with its default value", () => {
    const words =
      'it: bend has an effect only with kind "bent", and kind is "plain". ' +
      "Leave bend out, or change kind.";
    expect(refused({ bend: 2 })).toBe(words);
    expect(refused({ bend: 1 })).toBe(words);
    expect(refused({ kind: "plain", bend: 2 })).toBe(words);
  });

  test("the error carries the path of the option", () => {
    const of = (given: unknown): unknown => {
      try {
        return read(given);
      } catch (error) {
        return (error as OptionError).option;
      }
    };
    expect(of({ rows: 0 })).toBe("rows");
    expect(of({ inner: { deep: 1 } })).toBe("inner.deep");
  });
});

describe("descriptions", () => {
  const all = describeOptions(fields);

  test("are plain data, in the order of the declaration", () => {
    expect(all.map(({ name }) => name)).toEqual(Object.keys(fields));
    expect(JSON.parse(JSON.stringify(all))).toEqual(all);
    expect(all[0]).toEqual({
      ...{ name: "rows", sentence: "Rows.", kind: "integer", least: 1, most: 9, default: 3 },
    });
    expect(all.find(({ name }) => name === "rule")).toMatchObject({
      kind: "record",
      chosenBy: "type",
      forms: { slow: [{ name: "factor", required: true }], none: [] },
    });
  });

  test("in words", () => {
    const words = (name: string): string => optionInWords(all.find((each) => each.name === name)!);
    expect(words("rows")).toBe("Rows. A whole number from 1 to 9. Default: 3.");
    expect(words("base")).toBe("A base. A number above 1. Default: the model's.");
    expect(words("bend")).toBe('How far it is bent. A number. Default: 1. Only with kind "bent".');
    expect(words("rule")).toBe(
      "A rule. An object with a type and its options: slow (factor), none (). Default: none.",
    );
  });
});

describe("options that are named as members of every object", () => {
  const odd = {
    constructor: option("Odd.", number(), { default: 3 }),
    toString: option("Odd.", number(), { default: 4, only: optionIs("constructor", 3) }),
  };

  test("have their defaults, are read, and are no others' values", () => {
    expect(Object.entries(readOptions("it", odd))).toEqual([
      ["constructor", 3],
      ["toString", 4],
    ]);
    expect(Object.entries(readOptions("it", odd, { constructor: 5 }))).toEqual([
      ["constructor", 5],
    ]);
  });
});

test("numbers that are not finite are refused, and written as what they are", () => {
  expect(refused({ base: Infinity })).toMatch(/base must be a number above 1, got Infinity/);
  expect(refused({ bend: NaN, kind: "bent" })).toMatch(/bend must be a number, got NaN/);
  expect(refused({ two: [1, -Infinity] })).toMatch(/got \[1, -Infinity\]/);
  expect(writeOptions({ base: Infinity, other: undefined })).toBe("base=Infinity");
});
