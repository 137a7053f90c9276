/**
 * Parameters that `trainable` leaves out.
 */
import { describe, expect, test } from "vitest";
import { initialValues } from "../../src/parameters/initialise.ts";
import { adamW } from "../../src/training/optimiser.ts";
import { fitting } from "./small-objective.ts";
import { steps, withTrainer } from "./with-trainer.ts";

describe("frozen parameters", () => {
  const trainable = ({ name }: { name: string }): boolean => name !== "weight";

  test("stay bit by bit, have no moments, and are part of the checkpoint", async () => {
    const own = fitting({ trainable });
    await withTrainer({ objective: own }, async (trainer) => {
      const first = await trainer.save();
      await steps(trainer, 10);
      const last = await trainer.save();
      expect([...last.tensors.keys()].sort()).toEqual([
        ...["offset", "optimiser.correction1", "optimiser.correction2"],
        ...["optimiser.moment1.offset", "optimiser.moment2.offset", "optimiser.step", "weight"],
      ]);
      const drawn = initialValues(own.parameters.specs[0]!, 1);
      expect(last.tensors.get("weight")!.data).toEqual(drawn);
      expect(last.tensors.get("offset")!.data).not.toEqual(first.tensors.get("offset")!.data);
      expect((await trainer.weights()).get("weight")!.data).toEqual(drawn);
    });
  });

  test("keep the weights they are given, through save and restore", async () => {
    const given = new Map([
      ["weight", { shape: [3, 2], data: Float32Array.of(1, -1, 2, 0, 0, 3) }],
      ["offset", { shape: [2], data: Float32Array.of(7, 8) }],
      ["another model's", { shape: [1], data: Float32Array.of(1) }],
    ]);
    const plan = { steps: 100, learningRate: 0.2, optimiser: adamW({ weightDecay: 0 }) };
    const request = { objective: fitting({ trainable }), weights: given, plan };
    const saved = await withTrainer(request, async (trainer) => {
      const start = await trainer.weights();
      expect(start.get("offset")!.data).toEqual(given.get("offset")!.data);
      await steps(trainer, 50);
      return await trainer.save();
    });
    expect(saved.tensors.get("weight")!.data).toEqual(given.get("weight")!.data);
    // The given arrays are not written to.
    expect([...given.get("offset")!.data]).toEqual([7, 8]);
    await expect(
      withTrainer({ ...request, weights: new Map() }, () => Promise.resolve()),
    ).rejects.toThrow(
      /^weights: these weights are of another model\. Missing: weight \[3, 2\] and 1 more\./,
    );
    const { objective: own } = request;
    await withTrainer({ objective: own, plan, checkpoint: saved }, async (trainer) => {
      await steps(trainer, 50);
      const weights = await trainer.weights();
      expect(weights.get("weight")!.data).toEqual(given.get("weight")!.data);
      expect(weights.get("offset")!.data[0]).toBeCloseTo(0.5, 1);
    });
  });

  test("a checkpoint of a training with other trainable parameters is refused", async () => {
    const all = await withTrainer({}, (trainer) => trainer.save());
    await expect(
      withTrainer({ objective: fitting({ trainable }), checkpoint: all }, () => Promise.resolve()),
    ).rejects.toThrow(
      "checkpoint: it is of another training. Too many: optimiser.moment1.weight [3, 2] and 1 more. " +
        "Continue with the model, the trainable parameters and the optimiser it was trained with",
    );
  });
});
