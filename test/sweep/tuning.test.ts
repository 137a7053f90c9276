/**
 * A comparison that chooses learning rates: run, taken up, with a damaged file, and what the call costs.
 */
import fs from "node:fs/promises";
import path from "node:path";
import { afterAll, expect, test } from "vitest";
import { completeSettings, openRun, parseResults, runComparison } from "../../src/index.ts";
import { chosenRate, tuningSeed } from "../../src/comparison/tuning.ts";
import { relpos, tinyModel, workplace } from "../cli/relpos.ts";

const { folder: work, text, remove } = workplace("tuning");
afterAll(remove);

const folder = path.join(work, "comparison");
const settings = completeSettings({
  corpus: { text: [text] },
  encodings: ["none"],
  seeds: [1],
  learningRates: [0.03, 0.000001],
  ...{ width: 8, heads: 2, layers: 1, batch: 2, steps: 6, stride: 8 },
  ...{ trainLength: 8, testLengths: [8], evaluationTokens: 64 },
});
const record = path.join(folder, "tuning", "none-rate-0.03", "result.json");

test("each rate has a model; trials have the best rate; again nothing is trained", async () => {
  const followed: number[] = [];
  const run = { settings, folder, processes: 2 };
  const results = (await runComparison({
    ...run,
    progress: ({ trials }) => {
      followed.push(trials);
      return { update: () => undefined, end: () => undefined };
    },
  }))!;
  expect(followed).toEqual([2, 1]);
  const { tuning } = results;
  expect(tuning).toMatchObject({ seed: tuningSeed, rates: [0.000001, 0.03] });
  const { rate, losses } = tuning!.encodings[0]!;
  // Six steps at the lower rate change nothing that could be measured.
  expect(losses[0]! - losses[1]!).toBeGreaterThan(0.01);
  expect([rate, chosenRate(tuning!.rates, losses)]).toEqual([0.03, 0.03]);
  expect(results.configuration).not.toHaveProperty("learningRate");
  const written = await fs.readFile(path.join(folder, "results.json"), "utf8");
  expect(parseResults(written)).toEqual(results);
  const opened = await openRun(folder, { trial: "none-1" });
  expect(opened.configuration.settings).toMatchObject({ learningRate: 0.03 });
  // The highest rate of the run's steps, in a cosine with no warm-up.
  expect(Math.max(...opened.metrics.map((metrics) => metrics.rate))).toBeCloseTo(0.03);

  const { mtimeMs } = await fs.stat(record);
  expect(await runComparison(run)).toEqual(results);
  expect((await fs.stat(record)).mtimeMs).toBe(mtimeMs);

  // The record of another model, and what is said of it, which mends it.
  const other = path.join(folder, "tuning", "none-rate-0.000001", "result.json");
  await fs.copyFile(other, record);
  await expect(runComparison(run)).rejects.toThrow(
    /none-rate-0\.03.result\.json is damaged: its "rate" is not that of none at the rate 0\.03\. Remove this file/,
  );
  for (const text of ["", '{"loss":']) {
    await fs.writeFile(record, text);
    await expect(runComparison(run)).rejects.toThrow(
      /none-rate-0\.03.result\.json is not JSON: .*\. Remove this file, and the same command measures the model again\./,
    );
  }
  await fs.rm(record);
  expect(await runComparison(run)).toEqual(results);

  // Without the comparison's own run.json, its trials have the chosen rate and are still its own.
  await fs.rm(path.join(folder, "run.json"));
  expect(await runComparison(run)).toMatchObject({
    tuning: results.tuning,
    trials: results.trials,
  });
  await fs.rm(path.join(folder, "run.json"));
  await expect(
    runComparison({ ...run, settings: { ...settings, learningRates: [0.02, 0.000001] } }),
  ).rejects.toThrow(/none-1 holds a run that differs in settings\.learningRate \(0\.03 there/);
}, 60_000);

test("on a task, rates are chosen by the loss on samples that are judged nowhere else", async () => {
  const folder = path.join(work, "task");
  const settings = completeSettings({
    ...{ task: "copy", encodings: ["none"], seeds: [1], learningRates: [0.03, 0.000001] },
    ...{ width: 8, heads: 2, layers: 1, batch: 2, steps: 6, threads: 1 },
    ...{ trainLength: 4, testLengths: [4], evaluationSamples: 8 },
  });
  const results = (await runComparison({ settings, folder, processes: 2 }))!;
  const { tuning, trials } = results;
  expect(tuning).toMatchObject({ seed: tuningSeed, rates: [0.000001, 0.03] });
  expect(tuning!.judgedOn).toMatch(/8 samples of the train length, as in training/);
  const { rate, losses } = tuning!.encodings[0]!;
  // A loss in nats of a token among the symbols of the task, which six steps at the higher rate lower.
  expect(losses.every((loss) => loss > 1 && loss < 5)).toBe(true);
  expect(losses[0]! - losses[1]!).toBeGreaterThan(0.01);
  expect(rate).toBe(0.03);
  expect(trials.map(({ encoding, seed }) => `${encoding}-${seed}`)).toEqual(["none-1"]);
  const opened = await openRun(folder, { trial: "none-1" });
  expect(opened.configuration.settings).toMatchObject({ learningRate: 0.03 });
  expect(parseResults(await fs.readFile(path.join(folder, "results.json"), "utf8"))).toEqual(
    results,
  );
}, 60_000);

test("the command refuses one rate twice over, and says how many models are trained", async () => {
  const compare = ["compare", "--text", text, ...tinyModel, "--out", path.join(work, "called")];
  const both = await relpos(...compare, "--learning-rate", "1", "--learning-rates", "1,2");
  expect(both.stderr).toMatch(
    /--learning-rates <list>.* cannot be used with .*--learning-rate <x>/,
  );
  // It ends before it trains: the train length exceeds the text.
  const call = ["--learning-rates", "0.1,0.2,0.3", "--train-length", "3000", "--seeds", "1,2"];
  const { stderr, code } = await relpos(...compare, "--encodings", "none,rope", ...call);
  expect(code).toBe(2);
  expect(stderr).toMatch(
    /^10 models are trained: 6 to choose among 3 learning rates for each encoding, then 4\n/,
  );
});
