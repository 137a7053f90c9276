/**
 * Going on in the folder of a run: with more steps, after it diverged, with its settings in another order.
 */
import fs from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { compile, InputError, openRun, trainRun, TrainingDiverged } from "../../src/index.ts";
import { divergenceFileName } from "../../src/runs/divergence-record.ts";
import { readCheckpoint } from "../../src/runs/run-storage.ts";
import type { TrainRunSettings } from "../../src/index.ts";
import type { Compile, Program } from "../../src/runtime/session.ts";
import { workplace } from "../cli/relpos.ts";

const { folder, text, remove } = workplace("take-up");
afterAll(remove);
const at = (name: string): string => path.join(folder, name);
const settings: Partial<TrainRunSettings> = {
  ...{ corpus: { text: [text] }, encoding: "alibi", length: 16, width: 16, heads: 2, layers: 1 },
  ...{ batch: 2, threads: 1, evaluationTokens: 256, steps: 6, warmup: 2, checkpointEvery: 2 },
};
const read = (run: string, file: string): Promise<Buffer> => fs.readFile(path.join(at(run), file));
async function expectEqual(file: string, a: string, b: string): Promise<void> {
  expect((await read(a, file)).equals(await read(b, file)), file).toBe(true);
}

describe("a finished run with more steps", () => {
  let finished: Buffer;
  beforeAll(async () => {
    await trainRun({ folder: at("more"), settings });
    finished = await read("more", "metrics.jsonl");
    await trainRun({ folder: at("more"), settings: { ...settings, steps: 9 } });
  });

  test("keeps the steps that it has, and ends as one that was planned so", async () => {
    const metrics = await read("more", "metrics.jsonl");
    expect(metrics.subarray(0, finished.length).equals(finished)).toBe(true);
    const planned = { ...settings, steps: 9, decaySteps: 6, validateEvery: 2 };
    const { evaluation } = await trainRun({ folder: at("planned"), settings: planned });
    for (const file of ["checkpoint.safetensors", "metrics.jsonl", "evaluation.json"])
      await expectEqual(file, "more", "planned");
    expect(evaluation!.steps).toBe(9);
  });

  test("trains the further steps at the last rate, and records the change", async () => {
    const { metrics, configuration } = await openRun(at("more"));
    for (const { rate } of metrics.slice(6)) expect(rate).toBeCloseTo(1e-4, 9);
    expect(metrics[5]!.rate).toBeGreaterThan(1.1e-4);
    expect(configuration.settings).toMatchObject({ steps: 9, decaySteps: 6, validateEvery: 2 });
    expect(configuration.changes).toEqual([{ step: 6, name: "settings.steps", before: 6, now: 9 }]);
  });

  test("begun with its whole schedule, it ends as one that was trained at once", async () => {
    const whole = { ...settings, decaySteps: 9, validateEvery: 3 };
    await trainRun({ folder: at("parts"), settings: whole });
    await trainRun({ folder: at("parts"), settings: { ...whole, steps: 9 } });
    await trainRun({ folder: at("whole"), settings: { ...whole, steps: 9 } });
    for (const file of ["checkpoint.safetensors", "metrics.jsonl", "evaluation.json"])
      await expectEqual(file, "parts", "whole");
  });

  test.each<[string, object, RegExp]>([
    ["fewer steps", { steps: 6 }, /differs in settings\.steps \(9 there, 6 given\)\. .* More steps can be given in this folder, fewer cannot/],
    ["another schedule", { steps: 12, decaySteps: 12 }, /differs in settings\.decaySteps \(6 there, 12 given\)\. Choose/],
    ["a lower rate", { steps: 9, learningRate: 1e-4 }, /differs in settings\.learningRate \(0\.001 there, 0\.0001 given\)\. Choose/],
    ["patience, whose best weights were not kept", { steps: 9, patience: 1 }, /differs in settings\.patience \(0 there, 1 given\)/],
    ["another width by default", { steps: 9, seed: 2, width: undefined }, /differs in model\.model \(16 there, 128 by default\), seed \(1 there, 2 given\)\. Choose/],
  ])("is refused %s, naming what was given and no more", async (_, change, message) => {
    const before = await read("more", "run.json");
    const training = trainRun({ folder: at("more"), settings: { ...settings, ...change } });
    await expect(training).rejects.toThrow(message);
    await expect(training).rejects.toBeInstanceOf(InputError);
    expect((await read("more", "run.json")).equals(before)).toBe(true);
  });
});

