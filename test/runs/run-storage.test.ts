import fs from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { checkpointBytes, fileStorage, readMetrics } from "../../src/runs/run-storage.ts";
import type { Checkpoint, StepMetrics } from "../../src/training/train.ts";

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
