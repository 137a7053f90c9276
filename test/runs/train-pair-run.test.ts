/** Runs from texts to texts: recorded, resumed byte for byte, opened, evaluated, and what is refused. */
import fs from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { evaluatePairRun, openPairRun, openRun, trainPairRun } from "../../src/index.ts";
import type { PairRunSettings } from "../../src/index.ts";
import { filesIn, relpos, workplace } from "../cli/relpos.ts";

const { folder, text, remove } = workplace("train-pair-run");
afterAll(remove);
const at = (name: string): string => path.join(folder, name);

/** A made-up language: words of the target are those of the source, in reverse. */
const words = ["ab", "cd", "ef", "gh", "ij"];
const lines = Array.from({ length: 60 }, (_, line) => {
  const chosen = Array.from({ length: 1 + (line % 4) }, (_, word) => words[(line * 7 + word * 3) % 5]!);
  return [`${chosen.join(" ")} ${line}`, `${line} ${chosen.toReversed().join(" ")}`] as const;
});
const settings: Partial<PairRunSettings> = {
  data: { files: [at("a.txt"), at("b.txt")] },
  ...{ tokenizer: "byte", width: 16, heads: 2, encoderLayers: 1, decoderLayers: 1, batch: 8 },
  ...{ steps: 4, shapes: 2, threads: 1, labelSmoothing: 0.1, dropout: 0.1, checkpointEvery: 3 },
};
const tiny = [
  ...["--tokenizer", "byte", "--width", "16", "--heads", "2", "--encoder-layers", "1"],
  ...["--decoder-layers", "1", "--batch", "8", "--steps", "4", "--shapes", "2", "--threads", "1"],
  ...["--label-smoothing", "0.1", "--dropout", "0.1", "--checkpoint-every", "3"],
];

beforeAll(async () => {
  await fs.writeFile(at("a.txt"), lines.map(([source]) => `${source}\n`).join(""));
  await fs.writeFile(at("b.txt"), lines.map(([, target]) => `${target}\n`).join(""));
});

describe("a run of the command line", () => {
  beforeAll(async () => {
    const { code, stderr } = await relpos(
      ...["train", "--task", "translate", "--data", `${at("a.txt")},${at("b.txt")}`, ...tiny],
      ...["--out", at("cli")],
    );
    expect(code, stderr).toBe(0);
  });

  test("is, byte for byte, the run of a program that was stopped and went on", async () => {
    const stop = new AbortController();
    const first = await trainPairRun({
      ...{ folder: at("stopped"), settings, signal: stop.signal },
      onStep: ({ step }) => step === 1 && stop.abort(),
    });
    expect([first.step, first.evaluation]).toEqual([2, undefined]);
    const second = await trainPairRun({ folder: at("stopped"), settings });
    expect(second.evaluation!.steps).toBe(4);
    const names = await filesIn(at("cli"));
    expect(await filesIn(at("stopped"))).toEqual(names);
    for (const name of names) {
      const [a, b] = ["cli", "stopped"].map((run) => fs.readFile(path.join(at(run), name)));
      expect((await a!).equals(await b!), name).toBe(true);
    }
  });

  test("opened, has the loss of its evaluation.json on its validation pairs", async () => {
    const run = await openPairRun(at("cli"));
    expect(run.step).toBe(4);
    expect(run.symbols).toEqual({ begin: 256, end: 257, vocab: 258 });
    expect(run.configuration).toMatchObject({ kind: "pairs", task: "translate" });
    const { validationLoss } = JSON.parse(
      await fs.readFile(path.join(at("cli"), "evaluation.json"), "utf8"),
    ) as { readonly validationLoss: number };
    const { parts } = await evaluatePairRun(run);
    expect(parts[0]).toMatchObject({ part: "validation", sources: "all" });
    expect(parts[0]!.nats).toBeCloseTo(validationLoss, 9);
    const { code, stdout } = await relpos("evaluate", at("cli"), "--threads", "1");
    expect(code).toBe(0);
    expect(stdout).toContain(validationLoss.toFixed(4));
  });

  test("is no language model", async () => {
    await expect(openRun(at("cli"))).rejects.toThrow(
      /was trained to translate, and not a language model\. Open it with openPairRun/,
    );
    const { code, stderr } = await relpos("generate", "--model", at("cli"), "--prompt", "ab");
    expect(code).toBe(2);
    expect(stderr).toMatch(/was trained to translate/);
  });

  test("does not go on with other pairs", async () => {
    const files = [at("b.txt"), at("a.txt")];
    await expect(
      trainPairRun({ folder: at("cli"), settings: { ...settings, data: { files } } }),
    ).rejects.toThrow(/holds a run that differs in data\.sha256/);
  });
});

test("a trained tokenizer is kept, and pairs that are too long are left out and counted", async () => {
  const notes: string[] = [];
  const { model } = await trainPairRun({
    folder: at("bpe"),
    settings: { ...settings, tokenizer: "bpe:270", steps: 1, sourceLength: 4 },
    onNotes: (given) => notes.push(...given),
  });
  expect(notes.join()).toMatch(/[1-9]\d* of 57 training pairs are left out/);
  const run = await openPairRun(at("bpe"));
  expect(run.tokenizer.id).toBe("file");
  expect(run.model.config.vocab).toBe(run.tokenizer.vocab + 2);
  expect(run.configuration.sourceLength).toBe(4);
  expect(run.weights.get("tokens.weight")!.shape).toEqual([model.config.vocab, 16]);
});

describe("refused before anything is written", () => {
  test.each<[string, readonly string[], RegExp]>([
    ["a text", ["--text", text], /--text is for language models, and --task trains on --data/],
    ["a source length below all", ["--source-length", "1"], /no training pair is short enough/],
    ["an unknown name", ["--data", "datse"], /data "datse" is unknown\. Did you mean "dates"/],
    ["heads that do not divide", ["--heads", "3"], /width 16 does not divide into 3 heads/],
    ["a smoothing of 1", ["--label-smoothing", "1"], /"labelSmoothing" must be below 1/],
    ["no number of tokens", ["--tokenizer", "bpe:many"], /bpe:many must have a number of tokens/],
    ["an encoder's encoding without effect", ["--encoding", "layers(none,none)", "--encoder-layers", "2"], /layers.* changes nothing/],
    ["a decoder's", ["--decoder-encoding", "layers(none)"], /layers.* changes nothing/],
    ["an encoding for sequences", ["--cross-encoding", "sinusoidal"], /cannot be the encoding of cross-attention/],
  ])("%s", async (_, extra, message) => {
    const data = extra[0] === "--data" ? [] : ["--data", `${at("a.txt")},${at("b.txt")}`];
    const out = at("refused");
    const call = ["train", "--task", "translate", ...data, ...tiny, ...extra, "--out", out];
    const { code, stderr } = await relpos(...call);
    expect(stderr).toMatch(message);
    expect(code).toBe(2);
    await expect(fs.access(out)).rejects.toThrow();
  });

  test("options of pairs without a task", async () => {
    const { stderr } = await relpos("train", "--label-smoothing", "0.1", "--out", at("refused"));
    expect(stderr).toMatch(/--label-smoothing is for training from texts to texts\. Add --task/);
  });
});
