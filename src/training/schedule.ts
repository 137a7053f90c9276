/**
 * The learning rate over the steps, computed in the graph from the step number.
 *
 *     step < warmup        rate = maximum · (step + 1) / (warmup + 1)
 *     step > decaySteps    rate = minimum
 *     otherwise            rate = minimum + ½ (1 + cos(π (step − warmup) / (decaySteps − warmup))) (maximum − minimum)
 *
 * Steps count from 0. This is nanoGPT's schedule; equal rates and no warm-up give a constant one.
 *
 * @module
 */
import { refuseUnknownNames } from "../errors.ts";
import type { NamesOf } from "../errors.ts";
import { add, divide, maximum, minimum, multiply, subtract } from "../operators/arithmetic.ts";
import { less } from "../operators/comparison.ts";
import { cos } from "../operators/pointwise.ts";
import { scalar } from "../operators/source.ts";
import { where } from "../operators/where.ts";
import { largestFloat32 } from "../tensor/float32.ts";
import type { Tensor } from "../tensor/tensor.ts";

/** A warm-up and a cosine. */
export interface Schedule {
  readonly maximum: number;
  readonly minimum: number;
  /** Steps of rising rate. */
  readonly warmup: number;
  /** The step at which the minimum is reached. */
  readonly decaySteps: number;
}

const names: NamesOf<Schedule> = { maximum: true, minimum: true, warmup: true, decaySteps: true };

/** A rate that never changes. */
export function constantRate(rate: number): Schedule {
  return { maximum: rate, minimum: rate, warmup: 0, decaySteps: 1 };
}

/** The default: a warm-up over a tenth of the steps, at most 100, then a cosine to a tenth of the rate. */
export function warmupCosine(learningRate: number, steps: number): Schedule {
  const warmup = Math.min(100, Math.floor(steps / 10));
  return { maximum: learningRate, minimum: learningRate / 10, warmup, decaySteps: steps };
}

/**
 * Checks that a schedule has a rate at every step.
 *
 * @throws {RangeError} maximum ≥ minimum ≥ 0 or 0 ≤ warmup < decaySteps does not hold, or one is beyond float32
 */
export function checkSchedule(schedule: Schedule): void {
  refuseUnknownNames("schedule", schedule, names);
  const { maximum: high, minimum: low, warmup, decaySteps } = schedule;
  const ordered = high >= low && low >= 0 && warmup >= 0 && decaySteps > warmup;
  if (!ordered || high > largestFloat32 || decaySteps > largestFloat32)
    throw new RangeError(
      `schedule: expected maximum ≥ minimum ≥ 0 and 0 ≤ warmup < decaySteps, got ` +
        `maximum ${high}, minimum ${low}, warmup ${warmup}, decaySteps ${decaySteps}.` +
        (ordered ? " Float32 holds numbers up to 3.4e38." : ""),
    );
}

/**
 * The rate at `step`, a float32 scalar.
 *
 * @throws {RangeError} the schedule is impossible; see `checkSchedule`
 */
export function scheduledRate(step: Tensor, schedule: Schedule): Tensor {
  checkSchedule(schedule);
  const { maximum: high, minimum: low, warmup, decaySteps } = schedule;
  if (high === low && warmup === 0) return scalar(high);
  const rising = multiply(add(step, 1), high / (warmup + 1));
  const progress = divide(subtract(step, warmup), decaySteps - warmup);
  const bounded = minimum(maximum(progress, 0), 1);
  const wave = multiply(add(cos(multiply(bounded, Math.PI)), 1), (high - low) / 2);
  return where(less(step, scalar(warmup)), rising, add(wave, low));
}
