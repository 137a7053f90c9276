/**
 * Power cuts: from every image that a disk may hold after one, a run goes on and ends with the same bytes.
 */
import fs from "node:fs/promises";
import path from "node:path";
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { writeAtomically } from "../../src/files/files.ts";
import { keepRunFile } from "../../src/runs/run-file.ts";
import { claimFolder } from "../../src/runs/run-folder.ts";
import { checkpointBytes, fileStorage } from "../../src/runs/run-storage.ts";
import { trainRun } from "../../src/runs/train-run.ts";
import type { Checkpoint } from "../../src/training/train.ts";
import { filesIn, workplace } from "../cli/relpos.ts";
import { DiskRecorder, writeImage } from "./crash-images.ts";
import type { Image } from "./crash-images.ts";
import { exampleRun } from "./example-run.ts";

// Hundreds of claims, each of them short.
vi.mock(import("../../src/runs/lock-beat.ts"), async (original) => ({
  ...(await original()),
  startBeat: () => () => Promise.resolve(),
}));

const { folder: work, text, remove } = workplace("power-cut");
afterAll(remove);
let disk: string;
beforeEach(async () => {
  disk = await fs.mkdtemp(path.join(work, "disk-"));
});
afterEach(() => vi.restoreAllMocks());

async function bytesOf(folder: string): Promise<Record<string, string>> {
  const names = await filesIn(folder);
  const contents = names.map((name) => fs.readFile(path.join(folder, name), "latin1"));
  return Object.fromEntries((await Promise.all(contents)).map((each, k) => [names[k]!, each]));
}

/** Runs once, and the distinct images of the disk after each of its operations. */
async function imagesOf(run: (folder: string) => Promise<unknown>): Promise<Image[]> {
  const recorder = new DiskRecorder(disk);
  await run(path.join(disk, "run"));
  vi.restoreAllMocks();
  const distinct = new Map<string, Image>();
  for (let done = 0; done <= recorder.operations.length; done++)
    for (const [key, image] of recorder.images(done)) distinct.set(key, image);
  return [...distinct.values()];
}

/** The images from which a run does not end with the bytes of `disk`, and why. */
async function failures(
  images: readonly Image[],
  run: (folder: string) => Promise<unknown>,
): Promise<string[]> {
  const whole = await bytesOf(path.join(disk, "run"));
  const failed: string[] = [];
  // No power is cut any more.
  const handle = await fs.open(text);
  vi.spyOn(Object.getPrototypeOf(handle) as fs.FileHandle, "sync").mockResolvedValue();
  await handle.close();
  for (const [number, image] of images.entries()) {
    const folder = path.join(work, `image-${path.basename(disk)}-${number}`);
    writeImage(image, folder);
    const left = (await filesIn(folder)).join(" ");
    try {
      await run(path.join(folder, "run"));
      expect(await bytesOf(path.join(folder, "run"))).toEqual(whole);
    } catch (error) {
      failed.push(`${left}: ${(error as Error).message}`);
    }
    await fs.rm(folder, { recursive: true });
  }
  return failed;
}

/** Writes what a training of six steps writes, without training. */
async function pretend(folder: string): Promise<void> {
  const claim = await claimFolder(folder);
  try {
    await keepRunFile(folder, exampleRun);
    const storage = fileStorage(folder, { run: exampleRun });
    const at = (step: number): Checkpoint => ({
      step,
      tensors: new Map([["weight", { shape: [2], data: Float32Array.of(step, 0.5) }]]),
    });
    for (let step = (await storage.load())?.step ?? 0; step < 6; step += 2) {
      const metrics = [step, step + 1].map((each) => {
        return { step: each, loss: 1 / (each + 1), gradientNorm: 1, rate: 1e-3 };
      });
      if (step === 2)
        await writeAtomically(path.join(folder, "best.safetensors"), checkpointBytes(at(step)));
      await storage.save(at(step + 2), metrics);
    }
    await writeAtomically(path.join(folder, "best.safetensors"), checkpointBytes(at(2)));
    await writeAtomically(path.join(folder, "evaluation.json"), "{}\n");
  } finally {
    await claim.release();
  }
}

describe("after a power cut", () => {
  test("the files of a run lead to the same bytes, from every other image", async () => {
    const images = await imagesOf(pretend);
    expect(images.length).toBeGreaterThan(150);
    // All of them pass; half of them take a second.
    const half = images.filter((_, number) => number % 2 === 0);
    expect(await failures(half, pretend)).toEqual([]);
  });

  test("a training run goes on from images of all its phases", async () => {
    const settings = {
      ...{ corpus: { text: [text] }, width: 4, heads: 1, layers: 1, hidden: 4, length: 8 },
      ...{ batch: 1, steps: 6, threads: 1, checkpointEvery: 2, validateEvery: 3, patience: 9 },
      evaluationTokens: 8,
    };
    const train = (folder: string): Promise<unknown> => trainRun({ folder, settings });
    const images = await imagesOf(train);
    const some = images.filter((_, number) => number % 25 === 7);
    expect(some.length).toBeGreaterThan(5);
    expect(await failures(some, train)).toEqual([]);
  });

  test("a run that flushes no file would be found", async () => {
    const recorder = new DiskRecorder(disk);
    await pretend(path.join(disk, "run"));
    vi.restoreAllMocks();
    const { operations } = recorder;
    operations.splice(0, operations.length, ...operations.filter(({ kind }) => kind !== "flush"));
    const images = [...recorder.images(operations.length).values()];
    expect((await failures(images, pretend)).length).toBeGreaterThan(0);
  });
});
