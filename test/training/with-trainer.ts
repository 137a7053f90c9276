/**
 * A trainer for the length of a test.
 *
 * @module
 */
import { expect } from "vitest";
import type { PlanOptions } from "../../src/training/plan.ts";
import type { Checkpoint, StepMetrics } from "../../src/training/train.ts";
import { Trainer } from "../../src/training/trainer.ts";
import type { TrainerRequest } from "../../src/training/trainer.ts";
import { fitting, points } from "./small-objective.ts";
import "../../src/runtime/node.ts";

/** One thread, so that sums are added in one order. */
export const compileOptions = { threads: 1 };

/** A trainer of `fitting()` unless changed, disposed after use. */
export async function withTrainer<Result>(
  request: Partial<TrainerRequest>,
  use: (trainer: Trainer) => Promise<Result>,
): Promise<Result> {
  const plan: PlanOptions = { steps: 20, learningRate: 0.05 };
  const rest = { objective: fitting(), batches: points, plan, compileOptions };
  const trainer = await Trainer.create({ ...rest, ...request });
  try {
    return await use(trainer);
  } finally {
    await trainer.dispose();
  }
}

/** The metrics of `count` steps. */
export async function steps(trainer: Trainer, count: number): Promise<StepMetrics[]> {
  const metrics: StepMetrics[] = [];
  for (let step = 0; step < count; step++) metrics.push(await trainer.step());
  return metrics;
}

/** Expects two checkpoints to be equal to the last bit. */
export function expectEqual(a: Checkpoint, b: Checkpoint): void {
  expect(a.step).toBe(b.step);
  expect([...a.tensors.keys()]).toEqual([...b.tensors.keys()]);
  for (const [name, { data }] of a.tensors) expect(data, name).toEqual(b.tensors.get(name)!.data);
}
