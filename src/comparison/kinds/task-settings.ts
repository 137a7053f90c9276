/**
 * The settings of a comparison on a task.
 *
 * @module
 */
import type { ModelSettings } from "../model-settings.ts";
import type { ModelDefaults } from "./kind.ts";

/** A comparison on a task, whose lengths are the task's own. */
export interface TaskSettings extends ModelSettings {
  /** The task's id, with options where some are chosen: `counting(variables=5)`. */
  readonly task: string;
  /** Samples judged at each length under each condition. */
  readonly evaluationSamples: number;
}

/**
 * The defaults of a comparison on a task: five encodings learn to copy, or show that they do not, within three minutes
 * of one core.
 */
export const defaultTaskSettings: Omit<
  TaskSettings,
  "task" | "encodings" | "threads" | "testLengths"
> &
  ModelDefaults = {
  seeds: [1],
  trainLength: 10,
  steps: 1000,
  batch: 32,
  width: 64,
  heads: 4,
  layers: 3,
  learningRate: 3e-3,
  optimiser: "adamw",
  warmup: 100,
  weightDecay: 0.1,
  clipNorm: 1,
  evaluationSamples: 256,
  device: "cpu",
};

/** The default encodings: those of the NoPE study, from which most of our tasks are. */
export const taskEncodings: readonly string[] = [
  ...["none", "sinusoidal", "rope", "alibi"],
  "t5(form=scaled,maxDistance=32)",
];

/** The default test lengths, as multiples of the train length: most encodings that fail beyond it fail within these. */
export const taskMultiples: readonly number[] = [1, 1.1, 1.2, 1.5, 2];
