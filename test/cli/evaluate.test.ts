import { mkdirSync, writeFileSync } from "node:fs";
import fs from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { evaluateRun, openRun } from "../../src/index.ts";
import { exampleRun, writeExampleRun } from "../runs/example-run.ts";
import { relpos, tinyModel, workplace } from "./relpos.ts";

const { folder, text, remove } = workplace("evaluate");
afterAll(remove);
const at = (name: string): string => path.join(folder, name);
const run = at("run");
const other = at("other.txt");

interface Evaluated {
  readonly text: string;
  readonly lengths: readonly (Record<string, number> & { readonly unsupported?: string })[];
}

beforeAll(async () => {
  const train = ["train", "--text", text, ...tinyModel, "--length", "16", "--steps", "30"];
  const learning = ["--learning-rate", "0.01", "--encoding", "learned"];
  const { code, stderr } = await relpos(...train, ...learning, "--out", run);
  expect(code, stderr).toBe(0);
  writeFileSync(other, "The key of the query is a distance. ".repeat(40));
});

describe("relpos evaluate", () => {
  test("on the run's own validation text has the loss of evaluation.json", async () => {
    const { code, stdout, stderr } = await relpos("evaluate", run, "--threads", "1", "--json");
    expect(code, stderr).toBe(0);
    const document = JSON.parse(stdout) as Evaluated;
    const kept = JSON.parse(await fs.readFile(path.join(run, "evaluation.json"), "utf8")) as {
      readonly validationLoss: number;
    };
    expect(document).toMatchObject({
      schema: "relpos-evaluation/1",
      run,
      encoding: "learned",
      steps: 30,
    });
    expect(document.text).toMatch(/^validation part of text\.txt, 512 of \d+ targets/);
    const [{ nats, bitsPerByte, perplexity, tokens }] = document.lengths as [
      Record<string, number>,
    ];
    expect(nats).toBeCloseTo(kept.validationLoss, 6);
    // One byte a token.
    expect(bitsPerByte).toBeCloseTo(nats! / Math.LN2, 9);
    expect(perplexity).toBeCloseTo(Math.exp(nats!), 9);
    expect(tokens).toBe(512);
  });

  test("on another text, at two lengths, one of which the encoding cannot", async () => {
    const args = ["evaluate", run, "--text", other, "--lengths", "8,32"];
    const { code, stdout, stderr } = await relpos(...args);
    expect(code, stderr).toBe(0);
    expect(stderr).toBe("");
    const lines = stdout.trim().split("\n");
    expect(lines[0]).toBe(`${run}: learned, 30 steps`);
    expect(lines[2]).toBe("length  bits per byte  nats a token  perplexity");
    expect(lines[3]).toMatch(/^ {5}8 {9}\d\.\d{4} {8}\d\.\d{4} +\d+\.\d+$/);
    expect(lines[4]).toMatch(/^ {4}32 {2}\S.*16/);
    expect(lines[6]).toMatch(/^other\.txt, 512 of 1439 targets, in 16 pieces of 32 spread evenly$/);
    // The table's columns line up.
    expect(lines[3]).toHaveLength(lines[2]!.length);
  });

  test("at no length that the encoding can: the exit code is 1", async () => {
    const { code, stderr } = await relpos("evaluate", run, "--lengths", "17");
    expect(code).toBe(1);
    expect(stderr).toBe(
      "relpos: learned cannot run at any of these lengths. Give shorter --lengths.\n",
    );
  });

  test("a model that has learned predicts its own text better than one that has not", async () => {
    const opened = await openRun(run);
    const lossOf = async (weights: typeof opened.weights): Promise<number> => {
      const [result] = (await evaluateRun({ ...opened, weights })).lengths;
      return "nats" in result! ? result.nats : NaN;
    };
    const zeros = new Map(
      [...opened.weights].map(([name, { shape, data }]) => [
        name,
        { shape, data: new Float32Array(data.length) },
      ]),
    );
    const untrained = await lossOf(zeros);
    expect(untrained).toBeCloseTo(Math.log(256), 4); // all logits are 0
    expect(await lossOf(opened.weights)).toBeLessThan(0.6 * untrained);
  });
});

describe("refused with one line", () => {
  const refused = async (message: RegExp, ...args: string[]): Promise<void> => {
    const { code, stdout, stderr } = await relpos("evaluate", ...args);
    expect(stderr).toMatch(message);
    expect(stderr.trim().split("\n")).toHaveLength(1);
    expect([code, stdout]).toEqual([2, ""]);
  };

  test("a place without a run", async () => {
    await refused(/nowhere does not exist\. Check the path/, at("nowhere"));
    await refused(/text\.txt is a file\. Give the folder of a run/, text);
    mkdirSync(at("empty"), { recursive: true });
    await refused(/empty holds no run: it has no run\.json/, at("empty"));
  });

  test("an unknown device, length and corpus", async () => {
    await refused(/device "gpu" is unknown/, run, "--device", "gpu");
    await refused(/whole number of 1 or more/, run, "--lengths", "8,0");
    await refused(/corpus "moby" is unknown/, run, "--corpus", "moby");
    await refused(/cannot be used with option/, run, "--corpus", "sotu", "--text", other);
  });

  test("a file for an encoding of the list", async () => {
    await refused(/has no file, but .* was given/, run, "--encoding-file", "./mine.ts");
  });
});

describe("texts that cannot be evaluated on", () => {
  test("the training text, named as another", async () => {
    const copy = at("copy.txt");
    await fs.copyFile(text, copy);
    const evaluating = evaluateRun(await openRun(run), { corpus: { text: [copy] } });
    await expect(evaluating).rejects.toThrow(
      /copy\.txt is the text that .* was trained on\. Leave it out to evaluate on its validation/,
    );
  });

  test("one shorter than a window, and no length at all", async () => {
    const opened = await openRun(run);
    const corpus = { text: [other] };
    await expect(evaluateRun(opened, { corpus, lengths: [4000] })).rejects.toThrow(
      /a window of 4000 needs 4001/,
    );
    await expect(evaluateRun(opened, { corpus, lengths: [] })).rejects.toThrow(/lengths is empty/);
  });

  test("the run's own, changed or gone", async () => {
    const opened = await openRun(run);
    const before = await fs.readFile(text, "utf8");
    await fs.appendFile(text, "One more line.\n");
    await expect(evaluateRun(opened)).rejects.toThrow(
      /text\.txt is not the text that .*run was trained on \(its SHA-256 differs\)\. Restore it/,
    );
    await fs.rm(text);
    await expect(evaluateRun(opened)).rejects.toThrow(
      /the text that .*run was trained on cannot be read: text .*text\.txt does not exist\. Check the path\. Or give/,
    );
    await fs.writeFile(text, before);
  });

  test("one with a character that the vocabulary has not, and a run on a task", async () => {
    writeExampleRun(at("example"));
    await expect(
      evaluateRun(await openRun(at("example")), { corpus: { text: [other] } }),
    ).rejects.toThrow(/^other\.txt: char: "T" \(U\+0054\)/);
    const { tokenizer, corpus, ...task } = exampleRun;
    expect([tokenizer, corpus]).not.toContain(undefined);
    writeExampleRun(at("task"), task);
    await expect(evaluateRun(await openRun(at("task")))).rejects.toThrow(
      /task was trained on a task, whose symbols are no text/,
    );
  });
});
