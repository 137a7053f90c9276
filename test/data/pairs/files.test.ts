/** Pairs read from files of each format: what is read, and errors with file and line. */
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import zlib from "node:zlib";
import { afterAll, describe, expect, test } from "vitest";
import type { PairFilesChoice } from "../../../src/data/pairs/choice.ts";
import { storyQuestions } from "../../../src/data/pairs/babi.ts";
import { holdOut } from "../../../src/data/pairs/hold-out.ts";
import { loadPairs } from "../../../src/data/pairs/load-pairs.ts";
import { readPairs, readSpanExamples } from "../../../src/data/pairs/pair-files.ts";
import type { TextPair } from "../../../src/data/pairs/pair.ts";
import { collected } from "./collected.ts";
import { readLines } from "../../../src/data/line-files.ts";

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "relpos-pairs-"));
afterAll(() => {
  fs.rmSync(folder, { recursive: true });
});

function write(name: string, content: string | Uint8Array): string {
  const file = path.join(folder, name);
  fs.writeFileSync(file, content);
  return file;
}

async function pairsOf(choice: PairFilesChoice): Promise<readonly TextPair[]> {
  const { files, ...layout } = choice;
  return (await collected(readPairs(files, layout))).map(({ pair }) => pair);
}

const squad = (context: string, text: string, start: number): string =>
  JSON.stringify({
    data: [
      {
        paragraphs: [
          {
            context,
            qas: [{ id: "q1", question: "Who?", answers: [{ text, answer_start: start }] }],
          },
        ],
      },
    ],
  });

describe("what is read", () => {
  test("parallel files, packed ones too, with further references", async () => {
    const de = write("a.de", "ein Hund \r\neine Katze\n");
    const en = write("a.en.gz", zlib.gzipSync("a dog\na cat\n"));
    const more = write("a.more", "one dog\none cat");
    expect(await pairsOf({ files: [de, en] })).toEqual([
      { source: "ein Hund", target: "a dog" },
      { source: "eine Katze", target: "a cat" },
    ]);
    expect((await pairsOf({ files: [de, en, more] }))[1]).toEqual({
      source: "eine Katze",
      target: "a cat",
      references: ["one cat"],
    });
  });

  test("columns by number, where others may be empty", async () => {
    const file = write("a.tsv", "1\tGo.\tVa !\t\n2\tHi.\tSalut !\tby x\n");
    expect(await pairsOf({ files: [file], columns: [3, 2] })).toEqual([
      { source: "Va !", target: "Go." },
      { source: "Salut !", target: "Hi." },
    ]);
  });

  test("JSON lines: sentences are joined, further targets are references, the lead is kept", async () => {
    const file = write(
      "a.jsonl",
      '{"source":["One. ","Two."],"target":["1","one"]}\n{"source":"x","target":"y"}\n',
    );
    expect(await pairsOf({ files: [file] })).toEqual([
      { source: "One. Two.", target: "1", references: ["one"], lead: "One." },
      { source: "x", target: "y" },
    ]);
    const other = write("b.jsonl", '{"q":"x","a":"y"}');
    expect(await pairsOf({ files: [other], fields: ["a", "q"] })).toEqual([
      { source: "y", target: "x" },
    ]);
  });

  test("SCAN and bAbI are recognised by their lines", async () => {
    const scan = write("scan.txt", "IN: jump twice OUT: I_JUMP I_JUMP\n");
    expect(await pairsOf({ files: [scan] })).toEqual([
      { source: "jump twice", target: "I_JUMP I_JUMP" },
    ]);
    const story = write(
      "babi.txt",
      "1 Mary went out.\n2 John is in.\n3 Where is Mary? \tout\t1\n4 Mary came in.\n5 Where is Mary?\tin\t4\n1 Bob ran.\n2 Who ran? \tBob\t1\n",
    );
    expect(await pairsOf({ files: [story] })).toEqual([
      { source: "Mary went out. John is in. Where is Mary?", target: "out" },
      { source: "Mary went out. John is in. Mary came in. Where is Mary?", target: "in" },
      { source: "Bob ran. Who ran?", target: "Bob" },
    ]);
    const asked = await collected(storyQuestions({ file: story, lines: readLines(story) }));
    expect(asked.map(({ supporting }) => supporting)).toEqual([[0], [2], [0]]);
    expect(asked.map(({ line }) => line)).toEqual([3, 5, 7]);
  });

  test("SQuAD's spans count code points, and are given in UTF-16 units", async () => {
    const file = write("a.json", squad("😀😀 Ada wrote it.", "Ada", 3));
    const [example] = await readSpanExamples(file);
    expect(example?.answers).toEqual([{ start: 5, text: "Ada" }]);
    expect(example?.context.slice(5, 8)).toBe("Ada");
    expect(await pairsOf({ files: [file] })).toEqual([
      {
        source: "😀😀 Ada wrote it. Who?",
        target: "Ada",
        span: {
          question: "Who?",
          context: "😀😀 Ada wrote it.",
          answers: [{ start: 5, text: "Ada" }],
        },
      },
    ]);
  });
});