describe("a run that diverges", () => {
  /** The runtime, but for steps from the fifth on: with a rate above 5e-4 their numbers are not finite. */
  const failing =
    (output: "loss" | "gradientNorm"): Compile =>
    async (graph, options) => {
      const program = await compile(graph, options);
      let started = false;
      let runs = 0;
      const run: Program["run"] = async (feeds) => {
        const outputs = await program.run(feeds);
        if (!("gradientNorm" in outputs)) return outputs;
        if (!started) {
          runs = (await program.readState("optimiser.step"))[0]! - 1;
          started = true;
        }
        if (runs++ < 4 || outputs["rate"]!.data[0]! < 5e-4) return outputs;
        return { ...outputs, [output]: { shape: [], data: Float32Array.of(NaN) } };
      };
      return new Proxy(program, {
        get(target, name) {
          if (name === "run") return run;
          const value = Reflect.get(target, name) as unknown;
          return typeof value === "function" ? (value.bind(target) as unknown) : value;
        },
      });
    };
  const plan = { ...settings, steps: 8, minLearningRate: 1e-5, checkpointEvery: 3 };

  test.each(["loss", "gradientNorm"] as const)(
    "by its %s keeps the last good state, and goes on from there with a lower rate",
    async (output) => {
      const run = `diverged-${output}`;
      const request = { folder: at(run), compile: failing(output) };
      for (let time = 0; time < 2; time++) {
        const training = trainRun({ ...request, settings: plan });
        await expect(training).rejects.toBeInstanceOf(TrainingDiverged);
        await expect(training).rejects.toThrow(
          /^training diverged: at step 4 the (loss|gradient) became NaN, .* The checkpoint of step 3 was kept\. Lower the learning rate .* With such a change \(learningRate, minLearningRate, warmup or clip\) the run goes on from step 3 in /,
        );
        expect((await readCheckpoint(path.join(at(run), "checkpoint.safetensors")))!.step).toBe(3);
      }
      const three = await read(run, "metrics.jsonl");
      const lower = { ...plan, learningRate: 4e-4 };
      const other = trainRun({ ...request, settings: { ...lower, seed: 5 } });
      await expect(other).rejects.toThrow(/differs in seed \(1 there, 5 given\)\. Choose/);
      const { evaluation } = await trainRun({ ...request, settings: lower });
      expect(evaluation!.steps).toBe(8);
      expect((await read(run, "metrics.jsonl")).subarray(0, three.length).equals(three)).toBe(true);
      const { configuration, metrics } = await openRun(at(run));
      expect(metrics.map(({ rate }) => rate > 4.01e-4)).toEqual([false, true, true, ...Array<boolean>(5).fill(false)]);
      expect(configuration.changes).toEqual([
        { step: 3, name: "settings.learningRate", before: 1e-3, now: 4e-4 },
      ]);
      // It has ended, so its rate is fixed again.
      await expect(read(run, divergenceFileName)).rejects.toThrow("ENOENT");
      await expect(trainRun({ ...request, settings: plan })).rejects.toThrow(
        /differs in settings\.learningRate \(0\.0004 there, 0\.001 by default\)/,
      );
    },
  );

  test("before its first checkpoint begins again", async () => {
    const request = { folder: at("at-once") };
    const training = trainRun({ ...request, settings: { ...settings, learningRate: 1e18 } });
    await expect(training).rejects.toThrow(
      /No checkpoint was kept\. .* the run begins again in .*at-once\.$/,
    );
    await trainRun({ ...request, settings });
    await trainRun({ folder: at("afresh"), settings });
    for (const file of ["checkpoint.safetensors", "metrics.jsonl", "evaluation.json"])
      await expectEqual(file, "at-once", "afresh");
  });
});

test("the same settings in another order, those of the encoding too, are the same run", async () => {
  const encoding = "t5(buckets=16,maxDistance=64)";
  await trainRun({ folder: at("order"), settings: { ...settings, encoding } });
  const before = await read("order", "run.json");
  const turned = Object.fromEntries(Object.entries(settings).reverse());
  const same = { ...turned, encoding: "t5(maxDistance=64, buckets=16)" };
  const { step } = await trainRun({ folder: at("order"), settings: same });
  expect(step).toBe(6);
  expect((await read("order", "run.json")).equals(before)).toBe(true);
});

describe("a folder of a version that had one optimiser, stopped before its first checkpoint,", () => {
  test("is trained with AdamW, and Muon is refused", async () => {
    await trainRun({ folder: at("before"), settings: { ...settings, steps: 9, decaySteps: 6, validateEvery: 2 } });
    await trainRun({ folder: at("older"), settings });
    const file = path.join(at("older"), "run.json");
    const document = JSON.parse(await fs.readFile(file, "utf8")) as {
      settings: { optimiser?: string };
    };
    delete document.settings.optimiser;
    await fs.writeFile(file, JSON.stringify(document));
    for (const written of ["checkpoint.safetensors", "metrics.jsonl", "evaluation.json"])
      await fs.rm(path.join(at("older"), written));
    const muon = { ...settings, steps: 9, optimiser: "muon" } as const;
    await expect(trainRun({ folder: at("older"), settings: muon })).rejects.toThrow(
      /settings\.optimiser \(nothing there, "muon" given\)/,
    );
    await trainRun({ folder: at("older"), settings: { ...settings, steps: 9 } });
    await expectEqual("checkpoint.safetensors", "older", "before");
  });
});
