/**
 * Which states of a training that diverges are kept: the last one from which the next step could be done.
 */
import { describe, expect, test } from "vitest";
import { log } from "../../src/operators/pointwise.ts";
import { mean } from "../../src/operators/reduction.ts";
import { Parameters } from "../../src/parameters/parameters.ts";
import { objective } from "../../src/training/define-objective.ts";
import { GoodStates } from "../../src/training/good-states.ts";
import type { PlanOptions } from "../../src/training/plan.ts";
import { constantRate } from "../../src/training/schedule.ts";
import { train, TrainingDiverged } from "../../src/training/train.ts";
import type { Checkpoint, StepMetrics, TrainingRequest } from "../../src/training/train.ts";
import "../../src/runtime/node.ts";

/** A storage in memory. */
function memory(): {
  readonly saved: Checkpoint[];
  readonly metrics: StepMetrics[];
  readonly storage: TrainingRequest["storage"] & object;
} {
  const saved: Checkpoint[] = [];
  const metrics: StepMetrics[] = [];
  return {
    saved,
    metrics,
    storage: {
      load: () => Promise.resolve(saved.at(-1)),
      save: (checkpoint, steps) => {
        saved.push(checkpoint);
        metrics.splice(
          0,
          Infinity,
          ...metrics.filter(({ step }) => step < steps[0]!.step),
          ...steps,
        );
        return Promise.resolve();
      },
    },
  };
}

/** The logarithm of a number that AdamW lowers by the rate in each step: NaN once it is below 0. */
function falling(): TrainingRequest["objective"] {
  const parameters = new Parameters([{ name: "height", shape: [1], initial: { kind: "ones" } }]);
  return objective({ parameters, inputs: {}, loss: () => mean(log(parameters.get("height"))) });
}

const plan: PlanOptions = { steps: 30, schedule: constantRate(0.15), checkpointEvery: 1 };
const request = { objective: falling(), batches: () => ({}), compileOptions: { threads: 1 } };

async function diverging(
  storage: ReturnType<typeof memory>["storage"],
  changed: Partial<TrainingRequest> = {},
): Promise<TrainingDiverged> {
  const training = train({ ...request, plan, storage, ...changed });
  const error: unknown = await training.then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(error).toBeInstanceOf(TrainingDiverged);
  return error as TrainingDiverged;
}

describe("a training whose loss becomes NaN", () => {
  test("keeps the state before the update that did it, with the metrics up to there", async () => {
    const { saved, metrics, storage } = memory();
    const error = await diverging(storage);
    // The update of step 6 does it; step 7 finds out.
    expect(error.step).toBe(7);
    expect(error.kept).toBe(6);
    expect(saved.map(({ step }) => step)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(saved.at(-1)!.tensors.get("height")!.data[0]).toBeGreaterThan(0);
    expect(metrics.map(({ step }) => step)).toEqual([0, 1, 2, 3, 4, 5]);
    expect(error.message).toContain("The checkpoint of step 6 was kept.");

    // The same again fails at the same step and harms nothing; a lower rate goes on.
    expect((await diverging(storage)).step).toBe(7);
    expect(saved.at(-1)!.step).toBe(6);
    const lower = { ...plan, steps: 12, schedule: constantRate(0.01) };
    const { step } = await train({ ...request, plan: lower, storage });
    expect(step).toBe(12);
    expect(metrics.map(({ step }) => step)).toEqual(Array.from({ length: 12 }, (_, at) => at));
  });

  test("although a checkpoint is due just after that update", async () => {
    const { saved, storage } = memory();
    const error = await diverging(storage, { plan: { ...plan, checkpointEvery: 7 } });
    expect([error.step, error.kept]).toEqual([7, undefined]);
    expect(saved).toEqual([]);
    expect(error.message).toContain("No checkpoint was kept.");
  });

  test("although it is stopped just after that update", async () => {
    const { saved, storage } = memory();
    const stop = new AbortController();
    const error = await diverging(storage, {
      signal: stop.signal,
      plan: { ...plan, checkpointEvery: 3 },
      onStep: ({ step }) => step === 6 && stop.abort(),
    });
    expect([error.step, error.kept]).toEqual([7, 6]);
    expect(saved.map(({ step }) => step)).toEqual([3, 6]);
  });

  test("stopped before it, the state at which it was stopped is kept", async () => {
    const { saved, metrics, storage } = memory();
    const stop = new AbortController();
    const { step } = await train({
      ...{ ...request, storage, signal: stop.signal },
      plan: { ...plan, checkpointEvery: 100 },
      onStep: ({ step }) => step === 3 && stop.abort(),
    });
    expect(step).toBe(4);
    expect(saved.map((state) => state.step)).toEqual([4]);
    expect(metrics.map((each) => each.step)).toEqual([0, 1, 2, 3]);
  });
});

test("a validation loss that becomes infinite ends the training, with the state before it", async () => {
  const { saved, metrics, storage } = memory();
  const error = await diverging(storage, {
    plan: { ...plan, checkpointEvery: 2 },
    validation: { every: 2, measure: (_, step) => Promise.resolve(step < 4 ? 1 : Infinity) },
  });
  expect(error.message).toMatch(
    /^training diverged: at step 4 the loss on validation data became Infinity, first in the forward pass\. The checkpoint of step 2 was kept\./,
  );
  expect(saved.map(({ step }) => step)).toEqual([2]);
  expect(metrics).toMatchObject([{ step: 0 }, { step: 1, validationLoss: 1 }]);
});

test("and so it does after the last step, which no other follows", async () => {
  const { saved, storage } = memory();
  const error = await diverging(storage, {
    plan: { ...plan, steps: 4, checkpointEvery: 3 },
    validation: { every: 10, measure: () => Promise.resolve(NaN) },
  });
  expect([error.step, error.kept]).toEqual([4, 3]);
  expect(saved.map(({ step }) => step)).toEqual([3]);
});

test("a state whose loss is finite and ten thousand times the first is ruined too", async () => {
  const { saved, storage } = memory();
  const states = new GoodStates(storage, undefined);
  const metrics = { loss: 5, gradientNorm: 1, rate: 1 };
  const state = (step: number): Checkpoint => ({ step, tensors: new Map() });
  for (const [step, loss] of [5, 4, 59_000, 61_000, 3].entries()) {
    await states.judge(loss);
    states.add({ ...metrics, step, loss });
    states.consider(state(step + 1));
  }
  expect(saved.map(({ step }) => step)).toEqual([1, 2, 4]);
  expect(states.kept).toBe(4);
});
