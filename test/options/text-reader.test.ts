import { describe, expect, test } from "vitest";
import { TextReader } from "../../src/options/text-reader.ts";
import { writeOptions } from "../../src/options/words.ts";

function read(text: string): unknown {
  const reader = new TextReader(
    text,
    (wanted, place) => new RangeError(`expected ${wanted} at ${place}`),
  );
  reader.expect("(");
  const options = reader.options(")");
  reader.end();
  return options;
}

describe("options as text", () => {
  test.each<[string, object]>([
    ["(a=1)", { a: 1 }],
    ["( a = 1.5e-3 , b=word-1 )", { a: 0.0015, b: "word-1" }],
    ["(a=true,b=false)", { a: true, b: false }],
    ["(a=[1,2,[x,y]])", { a: [1, 2, ["x", "y"]] }],
    ["(a={type=yarn,list=[1]},b=2)", { a: { type: "yarn", list: [1] }, b: 2 }],
    ["(a=1e308,b=NaN)", { a: 1e308, b: "NaN" }],
    ["(constructor=1,toString=2)", { constructor: 1, toString: 2 }],
  ])("%s", (text, options) => {
    expect(read(text)).toEqual(options);
  });

  test("what is written is read again", () => {
    const options = { digits: [1, 2, 4], scaling: { type: "yarn", factor: 4 }, bias: false };
    expect(writeOptions(options)).toBe("digits=[1,2,4],scaling={type=yarn,factor=4},bias=false");
    expect(read(`(${writeOptions(options)})`)).toEqual(options);
  });

  test.each([
    ["a=1)", 'expected "(" at 1'],
    ["(a)", 'expected "=" at 3'],
    ["(a=)", "expected a value at 4"],
    ["()", "expected the name of an option at 2"],
    ["(a=1", 'expected ")" at 5'],
    ["(a=[1)", 'expected "]" at 6'],
    ["(a=1)x", 'expected the end, got "x" at 6'],
    ["(a=1e999)", "expected a finite number, got 1e999, at 4"],
    ["(a={b=[1,-Infinity]})", "expected a finite number, got -Infinity, at 10"],
    ["(constructor=1,constructor=2)", "expected another option, constructor is given twice at 27"],
    ["(__proto__=1)", "expected the name of an option at 2"],
    ["(a=1,a=2)", "expected another option, a is given twice at 7"],
  ])("%s is refused", (text, message) => {
    expect(() => read(text)).toThrow(message);
  });

  test.each([
    ["[", "]"],
    ["{a=", "}"],
  ])("%s nested 64 deep is read, 65 and 10,000 deep are refused", (open, close) => {
    const deep = (depth: number): string => `(a=${open.repeat(depth)}1${close.repeat(depth)})`;
    expect(() => read(deep(64))).not.toThrow();
    for (const depth of [65, 10_000])
      expect(() => read(deep(depth))).toThrow("expected at most 64 brackets within one another");
  });

  test("brackets beside one another are no deeper", () => {
    expect(read(`(a=[${"[1],".repeat(200)}2])`)).toHaveProperty("a.200", 2);
  });
});
