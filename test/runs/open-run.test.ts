import fs from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { InputError, RunError } from "../../src/errors.ts";
import { openRun } from "../../src/runs/open-run.ts";
import { identityOf } from "../../src/runs/run-identity.ts";
import { checkpointBytes, fileStorage } from "../../src/runs/run-storage.ts";
import type { ModelRun } from "../../src/runs/run-document.ts";
import { exampleCheckpoint, exampleComparison, exampleRun, writeExampleRun } from "./example-run.ts";

let folder: string;
beforeEach(async () => {
  folder = await fs.mkdtemp(path.join(os.tmpdir(), "relpos-open-run-"));
});
afterEach(async () => {
  await fs.rm(folder, { recursive: true });
});
const at = (name: string): string => path.join(folder, name);

describe("openRun", () => {
  test("gives model, weights, tokenizer, configuration, step and metrics", async () => {
    writeExampleRun(at("run"));
    const run = await openRun(at("run"));
    expect(run.model.config).toEqual(exampleRun.model);
    expect(run.model.encoding.id).toBe("rope(base=500)");
    const { tensors } = exampleCheckpoint(exampleRun);
    expect([...run.weights.keys()]).toEqual(run.model.parameters.specs.map(({ name }) => name));
    for (const [name, { shape, data }] of run.weights)
      expect({ name, shape, data }).toEqual({ name, ...tensors.get(name)! });
    expect(run.tokenizer!.decode([1, 2, 3])).toBe("abc");
    expect(run.configuration).toEqual(exampleRun);
    expect(run.step).toBe(3);
    expect(run.metrics.map(({ step }) => step)).toEqual([0, 1, 2]);
  });

  test("opens a folder that was moved", async () => {
    writeExampleRun(at("run"));
    await fs.mkdir(at("elsewhere"));
    await fs.rename(at("run"), at("elsewhere/other"));
    const { step, folder: place } = await openRun(at("elsewhere/other"));
    expect([step, place]).toEqual([3, at("elsewhere/other")]);
  });

  test("a run on a task has no tokenizer", async () => {
    const { tokenizer, corpus, ...task } = exampleRun;
    writeExampleRun(at("run"), task);
    expect((await openRun(at("run"))).tokenizer).toBeUndefined();
    expect([tokenizer, corpus]).not.toContain(undefined);
  });
});

describe("a comparison", () => {
  const alibi: ModelRun = { ...exampleRun, kind: "trial", encoding: { id: "alibi" } };
  beforeEach(async () => {
    await fs.writeFile(at("run.json"), JSON.stringify(exampleComparison));
  });
  const withTrials = (): void => {
    writeExampleRun(at("trials/rope(base=500)-7"), { ...exampleRun, kind: "trial" });
    writeExampleRun(at("trials/alibi-7"), alibi);
  };

  test("opens a trial by name or by its folder", async () => {
    withTrials();
    await fs.mkdir(at("trials/none-7")); // has not begun
    for (const run of [openRun(folder, { trial: "alibi-7" }), openRun(at("trials/alibi-7"))]) {
      const { model, configuration } = await run;
      expect(model.encoding.id).toBe("alibi");
      expect(configuration.kind).toBe("trial");
    }
  });

  test("without a trial, with an unknown one, or none yet: says which there are", async () => {
    await expect(openRun(folder)).rejects.toThrow(/2 encodings and 1 seeds whose trials have not begun/);
    withTrials();
    const opening = openRun(folder);
    await expect(opening).rejects.toBeInstanceOf(InputError);
    await expect(opening).rejects.toThrow(
      `${folder} is a comparison with the trials alibi-7, rope(base=500)-7. Open one of them, as ` +
        `${at("trials/alibi-7")} or with { trial: "alibi-7" }.`,
    );
    await expect(openRun(folder, { trial: "alibi-1" })).rejects.toThrow(
      /"alibi-1" is unknown\. Did you mean "alibi-7"\? Known: alibi-7, rope/,
    );
  });

  test("a trial of a run that has none is refused", async () => {
    withTrials();
    await expect(openRun(at("trials/alibi-7"), { trial: "rope-1" })).rejects.toThrow(
      /is a run of one model and has no trials, but trial "rope-1" was given\. Leave it out/,
    );
  });
});

describe("weights of another model are refused, by tensor and both shapes", () => {
  const file = (): string => at("run/checkpoint.safetensors");
  test.each<[string, ModelRun, RegExp]>([
    [
      "wider",
      { ...exampleRun, model: { ...exampleRun.model, model: 16 } },
      /Of another shape: tokens\.weight is \[4, 16\] and must be \[4, 8\] and \d+ more\. Restore the run's own/,
    ],
    [
      "another encoding",
      { ...exampleRun, encoding: { id: "learned" } },
      /Too many: \S*position\.learned\.table \[16, 8\]\./,
    ],
    [
      "fewer parameters",
      { ...exampleRun, model: { ...exampleRun.model, tiedHead: true } },
      /Missing: head\.weight \[8, 4\]\./,
    ],
  ])("%s", async (_, other, message) => {
    writeExampleRun(at("run"));
    await fs.writeFile(file(), checkpointBytes(exampleCheckpoint(other)));
    const opening = openRun(at("run"));
    await expect(opening).rejects.toBeInstanceOf(RunError);
    await expect(opening).rejects.toThrow(message);
    await expect(opening).rejects.toThrow(`${file()} is a checkpoint of another model. `);
    // Training in that folder refuses it before a step is compiled.
    const { model } = await openRunOf(exampleRun);
    await expect(fileStorage(at("run"), { model }).load()).rejects.toThrow(message);
  });

  async function openRunOf(run: ModelRun): ReturnType<typeof openRun> {
    writeExampleRun(at("right"), run);
    return await openRun(at("right"));
  }
});

