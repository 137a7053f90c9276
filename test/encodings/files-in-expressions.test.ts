/**
 * Paths of files in expressions and in lists of encodings: bare, in quotes, with options, of Windows.
 */
import { describe, expect, test } from "vitest";
import { pathsIn, readEncoding } from "../../src/encodings/compose/expression.ts";
import { splitEncodings } from "../../src/encodings/compose/split-encodings.ts";
import { encodingById } from "../../src/encodings/index.ts";
import { alibi } from "../../src/encodings/alibi.ts";

describe("paths in an expression", () => {
  test.each<[string, string[]]>([
    ["./mine.ts", ["./mine.ts"]],
    ["./mine.ts(length=3)+rope", ["./mine.ts"]],
    ["layers(2*./a.ts,rope,heads(b/c.mjs(x={y=1}),none))", ["./a.ts", "b/c.mjs"]],
    ["rope+'./it (1), +.ts'", ["./it (1), +.ts"]],
    ['"C:\\\\my files\\\\mine.ts"(length=3)', ["C:\\\\my files\\\\mine.ts"]],
    ["C:\\dir\\mine.ts+alibi", ["C:\\dir\\mine.ts"]],
    ["../x-1.cts + ../x-1.cts", ["../x-1.cts"]],
    ["rope+alibi", []],
  ])("%s", (text, paths) => {
    expect(pathsIn(text)).toEqual(paths);
  });

  test.each(["./my file.ts+rope", "./a(1).ts+rope", "./a.txt+rope", "./a.ts+"])(
    "%s is refused with the way out",
    (text) => {
      expect(() => pathsIn(text)).toThrow(/expected .* at character \d+\. .*in quotes, as in/);
    },
  );

  test("are found, and take options, as ids do", () => {
    const asked: string[] = [];
    const find = (path: string) => {
      asked.push(path);
      return alibi;
    };
    const read = readEncoding("layers('./a b.ts'(biasMax=4),rope)", encodingById, find);
    expect(asked).toEqual(["./a b.ts"]);
    expect(read.id).toBe("layers(alibi(biasMax=4),rope)");
    expect(() => readEncoding("./a.ts(biasmax=4)", encodingById, find)).toThrow(
      /no option "biasmax"\. Did you mean "biasMax"/,
    );
  });

  test("are refused where no file can be loaded", () => {
    expect(() => encodingById("rope+./a.ts")).toThrow(/"\.\/a\.ts" is a file, .*loadEncodingFile/);
  });
});

test.each<[string, string[]]>([
  ["./a.ts(x=[1,2]),rope", ["./a.ts(x=[1,2])", "rope"]],
  ["'./a, b.ts'(x=1),\"c),(.ts\"+rope, none", ["'./a, b.ts'(x=1)", '"c),(.ts"+rope', "none"]],
  ["layers(2*'./a, (.ts',rope),alibi", ["layers(2*'./a, (.ts',rope)", "alibi"]],
  ["./o'brien.ts,rope", ["./o'brien.ts", "rope"]],
])("%s is split", (text, parts) => {
  expect(splitEncodings(text)).toEqual(parts);
});
