import fs from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { loadCorpus, openRun, trainRun } from "../../src/index.ts";
import { evaluateRun, evaluationSpans, languageEvaluator, splitText, summariseLosses, windows } from "../../src/index.ts";
import { compile, InputError, RunError } from "../../src/index.ts";
import { filesIn, relpos, tinyModel, workplace } from "../cli/relpos.ts";

const { folder, text, remove } = workplace("train-run");
afterAll(remove);
const at = (name: string): string => path.join(folder, name);
const settings = {
  ...{ corpus: { text: [text] }, tokenizer: "char", encoding: "learned+alibi", length: 16 },
  ...{ width: 16, heads: 2, layers: 1, batch: 2, threads: 1, evaluationTokens: 512, steps: 6 },
};

describe("a run of the command line", () => {
  const run = at("cli");
  beforeAll(async () => {
    const { code, stderr } = await relpos(
      ...["train", "--text", text, ...tinyModel, "--tokenizer", "char", "--length", "16"],
      ...["--encoding", "learned+alibi", "--steps", "6", "--out", run],
    );
    expect(code, stderr).toBe(0);
  });

  test("opened, has the loss of its evaluation.json", async () => {
    const opened = await openRun(run);
    const { tokenizer, configuration } = opened;
    expect(opened.step).toBe(6);
    expect(opened.metrics).toHaveLength(6);
    expect(configuration.corpus!.from).toEqual({ paths: [text] });

    const { validation } = splitText((await loadCorpus({ text: [text] })).text);
    const tokens = tokenizer!.encode(validation);
    const evaluator = await languageEvaluator(opened, 16, { compile, threads: 1 });
    const evaluated = JSON.parse(await fs.readFile(path.join(run, "evaluation.json"), "utf8")) as {
      readonly validationLoss: number;
      readonly judged: string;
    };
    const count = Number(/^(\d+) of/.exec(evaluated.judged)?.[1]);
    expect(count).toBe(512);
    const { spans } = evaluationSpans(tokens.length, { longest: 16, limit: count });
    const { nats } = await summariseLosses(evaluator, windows(tokens, { length: 16, spans }));
    await evaluator.dispose();
    expect(nats).toBeCloseTo(evaluated.validationLoss, 6);
    // Weights that are not those of the run have another loss.
    const before = await trainRun({ folder: at("short"), settings: { ...settings, steps: 1 } });
    expect(Math.abs(before.evaluation!.validationLoss - nats)).toBeGreaterThan(1e-3);
  });

  test("has bits per byte of the text, of which a character may have several", async () => {
    const euros = at("euros.txt");
    await fs.writeFile(euros, "€ä a\n\n".repeat(300));
    const chosen = { ...settings, corpus: { text: [euros] }, steps: 1 };
    const { evaluation } = await trainRun({ folder: at("euros"), settings: chosen });
    const [found] = (await evaluateRun(await openRun(at("euros")))).lengths;
    const { nats, bitsPerByte, tokens } = found as unknown as Record<string, number>;
    expect(nats).toBe(evaluation!.validationLoss);
    // Six characters of 3 + 2 + 1 + 1 + 1 + 1 bytes, again and again.
    expect((nats! * tokens!) / Math.LN2 / bitsPerByte!).toBeCloseTo((tokens! * 9) / 6, -1);
    expect(tokens).toBeGreaterThan(100);
  });

  test("evaluates sampled positions by its seed, then and when it is opened again", async () => {
    const losses: number[] = [];
    for (const seed of [1, 2]) {
      const folder = at(`sampled-${seed}`);
      const chosen = { ...settings, encoding: "randomized(base=sinusoidal,range=64)", steps: 1, seed };
      const { evaluation } = await trainRun({ folder, settings: chosen });
      const opened = await openRun(folder);
      const [again] = (await evaluateRun(opened)).lengths;
      expect((again as { nats: number }).nats).toBeCloseTo(evaluation!.validationLoss, 9);
      // The same weights with positions of the other seed.
      const other = { ...opened, configuration: { ...opened.configuration, seed: 3 - seed } };
      const [moved] = (await evaluateRun(other)).lengths;
      losses.push((moved as { nats: number }).nats - evaluation!.validationLoss);
    }
    for (const difference of losses) expect(Math.abs(difference)).toBeGreaterThan(1e-6);
  });

  test("is, byte for byte, the run of a program with the same settings", async () => {
    const steps: number[] = [];
    const { model, weights, evaluation } = await trainRun({
      folder: at("library"),
      settings,
      onStep: ({ step }) => steps.push(step),
    });
    expect(steps).toEqual([0, 1, 2, 3, 4, 5]);
    expect(await filesIn(at("library"))).toEqual(await filesIn(run));
    for (const name of await filesIn(run)) {
      const [a, b] = [run, at("library")].map((place) => fs.readFile(path.join(place, name)));
      expect((await a!).equals(await b!), name).toBe(true);
    }
    expect(weights.get("head.weight")).toEqual((await openRun(run)).weights.get("head.weight"));
    expect(evaluation!.parameters).toBe(model.parameters.count);
  });
});

