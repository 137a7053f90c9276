/**
 * Reference runs: commands that make the same model, a run that is taken up again, records and the page.
 */
import { mkdtempSync } from "node:fs";
import fs from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { format } from "prettier";
import { afterAll, describe, expect, test } from "vitest";
import { referenceSection } from "../../docs/make/results-reference.ts";
import { commandText, evaluateWords, trainWords } from "../../reproduce/reference/commands.ts";
import { knownPairs } from "../../reproduce/reference/known-pairs.ts";
import { bootstrapInterval } from "../../reproduce/reference/interval.ts";
import { ownFrequent, readReferences } from "../../reproduce/reference/record.ts";
import type { ReferenceRecord } from "../../reproduce/reference/record.ts";
import { folderOf } from "../../reproduce/reference/reference-run.ts";
import type { ReferenceRun } from "../../reproduce/reference/reference-run.ts";
import { reproduceReferences } from "../../reproduce/reference/reproduce-references.ts";
import { referenceRuns } from "../../reproduce/reference/runs.ts";
import { evaluateCommand } from "../../src/cli/evaluate-options.ts";
import type { EvaluateOptions } from "../../src/cli/evaluate-options.ts";
import { generationOf } from "../../src/cli/flag-names.ts";
import { pairChoice } from "../../src/cli/pair-choice.ts";
import { trainCommand } from "../../src/cli/train-options.ts";
import type { TrainOptions } from "../../src/cli/train-options.ts";
import { pairSettingsOf } from "../../src/cli/train.ts";
import { loadTestPairs } from "../../src/data/pairs/load-pairs.ts";
import { wordTokenizer } from "../../src/data/word-tokenizer.ts";
import { exactText } from "../../src/measures/text/ranked-texts.ts";
import { pairMeasures } from "../../src/runs/pair-measures.ts";

const records = fileURLToPath(new URL("../../docs/results/reference", import.meta.url));
const place = mkdtempSync(path.join(os.tmpdir(), "relpos-reference-"));
afterAll(() => fs.rm(place, { recursive: true, force: true }));

