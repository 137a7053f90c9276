import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { relpos, workplace } from "./relpos.ts";

const { folder, remove } = workplace("pair-columns");
afterAll(remove);
const at = (name: string): string => path.join(folder, name);
const task = ["--task", "translate", "--tokenizer", "char", "--threads", "1"];
const sizes = ["--width", "8", "--heads", "2", "--encoder-layers", "1", "--decoder-layers", "1"];
const train = (...args: string[]): ReturnType<typeof relpos> =>
  relpos("train", ...task, ...sizes, "--batch", "4", "--steps", "1", ...args);

beforeAll(() => {
  const pairs = Array.from({ length: 40 }, (_, n) => [`${n} ab`, `${n} xy`] as const);
  writeFileSync(at("pairs.tsv"), pairs.map((pair) => `${pair.join("\t")}\tnote\n`).join(""));
  const lines = pairs.map(([text, title]) => `${JSON.stringify({ text, title })}\n`);
  writeFileSync(at("pairs.jsonl"), lines.join(""));
});

describe("--columns", () => {
  test.each([
    ["pairs.tsv", "2,1", { columns: [2, 1] }],
    ["pairs.jsonl", "title, text", { fields: ["title", "text"] }],
  ])("of %s: %s, in training and in evaluation", async (file, columns, recorded) => {
    const run = at(`run-${file}`);
    const data = ["--data", at(file), "--columns", columns];
    const { code, stderr } = await train(...data, "--out", run);
    expect(code, stderr).toBe(0);
    const { data: written } = JSON.parse(readFileSync(path.join(run, "run.json"), "utf8")) as {
      readonly data: { readonly from: object };
    };
    expect(written.from).toMatchObject(recorded);
    const out = at(`${file}.out`);
    const few = ["--max-tokens", "2", "--threads", "1", "--out", out];
    expect((await relpos("evaluate", run, ...data, ...few)).code).toBe(0);
    const [first] = readFileSync(out, "utf8").split("\n");
    expect(JSON.parse(first!)).toMatchObject({ source: "0 xy", answers: ["0 ab"] });
  });

  test.each([
    ["one name", ["--data", "pairs.tsv", "--columns", "2"], /--columns needs two different names/],
    [
      "three names",
      ["--data", "pairs.tsv", "--columns", "1,2,3"],
      /--columns needs two different names/,
    ],
    ["one column twice", ["--data", "pairs.tsv", "--columns", "1,1"], /two different names/],
    [
      "a column that is not there",
      ["--data", "pairs.tsv", "--columns", "1,4"],
      /column 4 was asked for/,
    ],
    ["keys of a table", ["--data", "pairs.tsv", "--columns", "a,b"], /the format is "tsv"/],
    ["built-in pairs", ["--data", "dates", "--columns", "2,1"], /pairs dates are built in/],
    ["no files", ["--columns", "2,1"], /without --data/],
  ])("%s is refused", async (_, args, message) => {
    const given = args.map((arg) => (arg.endsWith(".tsv") ? at(arg) : arg));
    for (const call of [
      train(...given, "--out", at("refused")),
      relpos("compare", "--task", "translate", ...given, "--out", at("refused")),
    ]) {
      const { code, stdout, stderr } = await call;
      expect([code, stdout]).toEqual([2, ""]);
      expect(stderr).toMatch(message);
      expect(stderr).not.toMatch(/\n\s+at /);
    }
  });

  test("a comparison says them in the command that makes it again", async () => {
    const data = ["--data", at("pairs.tsv"), "--columns", "2,1", "--tokenizer", "char"];
    const small = ["--width", "8", "--heads", "2", "--layers", "1", "--steps", "2", "--batch", "4"];
    const few = [
      "--encodings",
      "none",
      "--seeds",
      "1",
      "--evaluation-samples",
      "3",
      "--threads",
      "1",
    ];
    const { code, stdout, stderr } = await relpos(
      ...["compare", "--task", "translate", ...data, ...small, ...few],
      ...["--json", "--out", at("compared")],
    );
    expect(code, stderr).toBe(0);
    const { command, configuration } = JSON.parse(stdout) as {
      readonly command: string;
      readonly configuration: { readonly pairs: { readonly example: { readonly source: string } } };
    };
    expect(command).toContain("--columns 2,1");
    expect(configuration.pairs.example.source).toMatch(/^\d+ xy$/);
  }, 60_000);
});
