/**
 * Files read line by line: line ends, places in messages, parallel files, tabs, JSON lines, and files larger than what
 * is held of them.
 */
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readJsonLines, readLines, readParallel, readTabbed } from "../../src/data/line-files.ts";
import { linesOf } from "../../src/data/lines.ts";
import { jsonTexts } from "../../src/data/rows.ts";

let folder: string;
beforeAll(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "relpos-lines-"));
});
afterAll(() => fs.rmSync(folder, { recursive: true }));

/** A file in the folder; its name is `name`, and messages have its path. */
function file(name: string, content: string | Uint8Array): string {
  const place = path.join(folder, name);
  fs.writeFileSync(place, content);
  return place;
}

async function all<Row>(rows: AsyncIterable<Row>): Promise<Row[]> {
  const read: Row[] = [];
  for await (const row of rows) read.push(row);
  return read;
}

/** The message of a reader that fails, without the folder. */
async function message(rows: AsyncIterable<unknown>): Promise<string> {
  const error: unknown = await all(rows).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ name: "InputError" });
  return (error as Error).message.replaceAll(`${folder}${path.sep}`, "");
}

async function* pieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size)
    yield await Promise.resolve(bytes.subarray(at, at + size));
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe("lines", () => {
  const texts = async (content: string): Promise<string[]> =>
    (await all(readLines(file("lines.txt", content)))).map(({ text }) => text);

  test("end at newlines, with a carriage return or not; the last needs none", async () => {
    expect(await texts("a\nb\r\n\nd")).toEqual(["a", "b", "", "d"]);
    expect(await texts("a\n")).toEqual(["a"]);
    expect(await texts("a\n\n")).toEqual(["a", ""]);
    expect(await texts("a\r")).toEqual(["a"]);
    expect(await texts("")).toEqual([]);
  });

  test("keep what other separators there are, and byte order marks but the first", async () => {
    expect(await texts("\uFEFFa\u2028b\u0085c\rd\n\uFEFFe \n")).toEqual([
      "a\u2028b\u0085c\rd",
      "\uFEFFe ",
    ]);
  });

  test("are the same however the bytes arrive", async () => {
    const content = bytes("\uFEFFgrün\r\n\n日本語 😀\nlast\uFFFD");
    for (const size of [1, 2, 3, 5, 7, 100])
      expect(await all(linesOf("x", pieces(content, size)))).toEqual(
        ["grün", "", "日本語 😀", "last\uFFFD"].map((text, at) => ({
          file: "x",
          line: at + 1,
          text,
          end: ["\r\n", "\n", "\n", ""][at],
        })),
      );
  });

  test("are unpacked where the name ends in .gz", async () => {
    const place = file("lines.txt.gz", gzipSync("grün\n".repeat(1e5)));
    const lines = await all(readLines(place));
    expect(lines).toHaveLength(1e5);
    expect(lines.at(-1)).toEqual({ file: place, line: 1e5, text: "grün", end: "\n" });
    for await (const { line } of readLines(place)) if (line === 2) break;
  });

  test("keep a byte order mark where a piece begins with it", async () => {
    const lines = await all(linesOf("x", pieces(bytes("a\n\uFEFFb\n"), 2)));
    expect(lines.map(({ text }) => text)).toEqual(["a", "\uFEFFb"]);
  });

  test("of 8 MB in lines of 2 kB and of one line are read", async () => {
    const line = `${"wort ".repeat(400)}\n`;
    const place = file("large.txt", line.repeat(4000));
    let count = 0;
    for await (const { text, line: at } of readLines(place))
      if (text.length === 2000 && at === ++count) continue;
    expect(count).toBe(4000);
    expect(await texts("x".repeat(8e6))).toEqual(["x".repeat(8e6)]);
  });

  test.skipIf(!fs.existsSync("/proc/self/fd"))(
    "a reader that stops early lets go of the file (asked of Linux)",
    async () => {
      const before = fs.readdirSync("/proc/self/fd").length;
      const place = file("early.txt", "a\nb\n".repeat(9e4));
      for (let time = 0; time < 20; time++)
        for await (const { line } of readLines(place)) if (line === 2) break;
      while (fs.readdirSync("/proc/self/fd").length >= before + 10)
        await new Promise((resolve) => setTimeout(resolve, 10));
    },
  );
});

