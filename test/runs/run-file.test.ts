import fs from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { InputError, RunError } from "../../src/errors.ts";
import { originByNames } from "../../src/runs/run-differences.ts";
import type { RunDocument } from "../../src/runs/run-document.ts";
import { keepRunFile, readRunFile } from "../../src/runs/run-file.ts";
import { checkpointBytes } from "../../src/runs/run-storage.ts";
import { exampleCheckpoint, exampleComparison, exampleRun, writeExampleRun } from "./example-run.ts";

let folder: string;
beforeEach(async () => {
  folder = await fs.mkdtemp(path.join(os.tmpdir(), "relpos-run-file-"));
});
afterEach(async () => {
  vi.restoreAllMocks();
  await fs.rm(folder, { recursive: true });
});
const file = (): string => path.join(folder, "run.json");
const failing = (code: string): Error => Object.assign(new Error(`${code}: injected`), { code });

describe("keepRunFile", () => {
  test.each<[string, RunDocument]>([
    ["a run of one model", exampleRun],
    ["a comparison", exampleComparison],
    ["an own encoding", { ...exampleRun, encoding: { id: "mine", file: { path: "./mine.ts", sha256: "ab" } } }],
  ])("writes %s, which reads back as it was", async (_, document) => {
    await keepRunFile(folder, document);
    expect(await readRunFile(folder)).toEqual(document);
    expect(await fs.readFile(file(), "utf8")).toMatch(/^\{\n {2}"schema": "relpos-run\/1"/);
  });

  test("leaves the file of the same run, wherever its texts and encodings are now", async () => {
    const at = (place: string): RunDocument => ({
      ...exampleRun,
      corpus: { from: { paths: [`${place}/a.txt`, `${place}/b.txt`] }, sha256: "cd", cut: "line" },
      encoding: { id: "mine", file: { path: `${place}/mine.ts`, sha256: "ab" } },
    });
    await keepRunFile(folder, at("here"));
    const before = await fs.readFile(file(), "utf8");
    await keepRunFile(folder, at("there"));
    expect(await fs.readFile(file(), "utf8")).toBe(before);
  });

  test("refuses another run, with each setting that differs and both values", async () => {
    await keepRunFile(folder, exampleRun);
    const other: RunDocument = {
      ...exampleRun,
      seed: 8,
      model: { ...exampleRun.model, dropout: 0.2 },
      encoding: { id: "alibi" },
      settings: { steps: 3, clipNorm: 1 },
    };
    const keeping = keepRunFile(folder, other);
    await expect(keeping).rejects.toBeInstanceOf(InputError);
    await expect(keeping).rejects.toThrow(
      `${folder} holds a run that differs in model.dropout (0.1 there, 0.2 given), ` +
        `settings.clipNorm (nothing there, 1 given), encoding.id ("rope(base=500)" there, "alibi" given), ` +
        `seed (7 there, 8 given), settings.batch (2 there, nothing given). ` +
        `Choose another folder, or give the settings that the run was made with.`,
    );
    expect(await readRunFile(folder)).toEqual(exampleRun);
  });

  test("where run.json was removed, the checkpoint says what the run was made with", async () => {
    writeExampleRun(folder);
    await fs.rm(file());
    const keeping = keepRunFile(folder, { ...exampleRun, seed: 8, settings: { steps: 9, batch: 2 } });
    await expect(keeping).rejects.toBeInstanceOf(InputError);
    await expect(keeping).rejects.toThrow(
      /checkpoint\.safetensors is of a run that differs in seed \(7 there, 8 given\), settings\.steps \(3 there, 9 given\)/,
    );
    await expect(fs.access(file())).rejects.toThrow("ENOENT");
    await keepRunFile(folder, exampleRun);
    expect(await readRunFile(folder)).toEqual(exampleRun);
  });

  test("where run.json was removed beside a checkpoint that does not say it, nothing goes on", async () => {
    const bytes = checkpointBytes(exampleCheckpoint(exampleRun));
    await fs.writeFile(path.join(folder, "checkpoint.safetensors"), bytes);
    await expect(keepRunFile(folder, exampleRun)).rejects.toThrow(/does not say what it was made with/);
    await expect(fs.access(file())).rejects.toThrow("ENOENT");
  });

  test.each<[string, RunDocument, RegExp]>([
    [
      "text",
      { ...exampleRun, corpus: { ...exampleRun.corpus!, sha256: "1".repeat(64) } },
      /corpus\.sha256 \("0{38}… there, "1{38}… given\)\. Choose/,
    ],
    [
      "version",
      { ...exampleRun, versions: { relpos: "9.0.0", onnxruntime: "1.30.0" } },
      /versions\.relpos \("0\.1\.0" there, "9\.0\.0" given\)/,
    ],
    ["kind", exampleComparison, /the kind of run \("train" there, "compare" given\)/],
  ])("refuses another %s", async (_, other, message) => {
    await keepRunFile(folder, exampleRun);
    await expect(keepRunFile(folder, other)).rejects.toThrow(message);
  });

  test("compares values and not text: keys in another order are the same run", async () => {
    const turned = (value: unknown): unknown =>
      typeof value !== "object" || value === null || Array.isArray(value)
        ? value
        : Object.fromEntries(Object.entries(value).reverse().map(([key, each]) => [key, turned(each)]));
    for (const run of [exampleRun, exampleComparison]) {
      await fs.rm(file(), { force: true });
      await keepRunFile(folder, run);
      const before = await fs.readFile(file(), "utf8");
      expect(JSON.stringify(turned(run))).not.toBe(JSON.stringify(run));
      await keepRunFile(folder, turned(run) as RunDocument);
      expect(await fs.readFile(file(), "utf8")).toBe(before);
    }
  });

  test.each<[readonly string[], object, string]>([
    [["steps"], { steps: 9, warmup: 1 }, "settings.steps (3 there, 9 given). Choose"],
    [["steps", "warmup"], { steps: 9, warmup: 1 }, "settings.steps (3 there, 9 given), settings.warmup (nothing there, 1 given). Choose"],
    [[], { steps: 9 }, "settings.steps (3 there, 9 by default). Choose"],
    [[], { warmup: 1 }, "settings.warmup (nothing there, 1 given). Choose"],
  ])("given %j, %j: names what differs and never nothing", async (given, settings, words) => {
    await keepRunFile(folder, exampleRun);
    const now = { ...exampleRun, settings: { ...exampleRun.settings, ...settings } };
    await expect(keepRunFile(folder, now, { originOf: originByNames(given) })).rejects.toThrow(
      `holds a run that differs in ${words}`,
    );
  });

  test("replaces what may be changed, and records it with its time of beginning", async () => {
    await keepRunFile(folder, exampleRun);
    const began = new Date(2026, 0, 2);
    await fs.utimes(file(), began, began);
    const told: string[] = [];
    for (const steps of [5, 8])
      await keepRunFile(folder, { ...exampleRun, settings: { ...exampleRun.settings, steps } }, {
        allows: ({ name }) => name === "settings.steps",
        stepsDone: () => Promise.resolve(steps - 2),
        onChange: (differences) => Promise.resolve(void told.push(...differences.map(({ name }) => name))),
      });
    expect(await readRunFile(folder)).toEqual({
      ...exampleRun,
      settings: { ...exampleRun.settings, steps: 8 },
      changes: [
        { step: 3, name: "settings.steps", before: 3, now: 5 },
        { step: 6, name: "settings.steps", before: 5, now: 8 },
      ],
    });
    expect((await fs.stat(file())).mtime).toEqual(began);
    expect(told).toEqual(["settings.steps", "settings.steps"]);
  });

  test("names at most five settings", async () => {
    await keepRunFile(folder, exampleRun);
    const settings = { a: 1, b: 2, c: 3, d: 4 };
    await expect(keepRunFile(folder, { ...exampleRun, settings })).rejects.toThrow(
      /settings\.d \(nothing there, 4 given\), settings\.steps \(3 there, nothing given\) and 1 more\. Choose/,
    );
  });

  test("writes nothing that could not be read", async () => {
    const broken = { ...exampleRun, settings: { rate: NaN }, seed: NaN };
    await expect(keepRunFile(folder, broken)).rejects.toThrow('run.json: "seed" must be a number, got null');
    expect(await fs.readdir(folder)).toEqual([]);
  });

  test("on a full disk it says so and leaves nothing", async () => {
    vi.spyOn(fs, "rename").mockRejectedValueOnce(failing("ENOSPC"));
    await expect(keepRunFile(folder, exampleRun)).rejects.toThrow(
      /^cannot write .*run\.json: the disk is full\. .* Free some space/,
    );
    expect(await fs.readdir(folder)).toEqual([]);
  });
});

describe("readRunFile refuses", () => {
  const changed = (change: object): string => JSON.stringify({ ...exampleRun, ...change });
  const without = (name: keyof typeof exampleRun): string => changed({ [name]: undefined });

  test.each<[string, string, typeof InputError | typeof RunError, string]>([
    ["an empty file", "", RunError, "run.json is not JSON: it is empty. Restore it"],
    ["a truncated file", JSON.stringify(exampleRun).slice(0, 99), RunError, "run.json is not JSON: "],
    ["a list", "[1, 2]", InputError, "run.json is not of relpos: it must be an object, got a list. Choose"],
    ["null", "null", InputError, "run.json is not of relpos: it must be an object, got null."],
    [
      "a file from before it had a version",
      without("schema"),
      InputError,
      'run.json has no "schema": it was written by relpos before it recorded one, and relpos 0.1.0 reads ' +
        '"relpos-run/1". Open it with that version, restore it from a copy if it was changed, or train again in another folder.',
    ],
    [
      "another version",
      changed({ schema: "relpos-run/2", versions: { relpos: "0.9.0" } }),
      InputError,
      'run.json was written by relpos 0.9.0 as "relpos-run/2"; relpos 0.1.0 reads "relpos-run/1".',
    ],
    ["a schema that is no text", changed({ schema: 3 }), InputError, "run.json was written by relpos 0.1.0 as 3;"],
    [
      "an unknown kind",
      changed({ kind: "trains" }),
      InputError,
      'kind of run "trains" is unknown. Did you mean "train"? Known: train, trial, pairs, compare.',
    ],
    ["no kind", without("kind"), RunError, 'run.json is damaged: "kind" is missing. Restore it'],
    ["a missing key", without("seed"), RunError, '"seed" is missing. Restore it from a copy, or start'],
    ["a missing inner key", changed({ model: { ...exampleRun.model, heads: undefined } }), RunError, '"model.heads" is missing.'],
    ["a key too many", changed({ sed: 1 }), RunError, '"sed" is not a key of this document.'],
    [
      "an inner key too many",
      changed({ model: { ...exampleRun.model, head: 2 } }),
      RunError,
      '"model.head" is not a key of this document.',
    ],
    ["a key of another kind of run", changed({ seeds: [1] }), RunError, '"seeds" is not a key'],
    ["a word where a number belongs", changed({ seed: "one" }), RunError, '"seed" must be a number, got "one".'],
    ["a number out of bounds", changed({ trainLength: 0 }), RunError, '"trainLength" must be 1 or more, got 0.'],
    ["a share of 1", changed({ model: { ...exampleRun.model, dropout: 1 } }), RunError, '"model.dropout" must be below 1, got 1.'],
    ["a fraction", changed({ trainLength: 1.5 }), RunError, '"trainLength" must be a whole number, got 1.5.'],
    [
      "an unknown word",
      changed({ model: { ...exampleRun.model, norm: "batch" } }),
      RunError,
      '"model.norm" must be "layer" or "rms", got "batch".',
    ],
    ["an unknown tokenizer", changed({ tokenizer: { id: "bpe" } }), RunError, '"tokenizer.id" cannot be "bpe".'],
    [
      "a corpus from nowhere",
      changed({ corpus: { ...exampleRun.corpus, from: {} } }),
      RunError,
      '"corpus.from.name" is missing.',
    ],
  ])("%s", async (_, text, kind, message) => {
    await fs.writeFile(file(), text);
    const reading = readRunFile(folder);
    await expect(reading).rejects.toThrow(message);
    await expect(reading).rejects.toBeInstanceOf(kind);
    await expect(reading).rejects.toThrow(file());
    // A run that goes on refuses it too, and leaves it.
    await expect(keepRunFile(folder, exampleRun)).rejects.toThrow(message);
    expect(await fs.readFile(file(), "utf8")).toBe(text);
  });

  test("a folder without the file, a file, and a place where nothing is", async () => {
    await expect(readRunFile(folder)).rejects.toThrow(
      /holds no run: it has no run\.json\. Give the folder that relpos train or compare wrote/,
    );
    await fs.writeFile(path.join(folder, "notes.txt"), "");
    await expect(readRunFile(path.join(folder, "notes.txt"))).rejects.toThrow(
      /notes\.txt is a file\. Give the folder of a run, which holds run\.json/,
    );
    await expect(readRunFile(path.join(folder, "nowhere"))).rejects.toThrow(
      /nowhere does not exist\. Check the path/,
    );
  });

  test("a folder and a file that this user may not read", async () => {
    await fs.writeFile(file(), JSON.stringify(exampleRun));
    vi.spyOn(fs, "readFile").mockRejectedValueOnce(failing("EACCES"));
    await expect(readRunFile(folder)).rejects.toThrow(/run\.json may not be read by this user/);
    vi.spyOn(fs, "access").mockRejectedValueOnce(failing("EACCES"));
    await expect(readRunFile(folder)).rejects.toThrow(/run\.json may not be read by this user/);
  });
});
