/**
 * Where the numbers of a user's objective leave the finite range.
 */
import { describe, expect, test } from "vitest";
import { multiply } from "../../src/operators/arithmetic.ts";
import { matmul } from "../../src/operators/matmul.ts";
import { log } from "../../src/operators/pointwise.ts";
import { mean } from "../../src/operators/reduction.ts";
import type { BatchSource } from "../../src/training/batch-source.ts";
import type { Objective } from "../../src/training/objective.ts";
import { constantRate } from "../../src/training/schedule.ts";
import { TrainingDiverged } from "../../src/training/train.ts";
import { batch, fitting } from "./small-objective.ts";
import { expectEqual, withTrainer } from "./with-trainer.ts";

describe("numbers that are not finite, in an objective of one's own", () => {
  /** It has the logarithm of a mean, which is NaN where the mean is negative. */
  const failing = (): Objective<"x" | "y"> => {
    const own = fitting();
    return {
      ...own,
      loss({ x, y }) {
        const product = matmul(x, own.parameters.get("weight"));
        const low = log(mean(y));
        return {
          loss: mean(multiply(multiply(product, own.parameters.get("offset")), low)),
          stages: [
            { name: "the product", output: product },
            { name: "the logarithm", output: low },
          ],
        };
      },
    };
  };
  const signed =
    (sign: (micro: number) => number): BatchSource =>
    ({ microBatches }) => ({
      x: { shape: [microBatches, batch, 3], data: new Float32Array(18 * microBatches).fill(1) },
      y: {
        shape: [microBatches, batch, 2],
        data: Float32Array.from({ length: 12 * microBatches }, (_, at) =>
          sign(Math.floor(at / 12)),
        ),
      },
    });

  test("the stage is named, in whichever micro-batch, and the state is that before the step", async () => {
    const batches: BatchSource = (request) =>
      signed((micro) => (request.step === 1 && micro === 1 ? -1 : 1))(request);
    const plan = { steps: 3, accumulate: 2 };
    await withTrainer({ objective: failing(), batches, plan }, async (trainer) => {
      await trainer.step();
      const before = await trainer.save();
      const error: unknown = await trainer.step().catch((error: unknown) => error);
      expect(error).toBeInstanceOf(TrainingDiverged);
      expect((error as TrainingDiverged).where).toBe("the logarithm");
      expect((error as Error).message).toMatch(
        /^training diverged: at step 1 the loss became NaN, first in the logarithm\. Lower the learning rate/,
      );
      expectEqual(await trainer.save(), before);
    });
  });

  test("a loss beyond its stages is named as the loss", async () => {
    const own = failing();
    const silent: Objective<"x" | "y"> = {
      ...own,
      loss: (inputs, pass) => (own.loss(inputs, pass) as { loss: never }).loss,
    };
    const batches = signed(() => -1);
    const request = { objective: silent, batches, plan: { steps: 2, accumulate: 2 } };
    await withTrainer(request, async (trainer) => {
      await expect(trainer.step()).rejects.toThrow("first in the loss.");
    });
  });

  test("gradients beyond a finite loss are those of the backward pass", async () => {
    const { parameters } = fitting();
    const offset = parameters.get("offset");
    // A weight of 0 hides how large x is, but its gradient does not.
    const steep: Objective<"x" | "y"> = {
      ...fitting({ parameters }),
      loss: ({ x, y }) =>
        mean(multiply(matmul(x, parameters.get("weight")), multiply(y, multiply(offset, offset)))),
    };
    const plan = { steps: 2, schedule: constantRate(0.1) };
    const batches: BatchSource = () => ({
      x: { shape: [batch, 3], data: new Float32Array(18).fill(3e38) },
      y: { shape: [batch, 2], data: new Float32Array(12).fill(1) },
    });
    await withTrainer({ objective: steep, batches, plan, weights: zeros }, async (trainer) => {
      await expect(trainer.step()).rejects.toThrow(
        /gradient became (Infinity|NaN), first in the backward pass/,
      );
    });
  });
});

const zeros = new Map([
  ["weight", { shape: [3, 2], data: new Float32Array(6) }],
  ["offset", { shape: [2], data: Float32Array.of(2, 2) }],
]);
