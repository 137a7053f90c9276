/**
 * Targets that a run writes for pairs which have right answers, to be judged.
 *
 * @module
 */
import type { TextPair } from "../data/pairs/pair.ts";
import type { EndReason } from "../generation/generated-row.ts";
import type { GenerationOptions } from "../generation/generation-options.ts";
import type { TargetGeneratorOptions } from "../generation/target-generator.ts";
import { targetsOf } from "../generation/targets-of.ts";
import { textTargets } from "../generation/translate.ts";
import { answerSpans, longestAnswerOf } from "./answer-spans.ts";
import type { OpenedPairRun } from "./open-pair-run.ts";
import type { OpenedSpanRun } from "./open-span-run.ts";
import { spanExamplesOf } from "./span-subject.ts";

/** How targets are written. */
export interface WritingOptions {
  readonly generation: GenerationOptions;
  /** Sources that are read together. */
  readonly batchSize: number;
  readonly compiled: TargetGeneratorOptions;
  readonly signal: AbortSignal | undefined;
  /** Called after each target. */
  readonly onWritten: (written: number) => void;
}

/** A target that was written, and why it ended. */
export interface WrittenTarget {
  readonly text: string;
  readonly ended: EndReason;
}

/** The most tokens of a target, unless a call says otherwise: twice the longest target of the training, 100 at least. */
export function longestWritten({ configuration }: OpenedPairRun): number {
  return Math.max(100, 2 * configuration.targetLength);
}

/**
 * A target for each pair's source, in their order.
 *
 * @throws {OptionError} an option of generation is outside its bounds or without effect
 * @throws {DOMException} (an AbortError, or the signal's own reason) the signal was aborted
 */
export async function writtenTargets(
  run: OpenedPairRun | OpenedSpanRun,
  pairs: readonly TextPair[],
  options: WritingOptions,
): Promise<readonly WrittenTarget[]> {
  return run.architecture === "span"
    ? await foundAnswers(run, pairs, options)
    : await generatedTargets(run, pairs, options);
}

async function generatedTargets(
  run: OpenedPairRun,
  pairs: readonly TextPair[],
  { generation, batchSize, compiled, signal, onWritten }: WritingOptions,
): Promise<readonly WrittenTarget[]> {
  const options = {
    ...{ maxTokens: longestWritten(run), ...generation, batchSize },
    ...(signal && { signal }),
  };
  const sources = pairs.map(({ source }) => source);
  const written: WrittenTarget[] = [];
  for await (const { text, ended } of targetsOf(textTargets(run), sources, options, compiled)) {
    written.push({ text, ended });
    onWritten(written.length);
  }
  signal?.throwIfAborted();
  return written;
}

async function foundAnswers(
  run: OpenedSpanRun,
  pairs: readonly TextPair[],
  { generation, batchSize, compiled, signal, onWritten }: WritingOptions,
): Promise<readonly WrittenTarget[]> {
  const longestAnswer = longestAnswerOf(generation);
  const written: WrittenTarget[] = [];
  const options = {
    ...{ batchSize, ...compiled },
    ...(longestAnswer === undefined ? {} : { longestAnswer }),
    ...(signal && { signal }),
  };
  const questions = spanExamplesOf(pairs, "question", run.folder);
  for await (const { text } of answerSpans(run, questions, options)) {
    written.push({ text, ended: "end" });
    onWritten(written.length);
  }
  signal?.throwIfAborted();
  return written;
}
