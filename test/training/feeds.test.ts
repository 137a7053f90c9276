/**
 * Batches that do not have the arrays an objective declares.
 */
import { describe, expect, test } from "vitest";
import type { BatchSource } from "../../src/training/batch-source.ts";
import { points } from "./small-objective.ts";
import { withTrainer } from "./with-trainer.ts";

describe("batches are refused by name", () => {
  const good = points({ seed: 1, step: 0, microBatches: 1 }) as Awaited<ReturnType<BatchSource>>;
  const { x, y } = good as Record<"x" | "y", (typeof good)[string]>;

  test.each([
    [{ x }, 'batches: step 0 has no "y", which the objective declares as Float32Array [6, 2].'],
    [
      { x, y, z: y },
      'batches: step 0 has "z", which the objective does not declare. Leave it out, or add it',
    ],
    [
      { x, y: { shape: [2, 6], data: y.data } },
      'batches: "y" of step 0 must be Float32Array [6, 2], got Float32Array of 12 values as [2, 6].',
    ],
    [
      { x, y: { shape: [6, 2], data: y.data.slice(1) } },
      'batches: "y" of step 0 must be Float32Array [6, 2], got Float32Array of 11 values as [6, 2].',
    ],
    [
      { x, y: { shape: [6, 2], data: new Int32Array(12) } },
      'batches: "y" of step 0 must be Float32Array [6, 2], got Int32Array of 12 values as [6, 2].',
    ],
  ])("%#: %s", async (feeds, message) => {
    await withTrainer({ batches: () => feeds }, async (trainer) => {
      await expect(trainer.step()).rejects.toThrow(message);
      expect(trainer.stepsDone).toBe(0);
    });
  });

  test("one micro-batch where there are several", async () => {
    const request = { batches: () => good, plan: { steps: 2, accumulate: 4 } };
    await withTrainer(request, async (trainer) => {
      await expect(trainer.step()).rejects.toThrow(
        'batches: "x" of step 0 must be Float32Array [4, 6, 3], got Float32Array of 18 values as [6, 3]. ' +
          "The first axis counts the 4 micro-batches.",
      );
    });
  });
});
