/**
 * results.json of a comparison on a task: `configuration.task` is present, and exact match stands where a
 * comparison on text has bits per byte.
 *
 * @module
 */
import type { Judged, RunRecord, Results, TrainedModel } from "./results.ts";
import type { TrainingConfiguration, Unsupported } from "./results.ts";

/** A comparison on a task. */
export interface TaskResults extends RunRecord {
  readonly configuration: TaskConfiguration;
  readonly trials: readonly TaskTrial[];
  readonly comparison: readonly TaskCompared[];
}

/** What was compared, and on which task; lengths count what `task.length` says. */
export interface TaskConfiguration extends TrainingConfiguration {
  readonly task: TaskFacts;
}

/** What is to be told of a task. */
export interface TaskFacts {
  /** The task's id, with options that were chosen: "counting(variables=5)". */
  readonly name: string;
  readonly summary: string;
  /** What a length counts: "symbols to copy". */
  readonly length: string;
  /** How samples were drawn for training, and then for judging only. */
  readonly conditions: readonly { readonly id: string; readonly summary: string }[];
  /** Samples judged at each length under each condition. */
  readonly samples: number;
  /** Tokens of a training row, padding included. */
  readonly rowTokens: number;
  /** A short sample, written out, scored tokens in parentheses. */
  readonly example: string;
}

/** One model: one encoding, one seed. */
export interface TaskTrial extends TrainedModel {
  readonly evaluations: readonly TaskEvaluation[];
}

/** The samples of a length under a condition, answered or not. */
export type TaskEvaluation = TaskMeasured | (TaskPlace & Unsupported);

interface TaskPlace {
  readonly length: number;
  /** The condition under which the samples were drawn. */
  readonly protocol: string;
}

/** How a model answered. */
export interface TaskMeasured extends TaskPlace {
  /** Share of samples all of whose scored tokens are right. */
  readonly exactMatch: number;
  /** Share of scored tokens that are right, each given the right tokens before it. */
  readonly tokenAccuracy: number;
  /** Scored tokens. */
  readonly tokens: number;
  /** Of each sample: 1 where all is right, 0 elsewhere. All encodings with a seed have the same samples. */
  readonly correct: readonly (0 | 1)[];
}

/** One encoding at one length under one condition, all seeds together. */
export type TaskCompared =
  TaskRanked | (TaskPlace & { readonly encoding: string; readonly failed: string });

/** How an encoding stands; more is better. */
export interface TaskRanked extends TaskPlace, Judged {
  readonly exactMatch: number;
}

/** Either kind of document. */
export type AnyResults = Results | TaskResults;

/** Whether a document is of a task. */
export function isOfTask(results: AnyResults): results is TaskResults {
  return "task" in results.configuration;
}