describe("what is no text is refused, with file and line", () => {
  test.each([
    [
      "a byte of Latin 1",
      [...bytes("ab\nc\n"), 0x67, 0x72, 0xfc, 0x6e, 10],
      "bad.txt, line 3, is not UTF-8 at its byte 3.",
    ],
    [
      "a character cut off at the end",
      [...bytes("日\n日\n"), 0xe6, 0x97],
      "bad.txt, line 3, is not UTF-8 at its byte 1.",
    ],
    [
      "a replacement character before it",
      [...bytes("a\n\uFFFDb"), 0xff],
      "bad.txt, line 2, is not UTF-8 at its byte 5.",
    ],
    ["in the first line", [0x80, 10, 10], "bad.txt, line 1, is not UTF-8 at its byte 1."],
    [
      "a surrogate",
      [...bytes("ok\n"), 0xed, 0xa0, 0x80],
      "bad.txt, line 2, is not UTF-8 at its byte 1.",
    ],
    ["NUL", bytes("a\nb\n\0c\n"), "bad.txt, line 3, has a NUL byte, so the file looks binary."],
    [
      "UTF-16",
      [0xff, 0xfe, 0x61, 0],
      "bad.txt is UTF-16. Convert it first: iconv -f UTF-16 -t UTF-8.",
    ],
    ["gzip", [0x1f, 0x8b, 8, 0], "bad.txt is compressed with gzip. Unpack it first: gunzip."],
  ])("%s", async (_, content, expected) => {
    expect(await message(readLines(file("bad.txt", Uint8Array.from(content))))).toContain(expected);
  });

  test("far into a file, in pieces of any size", async () => {
    const content = Uint8Array.from([...bytes("zeile\n".repeat(1000)), 0x61, 0xe4, 0x62]);
    for (const size of [1, 64, 1000, 10_000])
      expect(await message(linesOf("x", pieces(content, size)))).toContain(
        "x, line 1001, is not UTF-8 at its byte 2.",
      );
  });

  test("a file packed with gzip that is cut off, missing, or has a wrong byte inside", async () => {
    const packed = gzipSync("zeile\n".repeat(1e5));
    const cut = all(readLines(file("cut.gz", packed.subarray(0, packed.length / 2))));
    await expect(cut).rejects.toThrow(/^cannot read .+cut\.gz: unexpected end of file\.$/);
    expect(await message(readLines(path.join(folder, "none.gz")))).toContain(
      "none.gz does not exist.",
    );
    const wrong = gzipSync(Uint8Array.from([...bytes("a\n"), 0xff]));
    expect(await message(readLines(file("wrong.gz", wrong)))).toContain(
      "wrong.gz, line 2, is not UTF-8",
    );
  });

  test("a file that is missing, and a folder", async () => {
    expect(await message(readLines(path.join(folder, "none.txt")))).toBe(
      "none.txt does not exist. Check the path.",
    );
    fs.mkdirSync(path.join(folder, "inner"));
    expect(await message(readLines(path.join(folder, "inner")))).toContain("inner is a folder.");
  });
});

