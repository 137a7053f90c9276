/** `relpos evaluate --model`. */
import { writeFileSync } from "node:fs";
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

test.each([
  [[], /^relpos: evaluate needs the folder of a run, or --model/],
  [["run", "--model", model], /was given the run run and --model .*Leave one of them out/],
  [["--model", model, "--data", "a,b"], /is a pretrained model, and --data is for runs/],
  [["--model", path.join(folder, "gone")], /gone/],
])("refuses %j", async (args, message) => {
  const { code, stdout, stderr } = await relpos("evaluate", ...args);
  expect([code, stdout]).toEqual([2, ""]);
  expect(stderr).toMatch(message);
});
