/**
 * The plan of a training: how many steps, with which optimiser and rates.
 *
 * @module
 */
import { refuseUnknownNames } from "../errors.ts";
import type { NamesOf } from "../errors.ts";
import { largestFloat32, lastCountFloat32, smallestFloat32 } from "../tensor/float32.ts";
import { adamW } from "./optimiser.ts";
import type { Optimiser } from "./optimiser.ts";
import { checkSchedule, warmupCosine } from "./schedule.ts";
import type { Schedule } from "./schedule.ts";

/** A complete plan, as `trainingPlan` makes it. Sizes of a batch belong to the objective's inputs. */
export interface TrainingPlan {
  readonly steps: number;
  readonly schedule: Schedule;
  readonly optimiser: Optimiser;
  /** Largest norm of all gradients together; 0 for no clipping. */
  readonly clipNorm: number;
  /** Seed of first values, batches and dropout. */
  readonly seed: number;
  /** Micro-batches whose gradients are averaged before the optimiser moves. */
  readonly accumulate: number;
  /** Steps between checkpoints; the last step always ends with one. */
  readonly checkpointEvery: number;
}

/** What a plan is made of; everything but `steps` has a default. */
export interface PlanOptions extends Partial<TrainingPlan> {
  readonly steps: number;
  /** The highest rate of the default schedule. Default 1e-3. */
  readonly learningRate?: number;
}

const names: NamesOf<PlanOptions> = {
  steps: true,
  learningRate: true,
  schedule: true,
  optimiser: true,
  clipNorm: true,
  seed: true,
  accumulate: true,
  checkpointEvery: true,
};

/**
 * A complete plan.
 *
 * Defaults: a short warm-up and a cosine from `learningRate` 1e-3 (`warmupCosine`), AdamW, `clipNorm` 1, `seed` 1,
 * `accumulate` 1, `checkpointEvery` 100.
 *
 * @throws {RangeError} an option that does not exist, a value out of its bounds, or both a rate and a schedule
 */
export function trainingPlan(options: PlanOptions): TrainingPlan {
  refuseUnknownNames("plan", options, names);
  const { steps, learningRate, schedule, optimiser = adamW() } = options;
  const { clipNorm = 1, seed = 1, accumulate = 1, checkpointEvery = 100 } = options;
  for (const [name, value] of Object.entries({ steps, accumulate, checkpointEvery }))
    if (!Number.isSafeInteger(value) || value < 1)
      throw new RangeError(`plan: ${name} must be a whole number of 1 or more, got ${value}.`);
  if (steps > lastCountFloat32) throw tooManySteps("plan", steps);
  if (!Number.isSafeInteger(seed) || seed < 0)
    throw new RangeError(`plan: seed must be a whole number of 0 or more, got ${seed}.`);
  if (!(clipNorm === 0 || (clipNorm >= smallestFloat32 && clipNorm <= largestFloat32)))
    throw new RangeError(
      `plan: clipNorm must be a number of 0 or more, got ${clipNorm}. Use 0 for no clipping.` +
        (clipNorm > 0
          ? " Other numbers must lie from 1.2e-38 to 3.4e38, the range of float32."
          : ""),
    );
  if (learningRate !== undefined && schedule !== undefined)
    throw new RangeError(
      `plan: learningRate ${learningRate} and a schedule are both given. Give one of them: ` +
        `a schedule has its own rates.`,
    );
  if (learningRate !== undefined && !(learningRate > 0 && learningRate <= largestFloat32))
    throw new RangeError(`plan: learningRate must be a number above 0, got ${learningRate}.`);
  const rates = schedule ?? warmupCosine(learningRate ?? 1e-3, steps);
  checkSchedule(rates);
  return { steps, schedule: rates, optimiser, clipNorm, seed, accumulate, checkpointEvery };
}

/** The refusal of a step that the step number, a float32, cannot count. */
export function tooManySteps(speaker: string, steps: number): RangeError {
  return new RangeError(
    `${speaker}: a training has at most ${lastCountFloat32} steps, got ${steps}: its step number is a float32, which ` +
      `counts no further. Train fewer steps on larger batches, or begin a second training from these weights.`,
  );
}
