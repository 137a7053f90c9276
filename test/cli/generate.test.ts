import { writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { writeExampleRun, exampleRun } from "../runs/example-run.ts";
import { relpos, tinyModel, workplace } from "./relpos.ts";

const { folder, text, remove } = workplace("generate");
afterAll(remove);
const at = (name: string): string => path.join(folder, name);
const run = at("run");
const call = (...args: string[]): ReturnType<typeof relpos> =>
  relpos("generate", "--model", run, "--threads", "1", ...args);

interface Document {
  readonly schema: string;
  readonly options: object;
  readonly texts: readonly {
    readonly prompt: string;
    readonly text: string;
    readonly ids: readonly number[];
    readonly ended: string;
    readonly score?: number;
  }[];
}

beforeAll(async () => {
  const train = ["train", "--text", text, ...tinyModel, "--length", "16", "--steps", "30"];
  const { code, stderr } = await relpos(...train, "--encoding", "learned", "--out", run);
  expect(code, stderr).toBe(0);
});

describe("relpos generate", () => {
  test("prints a prompt and what follows; the same as JSON", async () => {
    const options = ["--prompt", "The", "--max-tokens", "5"];
    const { code, stdout, stderr } = await call(...options);
    expect([code, stderr]).toEqual([0, ""]);
    const document = JSON.parse((await call(...options, "--json")).stdout) as Document;
    expect(document).toMatchObject({
      schema: "relpos-generation/1",
      run,
      encoding: "learned",
      steps: 30,
      options: { maxTokens: 5 },
    });
    const [generated] = document.texts;
    expect(generated).toMatchObject({ prompt: "The", ended: "length" });
    expect(generated!.ids).toHaveLength(5);
    expect(stdout).toBe(`The${generated!.text}\n`);
  });

  test("several prompts, from the command line and from files, in their order", async () => {
    writeFileSync(at("prompt.txt"), "A long prompt\n");
    const prompts = ["--prompt", "The", "It", "--prompt-file", at("prompt.txt")];
    const options = ["--max-tokens", "3", "--temperature", "0.9", "--top-k", "9", "--seed", "4"];
    const { code, stdout, stderr } = await call(...prompts, ...options);
    expect([code, stderr]).toEqual([0, ""]);
    const { texts } = JSON.parse((await call(...prompts, ...options, "--json")).stdout) as Document;
    expect(texts.map(({ prompt }) => prompt)).toEqual(["The", "It", "A long prompt"]);
    expect(stdout).toBe(
      texts.map(({ prompt, text: more }, row) => `[${row + 1}] ${prompt}${more}\n`).join("\n"),
    );
  });

  test("beam search has a score", async () => {
    const { stdout } = await call("--prompt", "The", "--beams", "3", "--max-tokens", "4", "--json");
    const [generated] = (JSON.parse(stdout) as Document).texts;
    expect(generated!.score).toBeLessThan(0);
  });

  test("a text stops at the encoding's longest length, and the message gives the reason", async () => {
    const { code, stdout, stderr } = await call("--prompt", "The", "--max-tokens", "50");
    expect(code).toBe(0);
    expect(stdout.trimEnd().length).toBeLessThanOrEqual("The".length + 14);
    expect(stderr).toMatch(/^relpos: learned ends at 16 tokens: .*\. The text stops there\.\n$/);
  });
});

describe("refused with one line", () => {
  test.each<[string, RegExp, ...string[]]>([
    [
      "a share above 1",
      /--top-p must be a number above 0, up to 1, got 2/,
      "--temperature",
      "1",
      "--top-p",
      "2",
    ],
    [
      "an option without effect",
      /--top-k has an effect only with .* Leave --top-k out/,
      "--top-k",
      "2",
    ],
    ["no number", /--max-tokens <n>.*must be a number/, "--max-tokens", "many"],
    [
      "half a token",
      /--max-tokens must be a whole number from 1 to 16777216, got 1\.5/,
      "--max-tokens",
      "1.5",
    ],
    ["an unknown option", /unknown option "--temprature"/, "--temprature", "1"],
    [
      "a prompt beyond the encoding",
      /would have 34 tokens, and learned ends at 16/,
      "--prompt",
      "A".repeat(34),
    ],
    ["an empty prompt", /the prompt is empty/, "--prompt", ""],
    ["a file that is not there", /none\.txt does not exist/, "--prompt-file", at("none.txt")],
    ["an unknown device", /device "gpu" is unknown/, "--device", "gpu"],
  ])("%s", async (_, message, ...args) => {
    const prompt = args.some((arg) => arg.startsWith("--prompt")) ? [] : ["--prompt", "The"];
    const { code, stdout, stderr } = await call(...prompt, ...args);
    expect(stderr).toMatch(message);
    expect(stderr.trim().split("\n")).toHaveLength(1);
    expect(code).not.toBe(0);
    expect(stdout).toBe("");
  });

  test("a run on a task, a place without a run, a character that the tokenizer lacks", async () => {
    const { tokenizer, corpus, ...task } = exampleRun;
    expect([tokenizer, corpus]).not.toContain(undefined);
    writeExampleRun(at("task"), task);
    const of = (model: string, prompt = "a"): ReturnType<typeof relpos> =>
      relpos("generate", "--model", model, "--prompt", prompt);
    expect((await of(at("task"))).stderr).toMatch(/trained on a task, whose symbols are no text/);
    expect((await of(at("nowhere"))).stderr).toMatch(/nowhere does not exist/);
    writeExampleRun(at("example"));
    expect((await of(at("example"), "T")).stderr).toMatch(/the prompt: char: "T" \(U\+0054\)/);
    writeFileSync(at("latin.txt"), Buffer.from([0x66, 0xfc, 0x72]));
    expect((await call("--prompt-file", at("latin.txt"))).stderr).toMatch(/is no text in UTF-8/);
  });
});

test("characters that a terminal obeys are printed as \\u001b", async () => {
  const { stdout } = await call("--prompt", "\u001b[31mThe", "--max-tokens", "2");
  expect(stdout.startsWith("\\u001b[31mThe")).toBe(true);
});