test("a run that was stopped has a checkpoint and no evaluation, and goes on with the same call", async () => {
  const stopped = new AbortController();
  const first = await trainRun({
    folder: at("stopped"),
    settings,
    signal: stopped.signal,
    onStep: ({ step }) => step === 2 && stopped.abort(),
  });
  expect([first.step, first.evaluation]).toEqual([3, undefined]);
  expect(await filesIn(at("stopped"))).not.toContain("evaluation.json");
  expect((await openRun(at("stopped"))).step).toBe(3);

  const second = await trainRun({ folder: at("stopped"), settings });
  const whole = await trainRun({ folder: at("not-stopped"), settings });
  expect(second.evaluation).toEqual(whole.evaluation);
  expect(second.evaluation!.steps).toBe(6);
});

test("grouped heads, another width of heads and another form are recorded and opened", async () => {
  const form = { heads: 4, headDim: 6, keyValueHeads: 2, form: "parallel", steps: 1 } as const;
  await trainRun({ folder: at("grouped"), settings: { ...settings, ...form, encoding: "rope" } });
  const { model, weights } = await openRun(at("grouped"));
  expect(model.config).toMatchObject({ heads: 4, headDim: 6, keyValueHeads: 2, form: "parallel" });
  expect(weights.get("blocks.0.attention.key.weight")!.shape).toEqual([16, 12]);

  const { code, stderr } = await relpos(
    ...["train", "--text", text, ...tinyModel, "--length", "16", "--steps", "1"],
    ...["--head-dim", "6", "--key-value-heads", "1", "--form", "post"],
    ...["--out", at("grouped-cli")],
  );
  expect(code, stderr).toBe(0);
  const { config } = (await openRun(at("grouped-cli"))).model;
  expect(config).toMatchObject({ headDim: 6, keyValueHeads: 1, form: "post" });
});

describe("refused before anything is written", () => {
  test.each<[string, object, RegExp]>([
    ["an unknown setting", { lenght: 16 }, /^setting "lenght" is unknown\. Did you mean "length"\? Known: corpus, /],
    ["no steps", { steps: 0 }, /^settings: "steps" must be 1 or more, got 0\. Change the setting\.$/],
    ["a word for a number", { batch: "2" }, /"batch" must be a number, got "2"/],
    ["half a head", { heads: 1.5 }, /"heads" must be a whole number, got 1\.5/],
    ["heads that do not divide the width", { heads: 3 }, /width 16 does not divide into 3 heads/],
    ["heads of keys that do not divide", { heads: 4, keyValueHeads: 3 }, /keyValueHeads 3 does not/],
    ["an unknown form", { form: "sandwich" }, /"form" must be "pre" or "post" or .*, got "sandwich"/],
    ["a rate of 0", { learningRate: 0 }, /"learningRate" must be above 0, got 0/],
    ["a rate beyond float32", { learningRate: 1e39 }, /"learningRate" must be at most 3\.4e\+38, got 1e\+39/],
    ["NaN", { dropout: NaN }, /"dropout" must be a number, got NaN/],
    ["a second decay of 1", { beta2: 1 }, /beta2/],
    ["a warm-up as long as the run", { warmup: 6 }, /the warm-up of 6 steps must be shorter/],
    ["a last rate above the highest", { minLearningRate: 1 }, /the last rate 1 must not be above/],
    ["an unknown norm", { norm: "batch" }, /"norm" must be "layer" or "rms", got "batch"/],
    ["an unknown device", { device: "gpu" }, /"device" must be "cpu" or "webgpu" or "cuda"/],
    ["an unknown tokenizer", { tokenizer: "bpe" }, /tokenizer "bpe" is unknown/],
    ["an unknown encoding", { encoding: "ropee" }, /"ropee" is unknown\. Did you mean "rope"/],
    ["a text and a name", { corpus: { text: [text], name: "sotu" } }, /"corpus\.name" is not a key/],
    ["a text that is not there", { corpus: { text: ["nowhere.txt"] } }, /nowhere\.txt does not exist/],
    ["windows longer than the text", { length: 20_000 }, /a window of 20,000 needs 20,001/],
    ["more than this machine has", { width: 2 ** 20 }, /Choose a smaller width/],
  ])("%s", async (_, change, message) => {
    const training = trainRun({ folder: at("refused"), settings: { ...settings, ...change } });
    await expect(training).rejects.toThrow(message);
    await expect(training).rejects.toBeInstanceOf(InputError);
    await expect(fs.access(at("refused"))).rejects.toThrow("ENOENT");
  });

  test("the folder of another run, whose files stay", async () => {
    await trainRun({ folder: at("mine"), settings: { ...settings, steps: 1 } });
    const before = await filesIn(at("mine"));
    const other = { ...settings, steps: 1, batch: 4, seed: 9 };
    await expect(trainRun({ folder: at("mine"), settings: other })).rejects.toThrow(
      /mine holds a run that differs in seed \(1 there, 9 given\), settings\.batch \(2 there, 4 given\)\. Choose/,
    );
    expect(await filesIn(at("mine"))).toEqual(before);
  });

  test("a checkpoint of another model, before the step is compiled", async () => {
    await trainRun({ folder: at("wide"), settings: { ...settings, width: 24, steps: 1 } });
    await trainRun({ folder: at("narrow"), settings: { ...settings, steps: 1 } });
    const name = "checkpoint.safetensors";
    await fs.copyFile(path.join(at("wide"), name), path.join(at("narrow"), name));
    const training = trainRun({ folder: at("narrow"), settings: { ...settings, steps: 1 } });
    await expect(training).rejects.toBeInstanceOf(RunError);
    await expect(training).rejects.toThrow(/is a checkpoint of another model\. Of another shape: tokens\.weight is/);
  });
});