/** The words of a printed command as a shell reads it, without `npx relpos` and the name. */
function wordsOf(text: string): readonly string[] {
  expect(text).not.toMatch(/['"$;&|<>()*?]/);
  const [npx, relpos, , ...words] = text.replaceAll("\\\n", "").split(" ");
  expect([npx, relpos]).toEqual(["npx", "relpos"]);
  return words;
}

describe.each(referenceRuns)("$id", (run) => {
  test("the printed command of the training has its settings, and none else", async () => {
    let given: TrainOptions = {};
    const command = trainCommand((options) => {
      given = options;
      return Promise.resolve();
    });
    await command.parseAsync([...wordsOf(commandText(trainWords(run)))], { from: "user" });
    expect(pairSettingsOf(given)).toEqual(run.settings);
    expect(given.out).toBe(`runs/reproduce/${folderOf(run)}`);
  });

  test("the printed commands judge that model on its tests, in the declared way", async () => {
    for (const one of run.tests) {
      let given: Partial<EvaluateOptions> = {};
      let folder: string | undefined;
      const command = evaluateCommand((named, options) => {
        folder = named;
        given = options;
        return Promise.resolve();
      });
      await command.parseAsync([...wordsOf(commandText(evaluateWords(run, one)))], {
        from: "user",
      });
      expect(folder).toBe(`runs/reproduce/${folderOf(run)}`);
      expect(pairChoice(given.data!)).toEqual({ files: one.files });
      expect(generationOf(given)).toEqual(run.generation);
      expect(given).toMatchObject({ device: "cpu", threads: 0 });
    }
  });

  test("shows measures that its task has, and its words end as sentences", () => {
    const known = pairMeasures[run.settings.task].map(({ id }) => id);
    for (const id of run.measures) expect(known).toContain(id);
    for (const words of [run.about, run.published]) expect(words).toMatch(/\.$/);
    const ids = run.tests.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });
});

test("the records are of declared runs, with their settings and tests, and values within their intervals", () => {
  for (const [id, record] of readReferences(records)) {
    const run = referenceRuns.find((one) => one.id === id)!;
    expect(record.settings, id).toEqual(run.settings);
    expect(record.tests.map((one) => one.id)).toEqual(run.tests.map((one) => one.id));
    expect(record.model.steps).toBeLessThanOrEqual(run.settings.steps);
    for (const { values, pairs } of record.tests) {
      expect(pairs).toBeGreaterThan(100);
      for (const { value, low, high } of Object.values(values)) {
        expect(low).toBeLessThanOrEqual(value);
        expect(high).toBeGreaterThanOrEqual(value);
      }
    }
  }
});

describe("pairs of a test", () => {
  test("with a word that the tokenizer has not are kept apart, and the others are in a file of their own", async () => {
    const file = path.join(place, "some.tsv");
    await fs.writeFile(file, "is it red\tred\nis it blue\tpink,red\nis it\tblue\n");
    const tokenizer = wordTokenizer(["is it red blue"]);
    const known = await knownPairs(tokenizer, [file], path.join(place, "known", "1.jsonl"));
    expect(known.unknown).toEqual([{ source: "is it blue", target: "pink,red" }]);
    expect((await loadTestPairs({ files: known.files })).pairs).toEqual([
      { source: "is it red", target: "red" },
      { source: "is it", target: "blue" },
    ]);
    await fs.writeFile(file, "is it red\tred\n");
    expect(await knownPairs(tokenizer, [file], "never/written")).toEqual({
      files: [file],
      unknown: [],
    });
  });
});

describe("an interval", () => {
  test("of half right answers of 1,000 has the width of a binomial share, and of equal ones none", () => {
    const exact = Array.from({ length: 1000 }, (_, at) => at % 2);
    const column = Object.keys(exactText.contributes)[0]!;
    const { low, high } = bootstrapInterval(exactText, { [column]: exact });
    expect(low).toBeCloseTo(0.5 - 1.96 * Math.sqrt(0.25 / 1000), 2);
    expect(high).toBeCloseTo(0.5 + 1.96 * Math.sqrt(0.25 / 1000), 2);
    expect(bootstrapInterval(exactText, { [column]: [1, 1, 1] })).toEqual({ low: 1, high: 1 });
  });
});

const answers = ["red", "blue", "green"];
const lines = Array.from({ length: 40 }, (_, at) => `what is ${at}\t${answers[at % 3]!}`);
const small: ReferenceRun = {
  ...{ id: "small", title: "Small", about: "Few.", published: "Much.", sources: [] },
  settings: {
    task: "answer",
    data: { files: [path.join(place, "train.tsv")] },
    ...{ tokenizer: "byte", width: 8, heads: 2, encoderLayers: 1, decoderLayers: 1 },
    ...{ batch: 8, shapes: 1, steps: 4, checkpointEvery: 2, seed: 3, threads: 1 },
  },
  tests: [
    {
      id: "other",
      files: [path.join(place, "test.tsv")],
      training: [path.join(place, "own.tsv")],
    },
  ],
  generation: { maxTokens: 4 },
  measures: ["exactText"],
  against: "lead",
  pass: { least: 0.95, failed: 0, error: 0.01 },
};

/** Runs it in a folder, stopped after so many milliseconds at most. */
async function reproduced(
  folder: string,
  stop?: AbortController,
): Promise<ReferenceRecord | undefined> {
  const results = path.join(place, folder, "results");
  await reproduceReferences({
    runs: [small],
    ...{ folder: path.join(place, folder), results },
    signal: stop?.signal ?? new AbortController().signal,
    say: (line) => line.includes("step ") && stop?.abort(),
  });
  return readReferences(path.join(results, "reference")).get("small");
}

describe("a reference run", () => {
  test("that was stopped goes on and ends with the record of one that was not; the page has its numbers", async () => {
    await fs.writeFile(path.join(place, "train.tsv"), `${lines.join("\n")}\n`);
    await fs.writeFile(path.join(place, "test.tsv"), `${lines.slice(0, 9).join("\n")}\n`);
    await fs.writeFile(path.join(place, "own.tsv"), "a\tblue\nb\tblue\nc\tred\n");
    expect(await reproduced("stopped", new AbortController())).toBeUndefined();
    const [stopped, whole] = [(await reproduced("stopped"))!, (await reproduced("whole"))!];
    const without = ({ model, ...rest }: ReferenceRecord): object => ({
      ...rest,
      model: { ...model, processorSeconds: undefined },
    });
    expect(without(stopped)).toEqual(without(whole));
    expect(stopped.model.processorSeconds).toBeGreaterThan(0);
    expect(whole.model).toMatchObject({ steps: 4 });
    expect(whole.tests[0]).toMatchObject({ id: "other", pairs: 9 });
    expect(whole.tests[0]!.notes).toContain("other: 8 of 9 sources are also trained on.");

    const own = whole.tests[0]!.yardsticks.find(({ name }) => name === ownFrequent)!;
    // Three of the nine right answers are "blue".
    expect(own.values["exactText"]).toBeCloseTo(1 / 3, 5);

    const section = referenceSection([small], new Map([["small", whole]]));
    const page = `${section.replace(/\n{3,}/g, "\n\n").trimEnd()}\n`;
    const { value } = whole.tests[0]!.values["exactText"]!;
    expect(page).toContain(`The mean error is ${(100 * (1 - value)).toFixed(1)} % (± `);
    expect(page).toContain(
      "higher than the published 1.0 %; 1 of 1 tasks fail, where 0 were published.",
    );
    expect(page).toContain("4 steps of 8 pairs; seed 3.");
    expect(page).not.toMatch(/NaN|undefined|\[object/);
    expect(page).toBe(await format(page, { parser: "markdown", printWidth: 100 }));
  }, 120_000);

  test("whose files are missing is skipped, and a file that is no record is never replaced", async () => {
    const said: string[] = [];
    const results = path.join(place, "foreign");
    const given = { folder: place, results, signal: new AbortController().signal };
    const gone = { ...small, tests: [{ id: "other", files: ["no/such.tsv"] }] };
    const say = (line: string): void => void said.push(line);
    expect(await reproduceReferences({ ...given, say, runs: [gone] })).toEqual([]);
    expect(said).toEqual([expect.stringContaining("skipped, it reads no/such.tsv")]);
    await fs.mkdir(path.join(results, "reference"), { recursive: true });
    await fs.writeFile(path.join(results, "reference", "small.json"), "mine\n");
    await expect(reproduceReferences({ ...given, say, runs: [small] })).rejects.toThrow(
      /small\.json is no record/,
    );
  });
});