describe("what is refused, with file and line", () => {
  const de = write("r.de", "eins\nzwei\n");
  test.each<[string, PairFilesChoice, string]>([
    ["unequal files", { files: [de, write("r1.en", "one\n")] }, "r1.en ends after line 1, and "],
    ["an empty side", { files: [de, write("r2.en", "one\n \n")] }, "r2.en, line 2, is empty"],
    [
      "no UTF-8",
      { files: [de, write("r3.en", Uint8Array.of(97, 10, 0xff, 10))] },
      "r3.en, line 2, is not UTF-8 at its byte 1",
    ],
    [
      "a column that is not there",
      { files: [write("r4.tsv", "a\tb\n")], columns: [1, 3] },
      "r4.tsv, line 1, has 2 columns between tabs; column 3",
    ],
    [
      "lines of unequal columns",
      { files: [write("r5.tsv", "a\tb\na\tb\tc\n")] },
      "r5.tsv, line 2, has 3 values",
    ],
    [
      "an empty column",
      { files: [write("r6.tsv", "a\tb\na\t\n")] },
      "r6.tsv, line 2, column 2, is empty",
    ],
    [
      "the same column twice",
      { files: [write("r7.tsv", "a\tb\n")], columns: [1, 1] },
      "two different whole numbers",
    ],
    [
      "a key that is not there",
      { files: [write("r8.jsonl", '{"source":"a"}\n')] },
      'r8.jsonl, line 1, has no "target"',
    ],
    [
      "a line that is no JSON",
      { files: [write("r9.jsonl", '{"source":"a","target":"b"}\n{"so')] },
      "r9.jsonl, line 2, is not JSON",
    ],
    [
      "another form than SCAN's",
      { files: [write("r10.txt", "IN: a OUT: b\nIN: a\n")] },
      "r10.txt, line 2, is not of SCAN's form",
    ],
    [
      "a wrong number",
      { files: [write("r11.txt", "1 A.\n2 B.\n4 C?\tx\t1\n")] },
      "r11.txt, line 3, should begin with the number 3",
    ],
    [
      "no answer",
      { files: [write("r12.txt", "1 A.\n2 B?\t\t1\n")] },
      "r12.txt, line 2, has an empty answer",
    ],
    [
      "a fact that is none",
      { files: [write("r13.txt", "1 A.\n2 B?\tx\t2\n")] },
      "r13.txt, line 2, names the supporting fact 2",
    ],
    [
      "a span elsewhere",
      { files: [write("r14.json", squad("Ada wrote it.", "Ada", 1))] },
      'r14.json, data[0].paragraphs[0].qas[0].answers[0]: "Ada" does not begin at answer_start 1',
    ],
    [
      "JSON of another form",
      { files: [write("r15.json", "{}")] },
      'the whole should have a member "data"',
    ],
    ["a format that is not recognised", { files: [write("r16.txt", "hello\n")] }, "the format of "],
    [
      "keys of another format",
      { files: [write("r17.tsv", "a\tb\n")], fields: ["a", "b"] },
      'fields are of the format "jsonl"',
    ],
    ["no file", { files: [] }, "no file of pairs"],
  ])("%s", async (_, choice, words) => {
    await expect(pairsOf(choice)).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringContaining(words) as unknown,
    });
  });
});

describe("a whole set", () => {
  const train = write(
    "s.tsv",
    Array.from({ length: 60 }, (_, i) => `s${i % 30}\tt${i}\n`).join(""),
  );

  test("validation pairs are taken out with all pairs of their sources", async () => {
    const set = await loadPairs({ name: undefined, files: [train] });
    expect(set.validation.length).toBe(4);
    expect(set.train.length).toBe(56);
    const trained = new Set(set.train.map(({ source }) => source));
    expect(set.validation.filter(({ source }) => trained.has(source))).toEqual([]);
    expect((await loadPairs({ files: [train] })).sha256).toBe(set.sha256);
    expect(() => holdOut([{ source: "a", target: "b" }])).toThrow(/none can be kept back/);
  });

  test("pairs with an empty side are left out and counted, if so chosen; repeated sources are noted", async () => {
    const validation = [write("v.tsv", "a\t\ns1\tx\ny\tz\n")];
    const tests = [{ id: "one", files: [write("t.tsv", "s2\ta\n")] }];
    const set = await loadPairs({ files: [train], validation, tests, empty: "skip" });
    expect(set.validation).toHaveLength(2);
    expect(set.notes).toEqual([
      "validation: 1 pairs with an empty side were left out",
      "validation: 1 of 2 sources are also trained on",
      "test one: 1 of 1 sources are also trained on",
    ]);
    await expect(loadPairs({ files: [train], validation })).rejects.toThrow(
      /v\.tsv, line 1, column 2, is empty/,
    );
  });

  test.each([
    ["nothing", null, "options must be an object"],
    ["no files", {}, "needs files"],
    ["files that are no names", { files: [1] }, "files must be"],
    ["columns as a text", { files: [train], columns: "12" }, "columns must be"],
    ["another rule", { files: [train], empty: "ignore" }, "empty must be"],
    ["no validation file", { files: [train], validation: [] }, "validation must be"],
    ["a test without an id", { files: [train], tests: [{ files: [train] }] }, "needs id"],
    ["a test that is a name", { files: [train], tests: ["x"] }, "tests must be"],
    ["files of built-in data", { name: "dates", files: [train] }, 'option "files" does not exist'],
    ["an unknown name", { name: "constructor" }, 'data "constructor" is unknown'],
  ])("%s is refused in words", async (_, choice, words) => {
    await expect(loadPairs(choice as never)).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringContaining(words) as unknown,
    });
  });

  test("a file in two parts, a wrong option and a repeated id are refused", async () => {
    await expect(loadPairs({ files: [train], validation: [train] })).rejects.toThrow(
      /is the same file as/,
    );
    const tests = [write("t1.tsv", "a\tb\n"), write("t2.tsv", "a\tb\n")].map((file) => ({
      id: "x",
      files: [file],
    }));
    await expect(loadPairs({ files: [train], tests })).rejects.toThrow(/two tests have the id "x"/);
    await expect(loadPairs({ files: [train], emty: "skip" } as never)).rejects.toThrow(
      /Did you mean "empty"/,
    );
    await expect(loadPairs({ files: [train], format: "csv" as never })).rejects.toThrow(
      /format must be .*, got "csv"/,
    );
  });
});
