/**
 * Options from a file: the command line wins, and what is wrong is named with its file.
 */
import fs from "node:fs/promises";
import path from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { compareCommand } from "../../src/cli/compare-options.ts";
import { withSettingsFile } from "../../src/cli/settings-file.ts";
import { trainCommand } from "../../src/cli/train-options.ts";
import { relpos, workplace } from "./relpos.ts";

const { folder, text, remove } = workplace("settings-file");
afterAll(remove);
async function file(content: object | string): Promise<string> {
  const name = path.join(folder, "settings.json");
  await fs.writeFile(name, typeof content === "string" ? content : JSON.stringify(content));
  return name;
}

/** The options that a command sees. */
async function seen(
  command: "train" | "compare",
  settings: object,
  ...args: string[]
): Promise<object> {
  let options: object = {};
  const make = command === "train" ? trainCommand : compareCommand;
  const load = (): ReturnType<typeof trainCommand> =>
    make((given: object) => Promise.resolve(void (options = given)));
  const words = await withSettingsFile([...args, "--settings", await file(settings)], () =>
    Promise.resolve(load()),
  );
  await load().parseAsync(words, { from: "user" });
  return options;
}

describe("a settings file", () => {
  test.each<["train" | "compare", object, string[], object]>([
    [
      "train",
      { steps: 20, "learning-rate": 0.01, encoding: "alibi" },
      [],
      { steps: 20, learningRate: 0.01, encoding: "alibi" },
    ],
    ["train", { steps: 20, warmup: 2 }, ["--steps", "30"], { steps: 30, warmup: 2 }],
    ["train", { steps: 20 }, ["--steps=30"], { steps: 30 }],
    ["train", { text: ["a.txt", "b.txt"] }, [], { text: ["a.txt", "b.txt"] }],
    ["train", { text: ["a.txt", "b.txt"] }, ["--text", "c.txt"], { text: ["c.txt"] }],
    ["train", { corpus: "sotu" }, ["--text", "c.txt"], { text: ["c.txt"] }],
    ["train", { bias: false, "tied-head": true }, [], { bias: false, tiedHead: true }],
    ["train", { "no-bias": true, "tied-head": false }, [], { bias: false }],
    ["train", { bias: true }, ["--no-bias"], { bias: false }],
    [
      "compare",
      { seeds: [1, 2], encodings: ["rope", "t5(buckets=16,maxDistance=64)"] },
      [],
      { seeds: [1, 2], encodings: ["rope", "t5(buckets=16,maxDistance=64)"] },
    ],
    [
      "compare",
      { seeds: "1-3", task: "copy" },
      ["--text", "c.txt"],
      { seeds: [1, 2, 3], text: ["c.txt"] },
    ],
  ])("%s %j with %j", async (command, settings, args, options) => {
    expect(await seen(command, settings, ...args)).toEqual(options);
  });

  test.each<[object | string, RegExp]>([
    [{ stesp: 3 }, /settings\.json: option "stesp" is unknown\. Did you mean "steps"\? Known: /],
    [{ learningRate: 1 }, /option "learningRate" is unknown\. Did you mean "learning-rate"\?/],
    [{ settings: "other.json" }, /option "settings" is unknown/],
    [
      { steps: "many" },
      /settings\.json: option "--steps <n>" argument "many" is invalid\. It must be a whole/,
    ],
    [
      { steps: { n: 1 } },
      /settings\.json: "steps" must be a text, a number, or a list of them, got \{"n":1\}/,
    ],
    [{ "tied-head": 1 }, /"tied-head" must be true or false, got 1/],
    [{ text: [] }, /"text" must be a text, a number, or a list of them, got \[\]/],
    [
      { corpus: "sotu", text: "a.txt" },
      /settings\.json: option "--corpus <name>" cannot be used with option "--text/,
    ],
    [[1], /settings\.json must hold an object of options by their long names/],
    ["{", /settings\.json is not JSON/],
  ])("%j is refused", async (settings, message) => {
    const { code, stderr } = await relpos("train", "--settings", await file(settings));
    expect(stderr).toMatch(message);
    expect(code).toBe(2);
  });

  test("that is missing, without a name, or given twice", async () => {
    expect((await relpos("train", "--settings", path.join(folder, "no.json"))).stderr).toMatch(
      /no\.json does not exist/,
    );
    expect((await relpos("train", "--settings")).stderr).toMatch(
      /option "--settings <file>" needs a value/,
    );
    const name = await file({ steps: 3 });
    const twice = await relpos("compare", "--settings", name, `--settings=${name}`);
    expect(twice.stderr).toContain("--settings is given twice. Give one file.");
    expect(twice.code).toBe(2);
  });

  test("makes the run that the command line makes", async () => {
    const options = {
      text,
      length: 16,
      width: 16,
      heads: 2,
      layers: 1,
      batch: 2,
      threads: 1,
      steps: 3,
      "evaluation-tokens": 256,
      warmup: 1,
      "min-learning-rate": 1e-4,
    };
    const out = path.join(folder, "run");
    const first = await relpos(
      "train",
      "--settings",
      await file({ ...options, out }),
      "--steps",
      "2",
    );
    expect(first.code, first.stderr).toBe(0);
    const words = Object.entries({ ...options, steps: 2 })
      .reverse()
      .flatMap(([name, value]) => [`--${name}`, String(value)]);
    const again = await relpos("train", "--out", out, ...words);
    expect(again.stdout).toBe(first.stdout);
    const settings = await file(
      Object.fromEntries(Object.entries({ ...options, steps: 2 }).reverse()),
    );
    expect((await relpos("train", "--out", out, "--settings", settings)).stdout).toBe(first.stdout);
  });
});
