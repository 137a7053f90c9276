import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Hold } from "./hold.ts";
import { relpos, start, workplace } from "./relpos.ts";

const { folder, text, remove } = workplace("evaluate-pairs");
afterAll(remove);
const at = (name: string): string => path.join(folder, name);
const run = at("run");
const small = ["--width", "16", "--heads", "2", "--encoder-layers", "1", "--decoder-layers", "1"];
const evaluate = (...args: string[]): ReturnType<typeof relpos> =>
  relpos("evaluate", run, "--threads", "1", ...args);

beforeAll(async () => {
  const data = ["--task", "translate", "--data", "dates(train=60,test=8)", "--tokenizer", "byte"];
  const train = ["train", ...data, ...small, "--batch", "8", "--steps", "3", "--out", run];
  const { code, stderr } = await relpos(...train, "--threads", "1");
  expect(code, stderr).toBe(0);
  writeFileSync(at("a.de"), "am 4. Mai 2031\n5 May 2031\n\n");
  writeFileSync(at("a.en"), "2031-05-04\n2031-05-05\n");
  writeFileSync(at("b.de"), "am 4. Mai 2031\n");
  writeFileSync(at("b.en"), "2031-05-04\n");
  writeFileSync(at("latin.de"), Buffer.from([0x61, 0x0a, 0xff, 0x0a]));
}, 60_000);

/** What `--json` prints, as far as it is tested. */
interface Evaluation {
  readonly schema: string;
  readonly generation: object;
  readonly parts: readonly { readonly part: string; readonly measures: Record<string, number> }[];
  readonly yardsticks: readonly { readonly part: string; readonly id: string }[];
  readonly signatures: Record<string, Record<string, string>>;
}

describe("relpos evaluate of a run of pairs", () => {
  test("prints loss, BLEU, chrF and exact match of each part, and what needs no model", async () => {
    const { code, stdout, stderr } = await evaluate("--max-tokens", "3");
    expect(code, stderr).toBe(0);
    expect(stdout).toMatch(/translate, encoder-decoder, rope, 3 steps; greedy\n/);
    const number = String.raw`\s+[\d.]+`;
    for (const part of ["validation", "within", "longer"]) {
      expect(stdout).toMatch(new RegExp(`^${part}\\s+all\\s+8(${number}){5}$`, "m"));
      expect(stdout).toMatch(new RegExp(`^${part}\\s+the source itself(${number}){3}$`, "m"));
    }
    expect(stdout).toMatch(/^BLEU: nrefs:1\|case:mixed\|eff:no\|tok:13a\|smooth:exp\|version:/m);
    expect(stderr).toMatch(/validation: [1-8] of 8 written targets end after as many tokens/);
  });

  test("as JSON has the same, for one pair of a file too, and writes it to --out", async () => {
    const out = at("texts.jsonl");
    const beams = ["--beams", "2", "--length-penalty", "0.6", "--max-tokens", "3"];
    const data = ["--data", `${at("b.de")},${at("b.en")}`];
    const { code, stdout, stderr } = await evaluate(...data, ...beams, "--json", "--out", out);
    expect(code, stderr).toBe(0);
    const read = JSON.parse(stdout) as Evaluation;
    expect(read.schema).toBe("relpos-pair-evaluation/1");
    expect(read.generation).toEqual({ beams: 2, lengthPenalty: 0.6, maxTokens: 3 });
    expect(Object.keys(read.parts[0]!.measures)).toEqual(["bleu", "chrF", "exactText"]);
    expect(read.yardsticks.map(({ id }) => id)).toEqual(["copy", "most frequent"]);
    expect(read.signatures["all"]!["chrF"]).toMatch(/^nrefs:1\|/);
    const lines = readFileSync(out, "utf8").trim().split("\n");
    expect(lines.map((line) => JSON.parse(line) as object)).toMatchObject([
      { part: "all", source: "am 4. Mai 2031", answers: ["2031-05-04"] },
    ]);
  });

  test("--loss-only writes nothing", async () => {
    const { code, stdout } = await evaluate("--loss-only", "--examples", "2");
    expect(code).toBe(0);
    expect(stdout).toMatch(/^validation\s+all\s+2(\s+[\d.]+){2}$/m);
    expect(stdout).not.toMatch(/BLEU|without a model/);
  });

  test.each([
    ["unequal files", ["--data", "a.de,a.en"], /a\.en ends after line 2, and .*a\.de goes on/],
    ["an empty side", ["--data", "a.de,a.de"], /is the same file/],
    ["not UTF-8", ["--data", "latin.de,a.en"], /latin\.de, line 2, is not UTF-8/],
    ["no file", ["--data", "none.de,a.en"], /none\.de does not exist/],
    [
      "a penalty without beams",
      ["--length-penalty", "2"],
      /--length-penalty has an effect only with/,
    ],
    ["no beams", ["--beams", "0"], /--beams must be a whole number from 1/],
    [
      "beams for the loss",
      ["--loss-only", "--beams", "3"],
      /--beams is about texts that are written/,
    ],
    ["no example", ["--examples", "0"], /whole number of 1 or more/],
    ["a text", ["--text", text], /--text is for language models/],
    ["a file that is there", ["--out", "a.de"], /a\.de is there already/],
  ])("%s is refused", async (_, args, message) => {
    const given = args.map((arg) => arg.replaceAll(/\b\w+\.(?=de|en)/g, (name) => `${at(name)}`));
    const { code, stdout, stderr } = await evaluate(...given);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/\n\s+at /);
  });

  test("Ctrl-C in the middle says how far it came, and writes no part of a part", async () => {
    const out = at("stopped.jsonl");
    const long = ["--max-tokens", "1000", "--batch-size", "1", "--threads", "1", "--out", out];
    // The command handles Ctrl-C only from the first target on, so the signal is sent after it reports that target.
    const hold = new Hold(at("hold"), { at: "print", count: 1 });
    const { child, outcome } = start(["evaluate", run, ...long], { env: hold.env });
    await hold.held();
    child.kill("SIGINT");
    hold.release();
    const { code, stderr } = await outcome;
    expect(stderr).toMatch(/stopped after \d+ written texts/);
    expect(stderr).not.toMatch(/\n\s+at /);
    expect(code).toBe(1);
  }, 60_000);
});

test("options of runs of pairs are refused for a language model", async () => {
  const model = ["--width", "16", "--heads", "2", "--layers", "1", "--length", "16"];
  await relpos("train", "--text", text, ...model, "--steps", "1", "--out", at("book"));
  for (const option of [["--beams", "2"], ["--loss-only"], ["--examples", "3"]]) {
    const { code, stderr } = await relpos("evaluate", at("book"), ...option);
    expect(code).toBe(2);
    expect(stderr).toMatch(new RegExp(`${option[0]!} is for runs of relpos train --task`));
  }
});
