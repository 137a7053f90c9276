import { describe, expect, test } from "vitest";
import { input, scalar } from "../../src/operators/source.ts";
import { evaluate } from "../../src/tensor/evaluate.ts";
import type { Value } from "../../src/tensor/tensor.ts";
import { adamW } from "../../src/training/optimiser.ts";
import { trainingPlan } from "../../src/training/plan.ts";
import {
  comparisonPlan,
  completeSettings as completeComparison,
} from "../../src/comparison/settings.ts";
import { completePairSettings } from "../../src/runs/complete-pair-settings.ts";
import { completeSettings as completeTraining, planOf } from "../../src/runs/complete-settings.ts";
import type { PlanOptions } from "../../src/training/plan.ts";
import { constantRate, scheduledRate } from "../../src/training/schedule.ts";

describe("a plan's defaults", () => {
  test("from the steps alone", () => {
    const { optimiser, ...rest } = trainingPlan({ steps: 400 });
    expect(rest).toEqual({
      steps: 400,
      schedule: { maximum: 1e-3, minimum: 1e-4, warmup: 40, decaySteps: 400 },
      clipNorm: 1,
      seed: 1,
      accumulate: 1,
      checkpointEvery: 100,
    });
    expect(optimiser.id).toBe("adamw");
  });

  test("the learning rate is the highest of the schedule, reached after a tenth of the steps", () => {
    const { schedule } = trainingPlan({ steps: 50, learningRate: 0.01 });
    const step = input("step", []);
    const rate = scheduledRate(step, schedule);
    const rates = Array.from({ length: 51 }, (_, at) => {
      const given = new Map([[step, { shape: [], data: Float64Array.of(at) }]]);
      return evaluate([rate], given)[0]!.data[0]!;
    });
    expect(Math.max(...rates)).toBeCloseTo(0.01, 10);
    expect(rates.indexOf(Math.max(...rates))).toBe(5);
    expect(rates[0]).toBeLessThan(0.002);
    expect(rates[50]).toBeCloseTo(0.001, 10);
  });

  test("AdamW's: without a gradient a weight decays by the rate times 0.1 of itself", () => {
    // nanoGPT's train.py: weight_decay = 1e-1.
    const gradient = input("gradient", []);
    const { parameter } = adamW().step({
      ...{ parameter: scalar(2), gradient, decays: true, matrix: false, clip: undefined },
      slots: { moment1: scalar(0), moment2: scalar(0) },
      scalars: { correction1: scalar(1), correction2: scalar(1) },
      rate: scalar(0.5),
    });
    const given = new Map([[gradient, { shape: [], data: Float64Array.of(0) }]]);
    expect(evaluate([parameter], given)[0]!.data[0]).toBeCloseTo(2 * (1 - 0.5 * 0.1), 6);
  });

  test("AdamW's: averages over 10 and 20 steps, and 1e-8 beside the root of the second", () => {
    // nanoGPT's train.py: beta1 = 0.9, beta2 = 0.95; ε is PyTorch's.
    const optimiser = adamW();
    const first = ["correction1", "correction2"].map(
      (name) => evaluate([optimiser.scalars[name]!(scalar(0))])[0]!.data[0],
    );
    expect(first[0]).toBeCloseTo(1 - 0.9, 12);
    expect(first[1]).toBeCloseTo(1 - 0.95, 12);
    const { parameter } = optimiser.step({
      ...{ parameter: scalar(2), gradient: scalar(0), decays: false, matrix: false },
      ...{ clip: undefined, rate: scalar(0.5) },
      slots: { moment1: scalar(1e-8 / 0.9), moment2: scalar(0) },
      scalars: { correction1: scalar(1), correction2: scalar(1) },
    });
    expect(evaluate([parameter])[0]!.data[0]).toBeCloseTo(2 - 0.5, 6);
  });

  test("the warm-up is never longer than 100 steps, and one step is a plan", () => {
    expect(trainingPlan({ steps: 5000 }).schedule.warmup).toBe(100);
    expect(trainingPlan({ steps: 1 }).schedule).toMatchObject({ warmup: 0, decaySteps: 1 });
  });

  test("what is given is kept, and a complete plan is a plan", () => {
    const given = { steps: 3, accumulate: 2, clipNorm: 0, seed: 0, checkpointEvery: 7 };
    const plan = trainingPlan({ ...given, optimiser: adamW(), schedule: constantRate(0) });
    expect(plan).toMatchObject({ ...given, schedule: constantRate(0) });
    expect(trainingPlan(plan)).toEqual(plan);
  });
});

