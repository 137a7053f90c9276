import fs from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { checkpointBytes, readCheckpoint } from "../../src/runs/run-storage.ts";
import { parseResults } from "../../src/comparison/parse-results.ts";
import { isRanked } from "../../src/comparison/ranked.ts";
import { isMeasured } from "../../src/comparison/trial-record.ts";
import type { Results } from "../../src/comparison/results.ts";
import { version } from "../../src/version.ts";
import { filesIn, relpos, tinyModel, workplace } from "./relpos.ts";
import type { Outcome } from "./relpos.ts";

const { folder, text, remove } = workplace("compare");
afterAll(remove);

const out = path.join(folder, "comparison");
const chosen = ["none", "learned", "rope", "alibi"];
const args = [
  ...["compare", "--text", text, ...tinyModel],
  ...["--encodings", chosen.join(","), "--seeds", "1,2"],
  ...["--train-length", "16", "--test-lengths", "32,16", "--steps", "6", "--stride", "8"],
  ...["--out", out],
];

describe("a comparison of four encodings with two seeds", () => {
  let call: Outcome;
  let results: Results;
  beforeAll(async () => {
    call = await relpos(...args, "--json");
    expect(call.code, call.stderr).toBe(0);
    results = parseResults(call.stdout);
  }, 60_000);

  test("prints one document, which is results.json; everything else goes to standard error", async () => {
    expect(await fs.readFile(path.join(out, "results.json"), "utf8")).toBe(call.stdout);
    expect(call.stdout.trimEnd().split("\n")).toHaveLength(1);
    expect(call.stderr).toMatch(/\[8\/8\] \w+-\d {2}training loss \d/);
  });

  test("says what was run, with what, where", () => {
    expect(results.schema).toBe("relpos-compare/2");
    expect(results.relpos).toBe(version);
    expect(results.command).toContain("npx relpos compare --text ");
    expect(results.command).toContain("--encodings none,learned,rope,alibi --seeds 1,2 ");
    expect(results.startedAt).toMatch(/^\d{4}-\d\d-\d\dT/);
    expect(results.environment).toMatchObject({ node: process.version, device: "cpu", threads: 1 });
    expect(results.environment.onnxruntime).toMatch(/^1\.\d+/);
    expect(results.configuration).toMatchObject({
      encodings: chosen,
      seeds: [1, 2],
      tokenizer: "byte",
      vocab: 256,
      model: { width: 16, heads: 2, layers: 1, hidden: 64 },
      trainLength: 16,
      testLengths: [16, 32],
      steps: 6,
      batch: 2,
      stride: 8,
    });
    const { configuration } = results;
    if (!("corpus" in configuration)) throw new Error("not a comparison on text");
    const { bytes, trainBytes, validationBytes } = configuration.corpus;
    expect(trainBytes + validationBytes).toBe(bytes);
    expect(bytes).toBeGreaterThan(20_000);
  });

  test("has every trial, with cost, training loss and both protocols at each length", () => {
    expect(results.trials.map(({ encoding, seed }) => `${encoding}-${seed}`).sort()).toEqual(
      chosen.flatMap((encoding) => [`${encoding}-1`, `${encoding}-2`]).sort(),
    );
    for (const trial of results.trials) {
      expect(trial.parameters).toBeGreaterThan(256 * 16);
      expect(trial.secondsPerStep).toBeGreaterThan(0);
      expect(trial.peakMemoryBytes).toBeGreaterThan(5e7);
      expect(trial.trainingLoss.map(({ step }) => step)).toEqual([0, 1, 2, 3, 4, 5]);
      expect(trial.trainingLoss[0]!.loss).toBeCloseTo(Math.log(256), 1);
      expect(trial.evaluations.map(({ length, protocol }) => [length, protocol])).toEqual([
        [16, "windows"],
        [16, "sliding"],
        [32, "windows"],
        [32, "sliding"],
      ]);
    }
  });

  test("measures the same tokens everywhere, and says why where it cannot", () => {
    for (const { encoding, evaluations, lossByPosition } of results.trials)
      for (const entry of evaluations) {
        if (encoding === "learned" && entry.length === 32) {
          expect(entry).toEqual({ ...entry, unsupported: "its table has 16 rows, one a position" });
          continue;
        }
        if (!isMeasured(entry)) throw new Error(`${encoding} at ${entry.length}: not measured`);
        expect(entry.tokens).toBe(512);
        const { bitsPerByte, perplexity } = entry.values;
        expect(bitsPerByte).toBeCloseTo(Math.log2(perplexity!), 4); // bytes are tokens
        const { bits = [], bytes = [] } = entry.items;
        const total = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);
        expect(total(bytes)).toBe(512);
        expect(total(bits) / 512).toBeCloseTo(bitsPerByte!, 10);
        expect(lossByPosition).toHaveLength(encoding === "learned" ? 16 : 32);
      }
  });

  test("judges each encoding at each length by its mean over the seeds", () => {
    expect(results.comparison).toHaveLength(2 * 2 * 4);
    for (const row of results.comparison) {
      if (!isRanked(row)) {
        expect(row).toMatchObject({ encoding: "learned", length: 32 });
        continue;
      }
      const measured = results.trials
        .filter(({ encoding }) => encoding === row.encoding)
        .map(({ evaluations }) =>
          evaluations.find(
            ({ length, protocol }) => length === row.length && protocol === row.protocol,
          ),
        );
      const bits = measured.map((entry) =>
        entry && isMeasured(entry) ? entry.values["bitsPerByte"] : NaN,
      );
      expect(row.value).toBeCloseTo((bits[0]! + bits[1]!) / 2, 10);
      expect(row.difference.worseSeeds).toBeLessThanOrEqual(2);
    }
  });

  test("leaves whole files and nothing else: no locks, nothing temporary", async () => {
    const trial = (name: string): string[] =>
      [
        ...[".relpos", "checkpoint.safetensors", "cost.json", "metrics.jsonl"],
        ...["result.json", "run.json"],
      ].map((file) => `trials/${name}/${file}`);
    const names = chosen.flatMap((encoding) => [`${encoding}-1`, `${encoding}-2`]);
    const figures = [
      ...["by-length-sliding", "by-length-windows", "by-position", "training-loss"],
      ...results.configuration.testLengths.map((length) => `difference-windows-${length}`),
    ].map((name) => `report-figures/${name}.svg`);
    const tables = (await filesIn(out)).filter((file) => file.startsWith("report-tables/"));
    expect(tables).toEqual(expect.arrayContaining(["report-tables/comparison.csv"]));
    expect(await filesIn(out)).toEqual(
      [
        ".relpos",
        "costs.json",
        ...figures,
        ...tables,
        "report.html",
        "results.json",
        "run.json",
        ...names.flatMap(trial),
      ].sort(),
    );
  });

  test("trains fairly: the same first losses where no position is learned, the same batches", async () => {
    // Before the first step all weights that two models share are equal, and so is the batch. What is left is
    // what the encoding itself does to untrained scores, which start near zero.
    const first = (encoding: string, seed: number): number =>
      results.trials.find((trial) => trial.encoding === encoding && trial.seed === seed)!
        .trainingLoss[0]!.loss;
    for (const seed of [1, 2])
      for (const encoding of ["rope", "alibi"])
        expect(Math.abs(first(encoding, seed) - first("none", seed))).toBeLessThan(1e-3);
    expect(Math.abs(first("none", 1) - first("none", 2))).toBeGreaterThan(1e-3);
    for (const encoding of chosen) {
      const file = path.join(out, "trials", `${encoding}-1`, "checkpoint.safetensors");
      expect((await readCheckpoint(file))!.step).toBe(6);
    }
  });

  test("again: nothing is trained, the table is printed, and the numbers are those", async () => {
    const again = await relpos(...args);
    expect(again.code).toBe(0);
    expect(again.stderr).toContain("8 of 8 trials were finished before");
    for (const encoding of chosen) expect(again.stdout).toMatch(new RegExp(`^${encoding} `, "m"));
    expect(again.stdout).toContain("- [1] learned: its table has 16 rows, one a position");
    expect(again.stdout).toContain(`Report:  ${path.join(out, "report.html")}`);
    const written = parseResults(await fs.readFile(path.join(out, "results.json"), "utf8"));
    expect({ ...written, command: "" }).toEqual({ ...results, command: "" });
  });

  test("with other settings, the same folder is refused", async () => {
    const other = await relpos(...args, "--steps", "7", "--seeds", "3");
    expect(other.code).toBe(2);
    expect(other.stderr).toMatch(
      /comparison holds a run that differs in settings\.steps \(6 there, 7 given\)\. Choose .* Further encodings and seeds can be given/,
    );
  });
});

