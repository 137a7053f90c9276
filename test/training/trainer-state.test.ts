/**
 * Steps, runs and checkpoints of a trainer agree to the last bit.
 */
import { describe, expect, test } from "vitest";
import { noStorage, train } from "../../src/training/train.ts";
import type { Checkpoint, StepMetrics } from "../../src/training/train.ts";
import { Trainer } from "../../src/training/trainer.ts";
import { fitting, points } from "./small-objective.ts";
import { compileOptions, expectEqual, steps, withTrainer } from "./with-trainer.ts";

describe("steps, runs and checkpoints", () => {
  const plan = { steps: 12, learningRate: 0.05, checkpointEvery: 5 };
  const own = fitting({}, 0.3);

  test("n steps of a trainer are a run of n steps, to the last bit", async () => {
    const metrics: StepMetrics[] = [];
    const run = await train({
      ...{ objective: own, batches: points, plan, compileOptions },
      onStep: (line) => metrics.push(line),
    });
    await withTrainer({ objective: own, plan }, async (trainer) => {
      expect(await steps(trainer, 12)).toEqual(metrics);
      expect(trainer.stepsDone).toBe(12);
      expectEqual(await trainer.save(), run.checkpoint);
      expect(await trainer.weights()).toEqual(run.weights);
      // One more than planned.
      expect((await trainer.step()).step).toBe(12);
    });
  });

  test("a trainer restored in the middle goes on as one that was not stopped", async () => {
    await withTrainer({ objective: own, plan }, async (whole) => {
      const before = await steps(whole, 5);
      const middle = await whole.save();
      const after = await steps(whole, 7);
      await withTrainer({ objective: own, plan, checkpoint: middle }, async (other) => {
        expect(other.stepsDone).toBe(5);
        expect(await steps(other, 7)).toEqual(after);
        expectEqual(await other.save(), await whole.save());
        // Back once more, in the same trainer.
        other.restore(middle);
        expect(await steps(other, 7)).toEqual(after);
      });
      expect(before[0]!.loss).not.toBe(after[0]!.loss);
    });
  });

  test("a run keeps a checkpoint at every interval and at the end, and stops when it is told", async () => {
    const kept: number[] = [];
    const lines: StepMetrics[] = [];
    const storage = {
      ...noStorage,
      save: ({ step }: Checkpoint, metrics: readonly StepMetrics[]) => {
        kept.push(step);
        lines.push(...metrics);
        return Promise.resolve();
      },
    };
    const stop = new AbortController();
    const request = { objective: own, batches: points, plan, compileOptions, storage };
    await train(request);
    expect(kept.splice(0)).toEqual([5, 10, 12]);
    expect(lines.map(({ step }) => step)).toEqual(Array.from({ length: 12 }, (_, step) => step));
    const stopped = await train({
      ...request,
      signal: stop.signal,
      onStep: ({ step }) => (step === 6 ? stop.abort() : undefined),
    });
    expect(stopped.step).toBe(7);
    expect(kept.splice(0)).toEqual([5, 7]);
    // A last step at an interval is kept once.
    await train({ ...request, plan: { ...plan, steps: 10 } });
    expect(kept).toEqual([5, 10]);
    expect(stopped.checkpoint.step).toBe(7);
  });

  test("calls that overlap are refused, and harm nothing", async () => {
    await withTrainer({ objective: own, plan }, async (trainer) => {
      const first = trainer.step();
      await expect(trainer.step()).rejects.toThrow("trainer: a call is still running. Await each");
      await expect(trainer.save()).rejects.toThrow("trainer: a call is still running");
      await first;
      expect(trainer.stepsDone).toBe(1);
    });
  });

  test("weights of another model are refused before anything is compiled", async () => {
    const weights = new Map([
      ["weight", { shape: [2, 3], data: new Float32Array(6) }],
      ["offset", { shape: [2], data: new Float32Array(2) }],
    ]);
    const compile = (): never => expect.unreachable("it must not compile");
    const attempt = Trainer.create({ objective: own, batches: points, plan, weights, compile });
    await expect(attempt).rejects.toThrow(
      "weights: these weights are of another model. Of another shape: weight is [2, 3] and must be [3, 2]. " +
        "Give the weights of this model",
    );
    const checkpoint = { step: 1, tensors: weights };
    await expect(
      Trainer.create({ objective: own, batches: points, plan, checkpoint, compile }),
    ).rejects.toThrow(
      /^checkpoint: it is of another training\. Missing: optimiser\.step \[\] and \d+ more\. Of another shape: weight is \[2, 3\] and must be \[3, 2\]\./,
    );
  });
});