test.each<[Partial<Record<keyof PlanOptions | "stepz" | "batch", unknown>>, string]>([
  [{ steps: 0 }, "plan: steps must be a whole number of 1 or more, got 0."],
  [{ steps: NaN }, "plan: steps must be a whole number of 1 or more, got NaN."],
  [{ steps: 1.5 }, "plan: steps must be a whole number of 1 or more, got 1.5."],
  [{ steps: undefined }, "plan: steps must be a whole number of 1 or more, got undefined."],
  [{ accumulate: 0 }, "plan: accumulate must be a whole number of 1 or more, got 0."],
  [{ checkpointEvery: -1 }, "plan: checkpointEvery must be a whole number of 1 or more, got -1."],
  [{ seed: -1 }, "plan: seed must be a whole number of 0 or more, got -1."],
  [{ seed: 0.5 }, "plan: seed must be a whole number of 0 or more, got 0.5."],
  [
    { clipNorm: -1 },
    "plan: clipNorm must be a number of 0 or more, got -1. Use 0 for no clipping.",
  ],
  [{ clipNorm: NaN }, "plan: clipNorm must be a number of 0 or more, got NaN."],
  [{ learningRate: 0 }, "plan: learningRate must be a number above 0, got 0."],
  [{ learningRate: Infinity }, "plan: learningRate must be a number above 0, got Infinity."],
  [
    { learningRate: 1, schedule: constantRate(1) },
    "plan: learningRate 1 and a schedule are both given. Give one of them",
  ],
  [
    { schedule: { maximum: 1, minimum: 0, warmup: 9, decaySteps: 9 } },
    "schedule: expected maximum ≥ minimum ≥ 0 and 0 ≤ warmup < decaySteps, got maximum 1, minimum 0, warmup 9, decaySteps 9.",
  ],
  [{ stepz: 3 }, 'plan: option "stepz" does not exist. Did you mean "steps"?'],
  [{ batch: 3 }, 'plan: option "batch" does not exist. There are steps, learningRate,'],
])("%j is refused", (changed, message) => {
  expect(() => trainingPlan({ steps: 10, ...changed } as PlanOptions)).toThrow(message);
});

describe("the plans of commands", () => {
  test("relpos train: a warm-up, a cosine over all steps to a tenth of the rate", () => {
    const plan = planOf(completeTraining({ steps: 2000, learningRate: 2e-3 }));
    expect(plan).toMatchObject({
      steps: 2000,
      schedule: { maximum: 2e-3, minimum: 2e-4, warmup: 100, decaySteps: 2000 },
      ...{ clipNorm: 1, seed: 1, accumulate: 1, checkpointEvery: 100 },
    });
    expect(plan.optimiser.id).toBe("adamw");
    const chosen = { steps: 50, learningRate: 1, minLearningRate: 0.5, warmup: 3, clip: 0 };
    expect(planOf(completeTraining(chosen))).toMatchObject({
      schedule: { maximum: 1, minimum: 0.5, warmup: 3, decaySteps: 50 },
      clipNorm: 0,
    });
  });

  test("the rate follows the optimiser", () => {
    const muon = planOf(completeTraining({ optimiser: "muon" }));
    expect(muon.optimiser.id).toBe("muon");
    expect(muon.schedule).toMatchObject({ maximum: 1e-2, minimum: 1e-3 });
    const adamW = planOf(completeTraining({}));
    expect(adamW.schedule).toMatchObject({ maximum: 1e-3, minimum: 1e-4 });
    expect(() => completeTraining({ optimiser: "sgd" as "muon" })).toThrow(/"optimiser"/);
  });

  test("relpos train --task: Muon, AdamW's second decay 0.98", () => {
    const settings = completePairSettings({});
    expect(settings).toMatchObject({ batch: 64, beta2: 0.98, weightDecay: 0.01 });
    const plan = planOf(settings);
    expect(plan).toMatchObject({
      steps: 500,
      schedule: { maximum: 1e-2, minimum: 1e-3, warmup: 50, decaySteps: 500 },
      ...{ clipNorm: 1, seed: 1, accumulate: 1, checkpointEvery: 100 },
    });
    expect(plan.optimiser.id).toBe("muon");
  });

  test.each([
    ["on text", {}, { maximum: 0.01, minimum: 0.001, warmup: 57, decaySteps: 570 }, "muon"],
    [
      "on a task",
      { task: "copy" },
      { maximum: 3e-3, minimum: 3e-3 / 10, warmup: 100, decaySteps: 1000 },
      "adamw",
    ],
    [
      "of 50 steps",
      { steps: 50 },
      { maximum: 0.01, minimum: 0.001, warmup: 5, decaySteps: 50 },
      "muon",
    ],
  ])("relpos compare %s", (_, choices, schedule, optimiser) => {
    const plan = comparisonPlan(completeComparison(choices), 7);
    expect(plan).toMatchObject({ schedule, seed: 7, clipNorm: 1 });
    expect(plan.optimiser?.id).toBe(optimiser);
  });

  test.each(["muon", "adamw"] as const)(
    "relpos compare trains by %s with the decay that is chosen",
    (optimiser) => {
      const moved = (weightDecay?: number): number => {
        const plan = comparisonPlan(
          completeComparison({ optimiser, ...(weightDecay === undefined ? {} : { weightDecay }) }),
          7,
        );
        const shape = [2, 2];
        const [parameter, gradient] = [input("parameter", shape), input("gradient", shape)];
        const names = ["moment1", "moment2", "momentum"].map((name) => [name, scalar(0)] as const);
        const { parameter: next } = plan.optimiser.step({
          ...{ parameter, gradient, decays: true, matrix: true, clip: undefined },
          slots: Object.fromEntries(names),
          scalars: { correction1: scalar(1), correction2: scalar(1) },
          rate: scalar(0.5),
        });
        const full = (one: number): Value => ({ shape, data: new Float64Array(4).fill(one) });
        const given = new Map([
          [parameter, full(2)],
          [gradient, full(0)],
        ]);
        return evaluate([next], given)[0]!.data[0]!;
      };
      // By default 0.1, times the rate.
      expect(moved()).toBeCloseTo(2 * (1 - 0.5 * 0.1), 6);
      expect(moved(0.3)).toBeCloseTo(2 * (1 - 0.5 * 0.3), 6);
      expect(moved(0)).toBeCloseTo(2, 6);
    },
  );
});