describe("parallel files", () => {
  test("give the lines of one number together", async () => {
    const rows = await all(
      readParallel([
        file("a.de", "eins\nzwei"),
        file("a.en", "one\r\ntwo\r\n"),
        file("a.fr", "un\ndeux\n"),
      ]),
    );
    expect(rows.map(({ line, texts }) => [line, ...texts])).toEqual([
      [1, "eins", "one", "un"],
      [2, "zwei", "two", "deux"],
    ]);
  });

  test("of unequal numbers of lines are refused, whichever is shorter", async () => {
    const [long, short] = [file("a.de", "1\n2\n3\n"), file("a.en", "1\n2\n")];
    const words =
      "a.en ends after line 2, and a.de goes on: line n of one belongs to line n of the other.";
    expect(await message(readParallel([long, short]))).toContain(words);
    expect(await message(readParallel([short, long]))).toContain(words);
    expect(await message(readParallel([file("empty", ""), long]))).toContain(
      "empty ends after line 0",
    );
  });

  test("with an empty side are refused, unless it is allowed", async () => {
    const files = [file("a.de", "eins\nzwei\n"), file("a.en", "one\n \t\n")];
    expect(await message(readParallel(files))).toContain("a.en, line 2, is empty.");
    expect((await all(readParallel(files, { allowEmpty: true })))[1]!.texts).toEqual([
      "zwei",
      " \t",
    ]);
  });

  test("of which there are too few, or which have no line, are refused", async () => {
    expect(await message(readParallel([file("a", "x")]))).toContain("at least two files, got 1.");
    expect(await message(readParallel([file("a", ""), file("b", "")]))).toContain(
      "a and b: there is no line",
    );
  });
});

describe("values between tabs", () => {
  test("are taken as they stand, quotation marks too", async () => {
    const rows = await all(readTabbed(file("a.tsv", 'he said "hi\ter sagte „hi“\r\na\\tb\tc')));
    expect(rows.map(({ texts }) => texts)).toEqual([
      ['he said "hi', "er sagte „hi“"],
      ["a\\tb", "c"],
    ]);
  });

  test("of another number are refused with their line", async () => {
    const place = file("a.tsv", "a\tb\nc\td\te\n");
    expect(await message(readTabbed(place))).toContain(
      "a.tsv, line 2, has 3 values between tabs; 2 were expected, as line 1 has.",
    );
    expect(await message(readTabbed(place, { columns: 3 }))).toContain(
      "a.tsv, line 1, has 2 values between tabs; 3 were expected, as was asked for.",
    );
  });

  test("that are empty are refused with their place", async () => {
    const place = file("a.tsv", "a\tb\nc\t\n");
    expect(await message(readTabbed(place))).toContain("a.tsv, line 2, value 2, is empty.");
    expect(await all(readTabbed(place, { allowEmpty: true }))).toHaveLength(2);
  });
});

describe("JSON lines", () => {
  test("are values with their lines; blank ones are passed over", async () => {
    const rows = await all(readJsonLines(file("a.jsonl", '\uFEFF{"a": "x"}\n\n[1]\r\n  \n"é"')));
    expect(rows.map(({ line, value }) => [line, value])).toEqual([
      [1, { a: "x" }],
      [3, [1]],
      [5, "é"],
    ]);
  });

  test("that are no JSON are refused with their line", async () => {
    expect(await message(readJsonLines(file("a.jsonl", '{}\n{"a":\n')))).toMatch(
      /^a\.jsonl, line 2, is not JSON: .+\. Write one whole JSON value a line\.$/,
    );
    expect(await message(readJsonLines(file("a.jsonl", "\n\n")))).toContain(
      "there is no line to read",
    );
  });

  test("have texts under a key, or what is there is told", () => {
    const row = (value: unknown) => ({ file: "a.jsonl", line: 7, value });
    const of = (value: unknown): readonly string[] => jsonTexts(row(value), "target");
    expect(of({ target: "x" })).toEqual(["x"]);
    expect(of({ target: ["x", "y"] })).toEqual(["x", "y"]);
    expect(() => of({ source: "x", id: 1 })).toThrow(
      'a.jsonl, line 7, has no "target", only source, id.',
    );
    expect(() => of({ target: ["x", 3] })).toThrow('a.jsonl, line 7, has a number under "target".');
    expect(() => of({ target: null })).toThrow('a.jsonl, line 7, has null under "target".');
    expect(() => of({ target: [] })).toThrow('a.jsonl, line 7, has no text in the list "target".');
    expect(() => of({ target: "" })).toThrow('a.jsonl, line 7, under "target", is empty.');
    expect(jsonTexts(row({ target: "" }), "target", { allowEmpty: true })).toEqual([""]);
    expect(() => of(["x"])).toThrow('a.jsonl, line 7, is not an object with "target", but a list.');
  });
});
