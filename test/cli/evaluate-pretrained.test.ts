/** `relpos evaluate --model`. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, expect, test } from "vitest";
import { familyFolder, wordsOf } from "../extension/checkpoint.ts";
import { relpos, workplace } from "./relpos.ts";

const { folder, remove } = workplace("evaluate-pretrained");
afterAll(remove);
const model = familyFolder(folder, "llama", { max_position_embeddings: 32 });
const text = path.join(folder, "words.txt");
writeFileSync(text, wordsOf(300));

test("perplexity by length, loss by position, and where it breaks", async () => {
  const args = ["evaluate", "--model", model, "--text", text, "--lengths", "16,64"];
  const { code, stdout, stderr } = await relpos(...args, "--threads", "1");
  expect([code, stderr]).toEqual([0, ""]);
  expect(stdout).toContain(`${model}: Llama, rope, texts of up to 32\n`);
  expect(stdout).toMatch(/\n {4}64 +\d+\.\d+ +– +\d+\.\d+ +–\n/);
  expect(stdout).toMatch(/\n +60 to 63 +\d\.\d{4} +\d+\.\d+\n/);
  expect(stdout).toMatch(/It (does not break up to 64|breaks at position \d+)/);
  const { stdout: json } = await relpos(...args, "--json");
  expect(JSON.parse(json)).toMatchObject({
    ...{ schema: "relpos-pretrained-evaluation/1", family: "Llama", contextLength: 32 },
    lengths: [{ length: 16 }, { length: 64, windows: { tokens: 256, bitsPerByte: null } }],
  });
});

test("methods side by side, as table, JSON and page", async () => {
  const methods = ["--extend", "pi,yarn(fast=16,slow=2)", "--factor", "2", "--lengths", "16,64"];
  const page = path.join(folder, "page.html");
  const call = ["evaluate", "--model", model, "--text", text, ...methods, "--threads", "1"];
  const { code, stdout, stderr } = await relpos(...call, "--report", page);
  expect([code, stderr]).toEqual([0, `Wrote ${page}\n`]);
  const name = String.raw`yarn\(fast=16,slow=2\)`;
  expect(stdout).toMatch(
    new RegExp(`\n${name} +64 {2}sliding +\\d+\\.\\d+ +\\d\\.\\d{4} +\\d\\.\\d{4}`),
  );
  expect(stdout).toMatch(/At 64 tokens, \S+ has the lowest perplexity/);
  const json = await relpos(...call, "--json");
  expect(JSON.parse(json.stdout)).toMatchObject({
    ...{ schema: "relpos-side-by-side/1", contextLength: 32, lengths: [16, 64] },
    models: ["unchanged", "pi", "yarn(fast=16,slow=2)"],
  });
  expect(readFileSync(page, "utf8")).toContain("extended by a factor of 2");
});

test("what weights in few bits cost beside float32", async () => {
  const call = ["evaluate", "--model", model, "--text", text, "--lengths", "32", "--threads", "1"];
  const { code, stdout, stderr } = await relpos(...call, "--weights", "int8,int4");
  expect([code, stderr]).toEqual([0, ""]);
  for (const type of ["float32", "int8", "int4"])
    expect(stdout).toMatch(new RegExp(`\n${type} +32 {2}apart +\\d+\\.\\d+ +\\d\\.\\d{4}`));
  const nats = (type: string): string =>
    new RegExp(`\n${type} +32 {2}sliding +\\S+ +(\\S+)`).exec(stdout)![1]!;
  expect(new Set(["float32", "int8", "int4"].map(nats)).size).toBe(3);
  expect(stdout).toMatch(/At 32 tokens, \S+ has the lowest perplexity/);
});

test.each([
  [[], /^relpos: evaluate needs the folder of a run, or --model/],
  [["run", "--model", model], /was given the run run and --model .*Leave one of them out/],
  [["--model", model, "--data", "a,b"], /is a pretrained model, and --data is for runs/],
  [["--model", model, "--factor", "4"], /--factor is for --extend, which is not given/],
  [["--model", model, "--extend", "pi"], /--extend needs --factor/],
  [["--model", model, "--extend", "pie", "--factor", "4"], /pie/],
  [["--model", model, "--extend", "pi,pi", "--factor", "4"], /two models are called pi/],
  [["--model", model, "--model", model], /two models are called/],
  [["--model", model, "--model", "b", "--extend", "pi", "--factor", "2"], /compares one model/],
  [["--model", model, "--report", "."], /\. is there already/],
  [["--model", model, "--weights", "float16"], /list of int8 and int4, got "float16"/],
  [["--model", model, "--weights", "int8", "--model", "b"], /--weights compares one model/],
  [
    ["--model", model, "--weights", "int8", "--extend", "pi", "--factor", "2"],
    /--weights and --extend both/,
  ],
  [
    ["--model", model, "--model", "b", "--beams", "2"],
    /--beams is for runs of relpos train --task/,
  ],
  [["--model", path.join(folder, "gone")], /gone/],
])("refuses %j", async (args, message) => {
  const { code, stdout, stderr } = await relpos("evaluate", ...args);
  expect([code, stdout]).toEqual([2, ""]);
  expect(stderr).toMatch(message);
});

test("of an encoder says what it is, and what it cannot", async () => {
  const encoder = path.join(folder, "encoder");
  mkdirSync(encoder);
  writeFileSync(path.join(encoder, "config.json"), JSON.stringify({ model_type: "modernbert" }));
  for (const call of [["evaluate"], ["generate", "--prompt", "a"], ["retrieve"]]) {
    const { code, stderr } = await relpos(call[0]!, "--model", encoder, ...call.slice(1));
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /this is ModernBERT, an encoder\. .*it continues no text and has no perplexity.* loadEncoder/,
    );
  }
});
