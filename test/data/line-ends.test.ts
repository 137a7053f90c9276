import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { InputError } from "../../src/errors.ts";
import { readLines } from "../../src/data/line-files.ts";
import type { Line } from "../../src/data/lines.ts";

const folder = mkdtempSync(path.join(os.tmpdir(), "relpos-lines-"));
afterAll(() => rmSync(folder, { recursive: true }));
const file = (content: string | Uint8Array): string => {
  const name = path.join(folder, "text.txt");
  writeFileSync(name, content);
  return name;
};
/** All lines, with their ends. */
async function allOf(lines: AsyncIterable<Line>): Promise<string[]> {
  const all: string[] = [];
  for await (const { text, end } of lines) all.push(text + end);
  return all;
}
const read = async (content: string | Uint8Array): Promise<string[]> =>
  await allOf(readLines(file(content)));

test("lines keep their breaks; a byte order mark is left out at the start of the file and only there", async () => {
  const lines = ["a\r\n", "\n", "\uFEFFb\u2028c\rd\n", "🐋"];
  expect(await read(lines.join(""))).toEqual(lines);
  expect(await read(`\uFEFF${lines.join("")}`)).toEqual(lines);
  expect(await read("")).toEqual([]);
});

test("a file of several pieces is cut where its lines are, inside characters and before U+FEFF too", async () => {
  const lines = Array.from(
    { length: 6000 },
    (_, n) => `${n > 0 ? "\uFEFF" : ""}${"🐋é".repeat(n % 60)}${n}\n`,
  );
  const sizes: number[] = [];
  const name = file(lines.join(""));
  expect(await allOf(readLines(name, (bytes) => sizes.push(bytes)))).toEqual(lines);
  expect(sizes.length).toBeGreaterThan(3);
  expect(sizes.reduce((a, b) => a + b)).toBe(Buffer.byteLength(lines.join("")));
});

describe("what is no text in UTF-8 is refused with its line", () => {
  const many = "line\n".repeat(40_000);
  const latin = Buffer.concat([Buffer.from(`${many}x\n`), Buffer.from("caf\xe9\n", "latin1")]);
  test.each([
    ["another encoding", latin, /text\.txt, line 40002, is not UTF-8 at its byte 4\. .*iconv/],
    [
      "a character cut short at the end",
      Buffer.from("a\né").subarray(0, 3),
      /line 2, is not UTF-8 at its byte 1\./,
    ],
    ["a NUL byte", "a\nb\0\n", /line 2, has a NUL byte, so the file looks binary/],
  ])("%s", async (_, content, message) => {
    await expect(read(content)).rejects.toThrow(InputError);
    await expect(read(content)).rejects.toThrow(message);
  });

  test("a folder, and a file that is missing", async () => {
    await expect(allOf(readLines(folder))).rejects.toThrow(/is a folder\. Give the name of a file/);
    await expect(allOf(readLines(`${folder}/no`))).rejects.toThrow(/no does not exist/);
  });
});
