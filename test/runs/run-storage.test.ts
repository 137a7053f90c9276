import fs from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { checkpointBytes, fileStorage, readMetrics } from "../../src/runs/run-storage.ts";
import { InputError } from "../../src/errors.ts";
import type { ModelRun } from "../../src/runs/run-document.ts";
import type { Checkpoint, StepMetrics } from "../../src/training/train.ts";

import { exampleRun } from "./example-run.ts";

let folder: string;
beforeEach(async () => {
  folder = await fs.mkdtemp(path.join(os.tmpdir(), "relpos-storage-"));
});
afterEach(async () => {
  vi.restoreAllMocks();
  await fs.rm(folder, { recursive: true });
});

const at = (step: number): Checkpoint => ({
  step,
  tensors: new Map([["weight", { shape: [3], data: Float32Array.of(step, -0, 1e-40) }]]),
});
const metrics = (from: number, to: number): StepMetrics[] =>
  Array.from({ length: to - from }, (_, k) => ({
    step: from + k,
    loss: 5 / (from + k + 1),
    gradientNorm: 1.5,
    rate: 1e-3,
  }));
const full = (code: string): Error => Object.assign(new Error(`${code}: injected`), { code });

describe("a save that is cut off", () => {
  /** Fails at the given operation as if the process had died there, and reports what a new one finds. */
  async function afterFailure(operation: "open" | "rename"): Promise<Checkpoint> {
    const storage = fileStorage(folder);
    expect(await storage.load()).toBeUndefined();
    await storage.save(at(4), metrics(0, 4));
    const spy = vi.spyOn(fs, operation).mockRejectedValueOnce(full("ENOSPC"));
    await expect(storage.save(at(6), metrics(4, 6))).rejects.toThrow(
      /^cannot write .*: the disk is full\..*Free some space and run the same command again\.$/,
    );
    spy.mockRestore();
    return (await fileStorage(folder).load())!;
  }

  test.each(["open", "rename"] as const)(
    "at %s: the last checkpoint, and the metrics before it",
    async (operation) => {
      expect(await afterFailure(operation)).toEqual(at(4));
      expect(await readMetrics(folder)).toEqual(metrics(0, 4));
      // What the run then does is what it would have done.
      await fileStorage(folder).save(at(6), metrics(4, 6));
      expect(await fileStorage(folder).load()).toEqual(at(6));
      expect(await readMetrics(folder)).toEqual(metrics(0, 6));
      expect((await fs.readdir(folder)).sort()).toEqual([
        "checkpoint.safetensors",
        "metrics.jsonl",
      ]);
    },
  );

  test("within a line of metrics", async () => {
    const storage = fileStorage(folder);
    await storage.save(at(4), metrics(0, 4));
    await fs.appendFile(path.join(folder, "metrics.jsonl"), '{"step":4,"lo');
    expect(await fileStorage(folder).load()).toEqual(at(4));
    await storage.save(at(5), metrics(4, 5));
    expect(await readMetrics(folder)).toEqual(metrics(0, 5));
  });

  test("before the first checkpoint: a new run", async () => {
    await fs.appendFile(path.join(folder, "metrics.jsonl"), '{"step":0,"loss":1,"gradientNorm"');
    expect(await fileStorage(folder).load()).toBeUndefined();
    expect(await readMetrics(folder)).toEqual([]);
  });
});

test("a save that is tried again writes each line once", async () => {
  const storage = fileStorage(folder);
  await storage.load();
  await storage.save(at(2), metrics(0, 2));
  const spy = vi.spyOn(fs, "rename").mockRejectedValueOnce(full("ENOSPC"));
  await expect(storage.save(at(4), metrics(2, 4))).rejects.toThrow(/disk is full/);
  spy.mockRestore();
  await storage.save(at(4), metrics(2, 4));
  expect(await readMetrics(folder)).toEqual(metrics(0, 4));
  expect(await fileStorage(folder).load()).toEqual(at(4));
});

describe("what follows the lines before the checkpoint", () => {
  test.each([
    ["half a line", '{"step":4,"lo'],
    ["zeros", "\0".repeat(200)],
    ["garbage with line breaks", "\u00ff\n}{\n\n"],
    ["a step that is not the next", '{"step":9,"loss":1,"gradientNorm":1,"rate":1}\n'],
  ])("is dropped: %s", async (_, rest) => {
    await fileStorage(folder).save(at(4), metrics(0, 4));
    const file = path.join(folder, "metrics.jsonl");
    const whole = await fs.readFile(file, "latin1");
    await fs.appendFile(file, rest, "latin1");
    expect(await fileStorage(folder).load()).toEqual(at(4));
    expect(await fs.readFile(file, "latin1")).toBe(whole);
  });

  test("without a checkpoint, a file of something else is not replaced", async () => {
    const file = path.join(folder, "metrics.jsonl");
    for (const own of ['{"epoch":1,"accuracy":0.9}\n', "my notes"]) {
      await fs.writeFile(file, own);
      const loading = fileStorage(folder).load();
      await expect(loading).rejects.toBeInstanceOf(InputError);
      await expect(loading).rejects.toThrow(/metrics\.jsonl is not of this run.*Move it away/);
      expect(await fs.readFile(file, "utf8")).toBe(own);
    }
  });
});

describe("a checkpoint and the run that goes on from it", () => {
  test("the same run, wherever its files are now, in whatever order its keys are", async () => {
    const { kind, ...rest } = exampleRun;
    const from = (place: string): ModelRun => ({
      ...rest,
      kind,
      corpus: { from: { paths: [place] }, sha256: "1".repeat(64), cut: "line" },
    });
    await fileStorage(folder, { run: from("a.txt") }).save(at(2), metrics(0, 2));
    const { versions, ...others } = from("/moved/b.txt");
    expect(await fileStorage(folder, { run: { ...others, versions } }).load()).toEqual(at(2));
  });

  test("of other settings, or without word of them: refused", async () => {
    await fileStorage(folder, { run: exampleRun }).save(at(2), metrics(0, 2));
    const settings = { ...exampleRun.settings, batch: 4 };
    await expect(fileStorage(folder, { run: { ...exampleRun, settings } }).load()).rejects.toThrow(
      /checkpoint\.safetensors is of a run that differs in settings\.batch \(2 there, 4 given\)\. Give the settings/,
    );
    await fileStorage(folder).save(at(2), metrics(0, 2));
    await expect(fileStorage(folder, { run: exampleRun }).load()).rejects.toThrow(
      /does not say what it was made with: another version of relpos wrote it/,
    );
  });
});

test("a checkpoint keeps every bit, and equal ones are equal bytes", async () => {
  await fileStorage(folder).save(at(2), metrics(0, 2));
  const { tensors } = (await fileStorage(folder).load())!;
  const { data } = tensors.get("weight")!;
  expect(Object.is(data[1], -0)).toBe(true);
  expect(data[2]).toBe(Math.fround(1e-40));
  expect(checkpointBytes(at(2))).toEqual(checkpointBytes(at(2)));
});

test("every single flipped bit of a checkpoint's weights is found", async () => {
  await fileStorage(folder).save(at(2), metrics(0, 2));
  const file = path.join(folder, "checkpoint.safetensors");
  const whole = await fs.readFile(file);
  for (let bit = 0; bit < 3 * 4 * 8; bit++) {
    const copy = Buffer.from(whole);
    copy[whole.length - 1 - (bit >> 3)]! ^= 1 << (bit & 7);
    await fs.writeFile(file, copy);
    await expect(fileStorage(folder).load(), `bit ${bit}`).rejects.toThrow(/was damaged since/);
  }
});
