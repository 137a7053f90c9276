/**
 * How table, verdict and report speak of what was measured: bits per byte of a text, of which less is better,
 * or exact match on a task, of which more is.
 *
 * @module
 */
import { bits, grouped, multiple } from "./format.ts";
import type { Compared, Judged, Protocol, Ranked } from "../comparison/results.ts";
import { protocols } from "../comparison/results.ts";
import type { AnyResults, TaskCompared, TaskRanked } from "../comparison/task-results.ts";
import { isOfTask } from "../comparison/task-results.ts";

/** A row of either kind of comparison. */
export type AnyCompared = Compared | TaskCompared;

/** A row of either kind that has a number. */
export type AnyRanked = Ranked | TaskRanked;

/** The words for one kind of comparison. */
export interface Wording {
  /** 1 where less is better, −1 where more is. */
  readonly worse: 1 | -1;
  /** "Bits per byte" */
  readonly measure: string;
  /** "2.576 bits per byte" */
  readonly score: (value: number) => string;
  /** "has the lowest loss" */
  readonly leads: string;
  /** "lowest": of the best number of a column. */
  readonly superlative: string;
  /** "lower is better" */
  readonly direction: string;
  /** The least and the most that a score can be. */
  readonly least: number;
  readonly most: number;
  /** "512 tokens", "40 symbols to copy" */
  readonly length: (length: number) => string;
  /** Protocols in order; the first is the one to judge by. */
  readonly protocols: readonly string[];
  /** "Windows that do not overlap" */
  readonly protocol: (protocol: string) => string;
  /** What the verdict holds for: "this text (moby-dick)". */
  readonly subject: string;
  /** A change for the worse, for certain, of more than this is called a break. */
  readonly breaks: (before: number) => number;
  /** What a break is, in words. */
  readonly broken: string;
}

/** A loss that grew by this share of itself, for certain, is called broken; less is called worse. */
export const brokenShare = 0.05;

/** The words for these results. */
export function wordingOf(results: AnyResults): Wording {
  return isOfTask(results) ? ofTask(results.configuration.task) : ofText(results.configuration);
}

function ofText({ stride, corpus }: { stride: number; corpus: { name: string } }): Wording {
  const names: Readonly<Record<Protocol, string>> = {
    windows: "Windows that do not overlap",
    sliding: `Sliding windows, stride ${grouped(stride)}`,
  };
  return {
    worse: 1,
    measure: "Bits per byte",
    score: (value) => `${bits(value)} bits per byte`,
    leads: "has the lowest loss",
    superlative: "lowest",
    direction: "lower is better",
    least: 0,
    most: Infinity,
    length: (length) => `${grouped(length)} tokens`,
    protocols,
    protocol: (protocol) => names[protocol as Protocol],
    subject: `this text (${corpus.name})`,
    breaks: (before) => brokenShare * before,
    broken: `the loss has certainly grown by more than ${brokenShare * 100} %`,
  };
}

/** An exact match that fell by this much, for certain, is called broken. */
const brokenFall = 0.05;

function ofTask(task: {
  readonly name: string;
  readonly length: string;
  readonly conditions: readonly { readonly id: string }[];
}): Wording {
  return {
    worse: -1,
    measure: "Exact match",
    score: (value) => `exact match ${bits(value)}`,
    leads: "answers most samples right",
    superlative: "highest",
    direction: "higher is better",
    least: 0,
    most: 1,
    length: (length) => `${grouped(length)} ${task.length}`,
    protocols: task.conditions.map(({ id }) => id),
    protocol: (condition) =>
      condition === task.conditions[0]!.id
        ? "Samples drawn as in training"
        : `Samples drawn ${condition}`,
    subject: `this task (${task.name})`,
    breaks: () => brokenFall,
    broken: `exact match has certainly fallen by more than ${bits(brokenFall)}`,
  };
}

/** What an encoding is judged by, of either kind of row. */
export function scoreOf(row: AnyRanked): number {
  return "bitsPerByte" in row ? row.bitsPerByte : row.exactMatch;
}

/** The rows that have a number, of either kind. */
export function rankedRows({ comparison }: AnyResults): AnyRanked[] {
  return (comparison as readonly AnyCompared[]).filter((row) => "standing" in row);
}

/** The rows without one, of either kind. */
export function failedRows({ comparison }: AnyResults): Exclude<AnyCompared, Judged>[] {
  return (comparison as readonly AnyCompared[]).filter((row) => "failed" in row);
}

/** "64 (1×)" */
export function lengthWithMultiple(length: number, trainLength: number): string {
  return `${grouped(length)} (${multiple(length, trainLength)})`;
}
