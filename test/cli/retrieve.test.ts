/** `relpos retrieve`. */
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { familyFolder } from "../extension/checkpoint.ts";
import { relpos, tinyModel, workplace } from "./relpos.ts";

const { folder, text, remove } = workplace("retrieve");
afterAll(remove);
const at = (name: string): string => path.join(folder, name);
const run = at("run");
const few = ["--lengths", "64,96", "--depths", "0,100", "--samples", "2", "--threads", "1"];

beforeAll(async () => {
  const train = ["train", "--text", text, ...tinyModel, "--length", "32", "--steps", "2"];
  const { code, stderr } = await relpos(...train, "--out", run);
  expect(code, stderr).toBe(0);
});

test("a table as it is measured, and the result as JSON, picture and page", async () => {
  const files = ["--out", at("r.json"), "--svg", at("r.svg"), "--html", at("r.html")];
  const call = ["retrieve", "--model", run, ...few, "--text", text];
  const { code, stdout, stderr } = await relpos(...call, ...files);
  expect(code, stderr).toBe(0);
  expect(stdout).toContain(`${run}: rope\n\npasskey: a pass key in sentences that repeat\n`);
  expect(stdout).toMatch(/\n {4}64 {4}0 % +0 of 2 +0 to 66 % +\d\.\d{3} +\d\.\d{3} +-?\d\.\d{3}/);
  expect(stdout).toMatch(
    /passkey: Short wording, hidden numbers\. Guessing .* right in 0\.00111 %/,
  );
  expect(stdout).toContain("Every prompt has exactly that many.");
  expect(stderr).toBe(`Wrote ${at("r.json")}\nWrote ${at("r.svg")}\nWrote ${at("r.html")}\n`);
  const written: unknown = JSON.parse(readFileSync(at("r.json"), "utf8"));
  expect(written).toMatchObject({ schema: "relpos-retrieval/1", model: run, encoding: "rope" });
  const again = await relpos(...call, "--json");
  expect(JSON.parse(again.stdout)).toEqual(written);
  expect(readFileSync(at("r.html"), "utf8")).toContain("relpos retrieve");
});

test("what a model writes is judged, and all of it is in the JSON", async () => {
  const call = ["retrieve", "--model", run, ...few, "--text", text, "--tasks", "multi-value"];
  const { code, stdout, stderr } = await relpos(...call, "--lengths", "128", "--judge", "written");
  expect(code, stderr).toBe(0);
  expect(stdout).toMatch(/\nlength {2}depth {5}found +95 %/);
  expect(stdout).toMatch(/\n {3}128 {4}0 % +0 % +0 to 66 % +\d/);
  expect(stdout).toMatch(
    /the score of a sample is the share of its answers that occur in this text/,
  );
  const other = ["--lengths", "128", "--judge", "written", "--max-tokens", "30", "--json"];
  const { cells } = JSON.parse((await relpos(...call, ...other)).stdout) as {
    cells: { written: { text: string; answers: string[]; found: number }[] }[];
  };
  expect(cells).toHaveLength(2);
  for (const { written } of cells)
    for (const { answers, found, text: own } of written) {
      expect([answers.length, found]).toEqual([2, 0]);
      expect(own.length).toBeGreaterThan(0);
    }
});

test.each([
  [["--judge", "both"], /--judge <name>" argument "both" is invalid. Allowed choices are/],
  [["--max-tokens", "9"], /--max-tokens is for --judge written/],
  [["--tasks", "passkeys"], /retrieval task "passkeys" is unknown. Did you mean "passkey"/],
  [["--depths", "120"], /depths must be whole numbers from 0 to 100, one at least; got 120/],
  [["--html", "."], /\. is there already\. Remove it, or give --html another name/],
  [["--out", "a.json", "--svg", "./a.json"], /--out and --svg both name/],
  [["--out", path.join("gone", "a.json")], /the folder .*gone does not exist/],
  [["--trial", "rope-1"], /is a run of one model and has no trials/],
])("refuses %j, and writes nothing", async (args, message) => {
  const { code, stdout, stderr } = await relpos("retrieve", "--model", run, ...few, ...args);
  expect([code, stdout]).toEqual([2, ""]);
  expect(stderr).toMatch(message);
  expect(existsSync("a.json")).toBe(false);
});

test("says which length a question needs, and that a tokenizer has no tokens for answers", async () => {
  const short = await relpos("retrieve", "--model", run, ...few, "--lengths", "9");
  expect(short.code).toBe(2);
  expect(short.stdout).toMatch(/\n {5}9 {4}0 % {2}the question needs 44 tokens at least\n/);
  expect(short.stderr).toMatch(/no question can be asked at any length/);
  // A tokenizer of 53 words, to which all others are unknown.
  const model = familyFolder(folder, "llama", { max_position_embeddings: 64 });
  const other = await relpos("retrieve", "--model", model, ...few, "--text", text);
  expect(other.code).toBe(2);
  expect(other.stderr).toMatch(
    /the tokenizer has no tokens for the answer "\d{5}", which becomes "\[UNK\]"\. Hide words/,
  );
});
