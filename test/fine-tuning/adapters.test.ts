/**
 * Low-rank adapters: against PEFT, which loaded the files that are written here (oracle/adapters.py), and merged into the
 * weights.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import fs from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { readSafetensors } from "../../src/checkpoints/safetensors.ts";
import {
  evaluateRun,
  fineTuneRun,
  InputError,
  loadCheckpoint,
  openRun,
  trainRun,
} from "../../src/index.ts";
import type { FineTuneRequest } from "../../src/index.ts";
import { mergedWeights } from "../../src/model/low-rank.ts";
import type { TrainedModel } from "../../src/model/trained-model.ts";
import { compileDecoder } from "../../src/generation/compile-decoder.ts";
import { requireFinite } from "../../src/runs/checkpoint-weights.ts";
import { readCheckpoint } from "../../src/runs/run-storage.ts";
import { compile } from "../../src/runtime/node.ts";
import { languageTraining } from "../../src/training/language-objective.ts";
import { sgd } from "../../src/training/optimiser.ts";
import { Trainer } from "../../src/training/trainer.ts";
import { filesIn } from "../cli/relpos.ts";
import { familyFolder, wordsOf } from "../extension/checkpoint.ts";
import { madeTokens } from "../families/made-weights.ts";
import { readGolden } from "../golden/golden.ts";
import { adapterCases, writeAdapterCase } from "./adapter-cases.ts";

const place = mkdtempSync(path.join(tmpdir(), "relpos-adapters-"));
afterAll(() => rmSync(place, { recursive: true }));
type FurtherSettings = FineTuneRequest["settings"];
const at = (name: string): string => path.join(place, name);
const golden = new Map(readGolden("adapters").cases.map((each) => [each.name, each]));

async function logitsOf(trained: TrainedModel): Promise<Float32Array> {
  const decoder = await compileDecoder(trained, { compile, logits: "all", threads: 1 });
  const { data } = await decoder.prefill([madeTokens(7)]);
  await decoder.dispose();
  return data;
}

function error(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  const all = Array.from(expected);
  const largest = Math.max(...all.map(Math.abs));
  return Math.max(...all.map((value, which) => Math.abs(actual[which]! - value) / largest));
}

describe.each(adapterCases)("$name: $targets", (each) => {
  test("files, logits and merged weights are those of PEFT, read again too", async () => {
    const { options, outputs } = golden.get(each.name)!;
    const { adapted, weights, source, folder } = await writeAdapterCase(place, each);
    const read = JSON.parse(
      readFileSync(path.join(folder, "adapter_config.json"), "utf8"),
    ) as object;
    expect(read).toEqual({
      ...(options["config"] as object),
      base_model_name_or_path: source.folder,
    });
    const bytes = readFileSync(path.join(folder, "adapter_model.safetensors"));
    expect([...readSafetensors(bytes, "adapter").tensors.keys()].sort()).toEqual(options["keys"]);

    const merged = mergedWeights(adapted, weights);
    const model = adapted.model;
    const plain = await loadCheckpoint(source.folder);
    expect(
      error(await logitsOf({ model: plain.model, weights: merged }), outputs["logits"]!.data),
    ).toBeLessThan(1e-5);
    const again = await loadCheckpoint(source.folder, { adapter: folder });
    expect([...again.weights.keys()]).toEqual([...merged.keys()]);
    for (const [name, { data }] of merged)
      expect(error(again.weights.get(name)!.data, data), name).toBeLessThan(1e-6);

    // Unmerged: the loss of the graph whose weights are sums, against that of plain weights.
    const size = { batch: 1, length: 6 };
    const rows = {
      weighted: false,
      at: () => ({
        tokens: Int32Array.from(madeTokens(7).slice(0, 6)),
        targets: Int32Array.from(madeTokens(7).slice(1)),
      }),
    };
    const losses: number[] = [];
    for (const training of [
      { ...languageTraining(model, rows, { ...size, adapted }), weights },
      { ...languageTraining(plain.model, rows, size), weights: merged },
    ]) {
      const plan = { steps: 1, optimiser: sgd() };
      const trainer = await Trainer.create({
        ...training,
        plan,
        compile,
        compileOptions: { threads: 1 },
      });
      losses.push((await trainer.step()).loss);
      await trainer.dispose();
    }
    expect(Math.abs(losses[0]! / losses[1]! - 1)).toBeLessThan(1e-5);
  });
});

describe("a run that trains adapters alone", () => {
  const words = at("words.txt");
  writeFileSync(words, `${wordsOf(50)}\n\n`.repeat(40));
  const from = familyFolder(place, "qwen2");
  const settings: FurtherSettings = {
    ...{
      from,
      corpus: { text: [words] },
      trainLength: 12,
      steps: 4,
      batch: 2,
      threads: 1,
      accumulate: 2,
    },
    ...{ evaluationTokens: 100, checkpointEvery: 2, loraRank: 2, loraAlpha: 4, patience: 3 },
  };

  test("leaves the model as it was, resumes exactly, and is opened with merged weights", async () => {
    const out = at("run");
    const { evaluation, weights } = await fineTuneRun({ folder: out, settings });
    const { weights: before } = await loadCheckpoint(from);
    const kept = (await readCheckpoint(path.join(out, "checkpoint.safetensors")))!.tensors;
    const learned = [...kept].filter(([name]) => /^blocks\..*\.adapter\.[ab]$/.test(name));
    expect(learned).toHaveLength(2 * 2 * 2);
    expect(evaluation!.parameters).toBe(
      learned.reduce((sum, [, { data }]) => sum + data.length, 0),
    );
    for (const [name, { data }] of before) expect(kept.get(name)!.data, name).toEqual(data);
    expect([...kept.keys()].filter((name) => /^optimiser\.moment1/.test(name))).toHaveLength(
      learned.length,
    );

    const opened = await openRun(out);
    expect(opened.configuration.adapter).toEqual({
      rank: 2,
      alpha: 4,
      targets: ["query", "value"],
    });
    for (const [name, { data }] of opened.weights) {
      expect(data).toEqual(weights.get(name)!.data);
      const changes = /attention\.(query|value)\.weight$/.test(name);
      expect(
        data.some((value, which) => value !== before.get(name)!.data[which]),
        name,
      ).toBe(changes);
    }
    const [loss] = (await evaluateRun(opened)).lengths;
    expect((loss as { nats: number }).nats).toBe(evaluation!.validationLoss);
    const { weights: loaded } = await loadCheckpoint(from, { adapter: path.join(out, "adapter") });
    for (const [name, { data }] of loaded)
      expect(error(opened.weights.get(name)!.data, data)).toBeLessThan(1e-6);

    const stopped = new AbortController();
    const again = at("again");
    const onStep = ({ step }: { step: number }): unknown => step === 1 && stopped.abort();
    await fineTuneRun({
      folder: again,
      settings,
      signal: stopped.signal,
      onStep: (step) => void onStep(step),
    });
    expect(await filesIn(again)).not.toContain("adapter/adapter_model.safetensors");
    await fineTuneRun({ folder: again, settings });
    for (const name of await filesIn(out)) {
      const [one, other] = [out, again].map((each) => fs.readFile(path.join(each, name)));
      expect((await one!).equals(await other!), name).toBe(true);
    }
    await expect(
      fineTuneRun({ folder: out, settings: { ...settings, loraRank: 3 } }),
    ).rejects.toThrow(/differs in adapter\.rank \(2 there, 3 given\)/);
  });

  test("of a run has no files of PEFT, whose names are those of families", async () => {
    const first = {
      corpus: { text: [words] },
      length: 12,
      width: 16,
      heads: 2,
      layers: 1,
      batch: 2,
      threads: 1,
      steps: 1,
    };
    await trainRun({ folder: at("base"), settings: { ...first, evaluationTokens: 100 } });
    await fineTuneRun({
      folder: at("of-run"),
      settings: { ...settings, from: at("base"), steps: 1 },
    });
    expect(await filesIn(at("of-run"))).not.toContain("adapter/adapter_config.json");
    expect((await openRun(at("of-run"))).configuration.adapter?.alpha).toBe(4);
  });

  test.each<[object, RegExp]>([
    [
      { loraTargets: ["gate", "up"], from: familyFolder(place, "gpt2") },
      /no layer "gate" in its blocks\. It has query, key, value, output, up, down\./,
    ],
    [{ loraTargets: ["querry"] }, /^settings: "loraTargets\.0" must be/],
    [{ loraTargets: [] }, /^settings: "loraTargets"/],
    [
      { loraRank: 25 },
      /the rank 25 is larger than a side of blocks\.0\.attention\.query\.weight, which is 24 × 36\. Lower it\./,
    ],
    [{ loraRank: 0 }, /^settings: "loraRank" must be 1 or more/],
    [
      { loraRank: undefined },
      /^settings: "loraAlpha" is of adapters\. Give loraRank too, or leave it out\./,
    ],
  ])("%j is refused", async (wrong, message) => {
    const running = fineTuneRun({ folder: at("refused"), settings: { ...settings, ...wrong } });
    await expect(running).rejects.toThrow(InputError);
    await expect(running).rejects.toThrow(message);
    await expect(fs.access(at("refused"))).rejects.toThrow("ENOENT");
  });
});

describe("a folder that is no adapter of the model", () => {
  async function refusal(
    change: (folder: string, config: Record<string, unknown>) => unknown,
  ): Promise<string> {
    rmSync(at("wrong"), { recursive: true, force: true });
    await fs.mkdir(at("wrong"));
    const { source, folder } = await writeAdapterCase(at("wrong"), adapterCases[0]!);
    const file = path.join(folder, "adapter_config.json");
    const config = JSON.parse(readFileSync(file, "utf8")) as Record<string, unknown>;
    await change(folder, config);
    writeFileSync(file, JSON.stringify(config));
    const error: unknown = await loadCheckpoint(source.folder, { adapter: folder }).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    return (error as Error).message;
  }

  test.each<[string, (folder: string, config: Record<string, unknown>) => unknown, RegExp]>([
    [
      "another kind",
      (_, config) => (config["peft_type"] = "IA3"),
      /peft_type is "IA3", which relpos does not load\. Merge it/,
    ],
    ["DoRA", (_, config) => (config["use_dora"] = true), /use_dora is true/],
    [
      "whole modules",
      (_, config) => (config["modules_to_save"] = ["lm_head"]),
      /modules_to_save is \["lm_head"\]/,
    ],
    [
      "no factor",
      (_, config) => (config["lora_alpha"] = "6"),
      /lora_alpha must be a number, got "6"/,
    ],
    [
      "no weights",
      (folder) => rmSync(path.join(folder, "adapter_model.safetensors")),
      /has no adapter_model\.safetensors, so it is no adapter of PEFT/,
    ],
  ])("%s", async (_, change, message) => {
    expect(await refusal(change)).toMatch(message);
  });

  test("another model's", async () => {
    const { folder } = await writeAdapterCase(
      place,
      adapterCases.find(({ name }) => name === "gpt2")!,
    );
    await expect(loadCheckpoint(familyFolder(place, "llama"), { adapter: folder })).rejects.toThrow(
      /transformer\.h\.0\.attn\.c_attn\.lora_A\.weight is of no linear layer of the model/,
    );
  });
});

test("an adapter that makes a weight infinite or NaN is refused, in files and in a run", async () => {
  const { folder, source, adapted, weights } = await writeAdapterCase(
    mkdtempSync(path.join(place, "infinite-")),
    adapterCases[0]!,
  );
  const file = path.join(folder, "adapter_config.json");
  const config = JSON.parse(readFileSync(file, "utf8")) as Record<string, unknown>;
  for (const wrong of [{ lora_alpha: 1e308 }, { alpha_pattern: { ".*": "x" } }]) {
    writeFileSync(file, JSON.stringify({ ...config, ...wrong }));
    const loading = loadCheckpoint(source.folder, { adapter: folder });
    await expect(loading).rejects.toThrow(
      /with this adapter the parameter \S+ has (NaN|-?Infinity) at \[\d+, \d+\]\. Its factor/,
    );
    await expect(loading).rejects.toBeInstanceOf(InputError);
  }
  const huge = new Map(
    [...weights].map(([name, { shape, data }]) => [name, { shape, data: data.map(() => 3e38) }]),
  );
  const merged = mergedWeights(adapted, huge);
  expect(() => requireFinite(merged, "checkpoint")).toThrow(/has Infinity at/);
});
