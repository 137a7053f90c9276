import { readdirSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Hold } from "./hold.ts";
import { relpos, start, workplace } from "./relpos.ts";

const { folder, text, remove } = workplace("targets");
afterAll(remove);
const at = (name: string): string => path.join(folder, name);
const run = at("run");
const sources = ["4 May 2031", "am 4. Mai 2031"];
const call = (...args: string[]): ReturnType<typeof relpos> =>
  relpos("translate", "--model", run, "--threads", "1", "--max-tokens", "5", ...args);

interface Line {
  readonly line: number;
  readonly source: string;
  readonly text: string;
  readonly ids: readonly number[];
  readonly ended: string;
}

const small = ["--width", "16", "--heads", "2", "--encoder-layers", "1", "--decoder-layers", "1"];

beforeAll(async () => {
  const data = ["--task", "translate", "--data", "dates(train=60,test=8)", "--tokenizer", "byte"];
  const length = ["--encoding", "learned", "--source-length", "60", "--batch", "8"];
  const train = ["train", ...data, ...length, ...small, "--steps", "3", "--out", run];
  const { code, stderr } = await relpos(...train, "--threads", "1");
  expect(code, stderr).toBe(0);
}, 60_000);

describe("relpos translate", () => {
  test("writes a line for each text, and the same as JSON with the text it belongs to", async () => {
    const { code, stdout } = await call(...sources);
    expect(code).toBe(0);
    const lines = stdout.split("\n");
    expect(lines).toHaveLength(3);
    const documents = (await call(...sources, "--json")).stdout.trim().split("\n");
    const read = documents.map((line) => JSON.parse(line) as Line);
    expect(read.map(({ line, source }) => [line, source])).toEqual([
      [1, sources[0]],
      [2, sources[1]],
    ]);
    expect(read.map((one) => one.text.replaceAll(/[\r\n]+/g, " "))).toEqual(lines.slice(0, 2));
  });

  test("a file gives the texts of arguments, in its order, with an empty line for an empty line", async () => {
    writeFileSync(at("texts.txt"), `${sources[1]}\n\n${sources[0]}\n`);
    const out = at("out.txt");
    const { code, stdout } = await call("--file", at("texts.txt"), "--out", out, "--beams", "2");
    expect([code, stdout]).toEqual([0, ""]);
    const given = (await call(...sources, "--beams", "2")).stdout.split("\n");
    expect(readFileSync(out, "utf8")).toBe(`${given[1]}\n\n${given[0]}\n`);
    const again = await call("--file", at("texts.txt"), "--out", out);
    expect(again.code).toBe(2);
    expect(again.stderr).toMatch(/out\.txt is there already\. Remove it/);
  });

  test("standard input is read line by line", async () => {
    const command = start(["translate", "--model", run, "--threads", "1", "--max-tokens", "5"]);
    const { code, stderr } = await command.outcome; // its standard input is empty
    expect([code, stderr]).toEqual([0, ""]);
  });

  test.each([
    [
      "a text longer than the model",
      ["x".repeat(70)],
      /text 1: it has 71 tokens, and learned ends at 58/,
    ],
    ["a file that is not UTF-8", ["--file", "latin.txt"], /latin\.txt, line 2, is not UTF-8/],
    ["a file that is not there", ["--file", "missing.txt"], /missing\.txt/],
    ["texts and a file", ["x", "--file", "texts.txt"], /Give one of them/],
    ["no beams", ["x", "--beams", "0"], /--beams must be a whole number from 1/],
  ])("%s is refused, and nothing is written", async (_, args, message) => {
    writeFileSync(at("latin.txt"), Buffer.from([0x61, 0x0a, 0xff, 0x0a]));
    const out = at("refused.txt");
    const given = args.map((arg) => (arg.endsWith(".txt") ? at(arg) : arg));
    const { code, stdout, stderr } = await call(...given, "--out", out);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/\n\s+at /);
    expect(filesOf("refused.txt")).toEqual([]);
  });
});

/** What is in the folder of an output: itself, a part of it, temporary files. */
function filesOf(name: string): readonly string[] {
  return readdirSync(folder).filter((file) => file.includes(name));
}

describe("a file that is written", () => {
  test("is not there when the command is killed before the end, and the next call writes it", async () => {
    const hold = new Hold(at("hold"), { at: "replace", name: "killed.txt", count: 1 });
    const args = ["translate", "--model", run, ...sources, "--threads", "1", "--max-tokens", "5"];
    const { child, outcome } = start([...args, "--out", at("killed.txt")], { env: hold.env });
    await hold.held();
    child.kill("SIGKILL");
    await outcome;
    const left = filesOf("killed.txt");
    expect(left).toEqual([expect.stringMatching(/^\.killed\.txt\.relpos\..*\.tmp$/)]);
    const lines = (await call(...sources)).stdout;
    expect(readFileSync(at(left[0]!), "utf8")).toBe(lines);
    // What is left is removed once it is certain that its process writes no more.
    utimesSync(at(left[0]!), new Date(), new Date(Date.now() - 120_000));
    expect((await call(...sources, "--out", at("killed.txt"))).code).toBe(0);
    expect(filesOf("killed.txt")).toEqual(["killed.txt"]);
    expect(readFileSync(at("killed.txt"), "utf8")).toBe(lines);
  }, 60_000);

  test("is kept as a part after Ctrl-C, with whole lines", async () => {
    const args = ["translate", "--model", run, "--threads", "1", "--max-tokens", "5"];
    const { child, outcome } = start([...args, "--out", at("stopped.txt")], { input: "pipe" });
    child.stdin!.write(`${sources[0]}\n`);
    const written = (): string =>
      filesOf("stopped.txt")
        .map((file) => readFileSync(at(file), "utf8"))
        .join("");
    while (!written().endsWith("\n")) await wait(20);
    child.kill("SIGINT");
    const { code, stderr } = await outcome;
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /stopped; the first text is written to .*stopped\.txt\.part, and no part/,
    );
    expect(filesOf("stopped.txt")).toEqual(["stopped.txt.part"]);
    expect(written()).toBe((await call(sources[0]!)).stdout);
  }, 60_000);
});

describe("a run of another task", () => {
  test.each([
    [["summarise", "--model", run, "x"], /trained to translate, and not to summarise/],
    [["answer", "--model", run, "--question", "a", "--context", "b"], /not to answer/],
    [["answer", "--model", run, "--question", "a"], /--question and --context go together/],
    [
      ["generate", "--model", run, "--prompt", "x"],
      /trained to translate, and not a language model/,
    ],
  ])("%s", async (args, message) => {
    const { code, stderr } = await relpos(...args);
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
  });

  test("a run of a language model does not translate", async () => {
    const model = ["--width", "16", "--heads", "2", "--layers", "1", "--length", "16"];
    await relpos("train", "--text", text, ...model, "--steps", "1", "--out", at("book"));
    const { code, stderr } = await relpos("translate", "--model", at("book"), "x");
    expect(code).toBe(2);
    expect(stderr).toMatch(/not one that was trained with --task/);
  });
});