describe("a run that cannot be opened", () => {
  test("has no checkpoint yet", async () => {
    writeExampleRun(at("run"));
    await fs.rm(at("run/checkpoint.safetensors"));
    await expect(openRun(at("run"))).rejects.toThrow(
      /has no checkpoint\.safetensors yet: the run was stopped before its first checkpoint\. Train on/,
    );
  });

  test.each<[string, object, RegExp]>([
    [
      "a tokenizer that does not fit",
      { tokenizer: { id: "byte" } },
      /run\.json is damaged: its byte tokenizer has 256 ids, its model a vocabulary of 4\. Restore/,
    ],
    [
      "heads of a broken width",
      { model: { ...exampleRun.model, heads: 3, keyValueHeads: 3, headDim: 8 / 3 } },
      /"model\.headDim" must be a whole number, got 2\.66/,
    ],
    [
      "heads of keys that do not divide the heads",
      { model: { ...exampleRun.model, keyValueHeads: 3 } },
      /describes a model that cannot be made: model: keyValueHeads 3 does not divide 2 heads/,
    ],
    [
      "an encoding that is not on the list",
      { encoding: { id: "ropee" } },
      /run\.json: encoding "ropee" is unknown\. Did you mean "rope"\?/,
    ],
    [
      "an option that its encoding has not",
      { encoding: { id: "rope(bases=500)" } },
      /rope: it has no option "bases"/,
    ],
  ])("has %s", async (_, change, message) => {
    writeExampleRun(at("run"));
    await fs.writeFile(at("run/run.json"), JSON.stringify({ ...exampleRun, ...change }));
    const opening = openRun(at("run"));
    await expect(opening).rejects.toBeInstanceOf(RunError);
    await expect(opening).rejects.toThrow(message);
  });
});

describe("files of another run of the same model are refused", () => {
  const other: ModelRun = { ...exampleRun, seed: 8 };
  test.each(["checkpoint.safetensors", "best.safetensors"])("%s", async (name) => {
    writeExampleRun(at("run"));
    const bytes = checkpointBytes({ ...exampleCheckpoint(other), run: identityOf(other) });
    await fs.writeFile(at(`run/${name}`), bytes);
    const opening = openRun(at("run"));
    await expect(opening).rejects.toBeInstanceOf(InputError);
    await expect(opening).rejects.toThrow(
      `${name} is of a run that differs in seed (8 there, 7 given).`,
    );
  });

  test("metrics of another run, though complete", async () => {
    writeExampleRun(at("run"));
    const metrics = await fs.readFile(at("run/metrics.jsonl"));
    const stored = { ...exampleCheckpoint(exampleRun), run: identityOf(exampleRun) };
    const sum = crc32(metrics.subarray(0, metrics.lastIndexOf("{"))).toString(16).padStart(8, "0");
    const bytes = checkpointBytes({ ...stored, metrics: sum });
    await fs.writeFile(at("run/checkpoint.safetensors"), bytes);
    expect((await openRun(at("run"))).metrics.length).toBe(3);
    await fs.writeFile(at("run/metrics.jsonl"), metrics.toString().replace("1.4", "1.5"));
    await expect(openRun(at("run"))).rejects.toThrow(
      /metrics\.jsonl: its first 3 steps are not those of the checkpoint/,
    );
  });
});

describe("an encoding of the user's", () => {
  const source = `export default {
    id: "mine",
    family: "none",
    summary: "Nothing.",
    formula: "score = q k",
    paper: { title: "None" },
    create: () => ({ id: "mine", parameters: [], cache: { keys: "either" }, shiftInvariant: true }),
  };`;
  const place = (): string => at("mine.mjs");

  beforeEach(async () => {
    writeExampleRun(at("run"), { ...exampleRun, encoding: { id: "alibi" } });
    await fs.writeFile(place(), source);
    const sha256 = createHash("sha256").update(source).digest("hex");
    const encoding = { id: "mine", file: { path: place(), sha256 } };
    const run = { ...exampleRun, encoding };
    await fs.writeFile(at("run/run.json"), JSON.stringify(run));
    const began = exampleCheckpoint({ ...exampleRun, encoding: { id: "alibi" } });
    const bytes = checkpointBytes({ ...began, run: identityOf(run) });
    await fs.writeFile(at("run/checkpoint.safetensors"), bytes);
  });

  test("is loaded from its file, or from where that is now", async () => {
    expect((await openRun(at("run"))).model.encoding.id).toBe("mine");
    await fs.rename(place(), at("moved.mjs"));
    const { model } = await openRun(at("run"), { encodingFile: at("moved.mjs") });
    expect(model.encoding.id).toBe("mine");
  });

  test("whose file is gone or changed is refused, and a changed one is not run", async () => {
    await fs.writeFile(place(), "throw new Error('this ran');");
    const opening = openRun(at("run"));
    await expect(opening).rejects.toBeInstanceOf(InputError);
    await expect(opening).rejects.toThrow(
      /mine\.mjs is not the file that the run was trained with \(its SHA-256 differs\)\. Restore/,
    );
    await fs.rm(place());
    await expect(openRun(at("run"))).rejects.toThrow(
      /run\.json: the file of its encoding mine cannot be read: .*mine\.mjs does not exist\. Check the path\. If it was moved, name the new place as encodingFile/,
    );
  });

  test("a file given for an encoding of the list is refused", async () => {
    writeExampleRun(at("other"));
    await expect(openRun(at("other"), { encodingFile: place() })).rejects.toThrow(
      /its encoding rope\(base=500\) is one of the list and has no file, but .* was given\. Leave encodingFile out/,
    );
  });
});
