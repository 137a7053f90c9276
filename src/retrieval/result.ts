/**
 * What asking a model gives, as plain data.
 *
 * @module
 */
import type { Interval } from "../comparison/statistics/intervals.ts";
import type { RetrievalJudge, RetrievalTaskName, ValueKind, Wording } from "./task.ts";

/** What a model wrote behind a prompt. */
export interface WrittenAnswer {
  readonly text: string;
  /** What was asked for. */
  readonly answers: readonly string[];
  /** How many of them the text has. */
  readonly found: number;
}

/** What was measured at one length and depth. */
export interface MeasuredCell {
  readonly samples: number;
  /** Samples whose answer is right as a whole: every token is the likeliest, or every answer was written. */
  readonly right: number;
  /** The share of right samples; where the model writes, the mean share of the answers that were found. */
  readonly accuracy: number;
  /** Of the accuracy, 95 %, Wilson's. */
  readonly interval: Interval;
  /** Mean nats of a token of the answer. */
  readonly nats: number;
  /** The same behind prompts that hide other values: what the answer costs a model that did not read it. */
  readonly natsWithout: number;
  /** The second minus the first, paired by sample, 95 % by Student's t; the interval is null for one sample. */
  readonly gain: { readonly mean: number; readonly interval: Interval | null };
  /** The fewest and the most tokens that the texts have, or have room for. */
  readonly tokens: { readonly least: number; readonly most: number };
  /** Mean tokens of an answer. */
  readonly answerTokens: number;
  /** Of each sample, where the model wrote. */
  readonly written?: readonly WrittenAnswer[];
}

/** The results at one length and depth, or why there are none. */
export type RetrievalCell = {
  readonly task: RetrievalTaskName;
  /** Tokens of a prompt with its answer, or with what the model may write, as asked. */
  readonly length: number;
  /** In per cent; null where what is asked for is spread over the text. */
  readonly depth: number | null;
} & (MeasuredCell | { readonly unsupported: string });

/** A task as it was asked. */
export interface AskedTask {
  readonly task: RetrievalTaskName;
  readonly summary: string;
  /** Whether it has depths. */
  readonly placed: boolean;
  readonly wording: Wording;
  /** The expected accuracy of as many answers as were asked for, each drawn among all possible ones. */
  readonly chance: number;
}

/** All results. */
export interface RetrievalResult {
  /** The text around needles. */
  readonly text: string;
  readonly seed: number;
  /** Of each task, length and depth. */
  readonly samples: number;
  readonly values: ValueKind;
  readonly judge: RetrievalJudge;
  readonly tasks: readonly AskedTask[];
  /** By task, length and depth. */
  readonly cells: readonly RetrievalCell[];
}
