/** `relpos extend`. */
import { readdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, expect, test } from "vitest";
import { familyFolder, wordsOf } from "../extension/checkpoint.ts";
import { relpos, start, workplace } from "./relpos.ts";

const { folder, remove } = workplace("extend");
afterAll(remove);
const at = (name: string): string => path.join(folder, name);
const model = familyFolder(folder, "llama");
writeFileSync(at("words.txt"), wordsOf(700));
const call = (...args: string[]): ReturnType<typeof relpos> =>
  relpos("extend", "--model", model, "--text", at("words.txt"), "--threads", "1", ...args);

test("says what changed, and who reads it", async () => {
  const out = at("yarn");
  const { code, stdout, stderr } = await call(
    ...["--method", "yarn(fast=8)", "--factor", "4", "--out", out],
  );
  expect([code, stderr]).toEqual([0, ""]);
  expect(stdout).toContain(`${model} → ${out}: yarn(fast=8), factor 4, from 512 to 2048 tokens`);
  expect(stdout).toContain("in the keys of transformers 4 and 5, which other programs read too");
  expect(stdout).toMatch(/layers 0 to 1: attention factor 1 before, 1\.13863 after/);
  expect(stdout).toMatch(/\n +2 +0\.00215443 +0\.000538609 /);
  expect(stdout).toMatch(/\n639 \(far\) +\d\.\d{4} +\d\.\d{4} +0\.\d+/);
  expect(stdout).toMatch(/Read again from .*differ by a share of 0, logits by 0\./);
});

test("as JSON, and of a method that relpos alone reads", async () => {
  const args = ["--method", "log-n", "--factor", "2", "--out", at("log-n")];
  const { code, stdout } = await call(...args, "--json");
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({
    ...{ schema: "relpos-extension/1", method: "log-n", readBy: "relpos", originalLength: 512 },
    proof: { extended: [{ layers: [0, 1] }] },
  });
  rmSync(at("log-n"), { recursive: true });
  const { stdout: words } = await call(...args);
  expect(words).toContain("relpos alone reads it. Other programs load the model as it was before.");
});

test.each([
  [
    ["--method", "yarn", "--factor", "0.5"],
    /^relpos: extend: factor must be .* got 0\.5\. [^\n]*\n$/,
  ],
  [
    ["--method", "yarm", "--factor", "2"],
    /^relpos: extend: method "yarm" is unknown\. Did you mean "yarn"\?/,
  ],
  [["--method", "yarn", "--factor", "NaN"], /must be a number above 0/],
  [["--method", "yarn", "--factor", "1e30"], /where positions end\. Lower the factor/],
  [["--factor", "2"], /--method/],
])("refuses %j, and writes nothing", async (args, message) => {
  const before = readdirSync(folder).sort();
  const { code, stdout, stderr } = await call(...args, "--out", at("refused"));
  expect([code, stdout]).toEqual([2, ""]);
  expect(stderr).toMatch(message);
  expect(readdirSync(folder).sort()).toEqual(before);
});

test("killed at any time, it leaves the whole folder or none", async () => {
  for (const wait of [700, 1500, 2500]) {
    const out = at(`killed-${wait}`);
    const { child, outcome } = start([
      "extend",
      "--model",
      model,
      "--method",
      "pi",
      "--factor",
      "2",
      "--out",
      out,
    ]);
    setTimeout(() => child.kill("SIGKILL"), wait);
    await outcome;
    const names = readdirSync(folder).includes(`killed-${wait}`) ? readdirSync(out).sort() : [];
    const whole = ["config.json", "extension.json", "model.safetensors", "tokenizer.json"];
    expect([[], whole]).toContainEqual(names);
  }
});