describe("a trial that diverges", () => {
  const diverging = [
    ...["compare", "--text", text, ...tinyModel, "--train-length", "16", "--test-lengths", "16"],
    ...["--steps", "8", "--warmup", "0", "--learning-rate", "1e12"],
  ];

  test("in all: results are written, the reason is told, the exit code is 1", async () => {
    const place = path.join(folder, "diverged");
    const { code, stdout, stderr } = await relpos(
      ...[...diverging, "--encodings", "none,alibi", "--out", place, "--json"],
    );
    expect(code).toBe(1);
    expect(stderr).toMatch(/none-1 {2}training diverged: at step \d+ the \w+ became \w+, first in/);
    expect(stderr).toMatch(/relpos: training diverged in every trial\. Lower --learning-rate/);
    const { trials, comparison } = parseResults(stdout);
    for (const { evaluations, trainingLoss } of trials) {
      const [entry] = evaluations;
      expect(entry && !isMeasured(entry) && entry.unsupported).toMatch(
        /^training diverged at step \d+, first in \S+ \(seed [12]\)$/,
      );
      expect(trainingLoss.length).toBeGreaterThan(0);
    }
    expect(comparison.every((row) => !isRanked(row))).toBe(true);
    expect(await fs.readFile(path.join(place, "report.html"), "utf8")).toContain("diverged");
  });

  test("in one: the others go on, and the exit code is 0", async () => {
    const place = path.join(folder, "one-diverged");
    // A trial that is poisoned: its checkpoint holds a number that is none.
    const healthy = [...diverging, "--learning-rate", "1e-3", "--encodings", "none,alibi"];
    const trial = path.join(place, "trials", "alibi-1");
    expect((await relpos(...healthy, "--out", place)).code).toBe(0);
    const file = path.join(trial, "checkpoint.safetensors");
    const { tensors, run } = (await readCheckpoint(file))!;
    const poisoned = new Map(tensors);
    const name = "blocks.0.feedForward.down.weight";
    const { shape, data } = poisoned.get(name)!;
    poisoned.set(name, { shape, data: data.map((x, at) => (at === 3 ? NaN : x)) });
    await fs.writeFile(file, checkpointBytes({ step: 4, tensors: poisoned, run: run! }));
    const metrics = (await fs.readFile(path.join(trial, "metrics.jsonl"), "utf8")).split("\n");
    await fs.writeFile(path.join(trial, "metrics.jsonl"), `${metrics.slice(0, 4).join("\n")}\n`);
    await fs.rm(path.join(trial, "result.json"));

    const { code, stdout, stderr } = await relpos(...healthy, "--out", place);
    expect(code, stderr).toBe(0);
    expect(stderr).toMatch(
      /alibi-1 {2}training diverged: at step 4 .*, first in parameter blocks\.0\.feedForward\.down\.weight\./,
    );
    expect(stdout).toMatch(/^none .* \*/m);
    expect(stdout).toContain(
      "alibi: training diverged at step 4, first in parameter blocks.0.feedForward.down.weight (seed 1)",
    );
    // How to go on is said at the end, and where it is tried in the same folder.
    expect(stderr).toMatch(
      /relpos: training diverged in alibi-1; the other trials keep their results in /,
    );
    const advised = /A lower one for all: npx relpos (.*?) ; the best of several/.exec(stderr)![1]!;
    const kept = await fs.readFile(path.join(place, "results.json"), "utf8");
    const same = await relpos(...healthy, "--learning-rate", "1e-4", "--out", place);
    expect(same.code).toBe(2);
    expect(same.stderr).toMatch(
      /Training diverged in alibi-1 and not in the other trials, whose results are kept here: give another --out/,
    );
    const lower = await relpos(...advised.split(" "));
    expect(lower.code, lower.stderr).toBe(0);
    expect(lower.stderr).not.toContain("diverged");
    expect(await fs.readFile(path.join(place, "results.json"), "utf8")).toBe(kept);
    const { trials } = parseResults(await fs.readFile(`${place}-lower/results.json`, "utf8"));
    expect(trials.every(({ evaluations }) => evaluations.every(isMeasured))).toBe(true);
  });
});
