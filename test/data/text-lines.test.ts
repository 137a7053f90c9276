import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { InputError } from "../../src/errors.ts";
import { linesOf } from "../../src/data/text-lines.ts";

const folder = mkdtempSync(path.join(os.tmpdir(), "relpos-lines-"));
afterAll(() => rmSync(folder, { recursive: true }));
const file = (content: string | Uint8Array): string => {
  const name = path.join(folder, "text.txt");
  writeFileSync(name, content);
  return name;
};
/** All that a generator gives. */
async function allOf(lines: AsyncIterable<string>): Promise<string[]> {
  const all: string[] = [];
  for await (const line of lines) all.push(line);
  return all;
}
const read = async (content: string | Uint8Array): Promise<string[]> =>
  await allOf(linesOf(file(content)));

test("lines keep their breaks; a byte order mark is left out at the start of the file and only there", async () => {
  const lines = ["a\r\n", "\n", "\uFEFFb\u2028c\rd\n", "🐋"];
  expect(await read(lines.join(""))).toEqual(lines);
  expect(await read(`\uFEFF${lines.join("")}`)).toEqual(lines);
  expect(await read("")).toEqual([]);
});

test("a file of several pieces is cut where its lines are, inside characters and before U+FEFF too", async () => {
  const lines = Array.from(
    { length: 3000 },
    (_, n) => `${n > 0 ? "\uFEFF" : ""}${"🐋é".repeat(n % 60)}${n}\n`,
  );
  const sizes: number[] = [];
  const name = file(lines.join(""));
  expect(await allOf(linesOf(name, (bytes) => sizes.push(bytes)))).toEqual(lines);
  expect(sizes.length).toBeGreaterThan(3);
  expect(sizes.reduce((a, b) => a + b)).toBe(Buffer.byteLength(lines.join("")));
});

describe("what is no text in UTF-8 is refused with its line", () => {
  const many = "line\n".repeat(40_000);
  const latin = Buffer.concat([Buffer.from(`${many}x\n`), Buffer.from("caf\xe9\n", "latin1")]);
  test.each([
    ["another encoding", latin, /text\.txt is not UTF-8 in line 40002\. .*iconv/],
    ["a character cut short at the end", Buffer.from("a\né").subarray(0, 3), /in line 2\./],
    ["a NUL byte", "a\nb\0\n", /looks binary: line 2 has a NUL byte/],
  ])("%s", async (_, content, message) => {
    await expect(read(content)).rejects.toThrow(InputError);
    await expect(read(content)).rejects.toThrow(message);
  });

  test("a folder, and a file that is missing", async () => {
    await expect(allOf(linesOf(folder))).rejects.toThrow(/is a folder.*\*\.txt/);
    await expect(allOf(linesOf(`${folder}/no`))).rejects.toThrow(/no does not exist/);
  });
});
