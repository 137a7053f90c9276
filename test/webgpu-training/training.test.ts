/**
 * Training on WebGPU in Node follows training on the processor, and `relpos compare` runs on it.
 *
 * Measured: relative differences below 2e-7 over 10 steps.
 */
import fs from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { describe, expect, test } from "vitest";
import type { Results } from "../../src/comparison/results.ts";
import { largestDifference } from "../browser/training-example.ts";
import { noDriver, runWithDriver } from "./software-driver.ts";

const steps = 10;
const tolerance = 1e-5;
const minutes = 60_000;

describe.skipIf(noDriver)(`WebGPU in Node${noDriver ? ` (skipped: ${noDriver})` : ""}`, () => {
  test.for(["alibi", "t5", "rope"])(
    `${steps} steps with %s follow the processor within ${tolerance}`,
    { timeout: 3 * minutes },
    async (encoding) => {
      const script = new URL("./train-child.ts", import.meta.url);
      const output = await runWithDriver(script, [encoding, `${steps}`]);
      const { processor, webgpu } = JSON.parse(output) as Record<string, number[]>;
      expect(processor!.at(-1)).toBeLessThan(0.8 * processor![0]!);
      expect(largestDifference(webgpu!, processor!)).toBeLessThan(tolerance);
    },
  );

  test(
    "relpos compare trains and judges on it, and says so in its results",
    { timeout: 4 * minutes },
    async () => {
      const out = await fs.mkdtemp(path.join(os.tmpdir(), "relpos-webgpu-"));
      try {
        const sizes =
          "--steps 3 --batch 4 --width 16 --heads 2 --layers 1 --train-length 16 --test-lengths 16,32 --evaluation-tokens 256";
        const command = `compare --device webgpu --encodings none,alibi --seeds 1 --json ${sizes}`;
        const script = new URL("../../bin/relpos.js", import.meta.url);
        const output = await runWithDriver(script, [...command.split(" "), "--out", out]);
        const { environment, trials } = JSON.parse(output) as Results;
        expect(environment.device).toBe("webgpu");
        expect(trials.map(({ encoding }) => encoding)).toEqual(["none", "alibi"]);
        for (const { trainingLoss } of trials)
          expect(trainingLoss.map(({ loss }) => Number.isFinite(loss))).toEqual([true, true, true]);
      } finally {
        await fs.rm(out, { recursive: true, force: true });
      }
    },
  );
});
