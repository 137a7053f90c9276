/**
 * Answers that a run of the architecture "span" finds, of many questions in their order.
 *
 * @module
 */
import { spanFinder } from "../evaluation/span-answers.ts";
import type { FoundAnswer } from "../evaluation/span-answers.ts";
import type { GenerationOptions } from "../generation/generation-options.ts";
import type { Question } from "../generation/translate.ts";
import { OptionError } from "../options/read.ts";
import type { Compile, CompileOptions } from "../runtime/session.ts";
import type { OpenedSpanRun } from "./open-span-run.ts";

/** How answers are looked for. */
export interface AnswerSpansOptions extends CompileOptions {
  /** Questions that are answered together. Default 32. */
  readonly batchSize?: number;
  /** The most tokens of an answer. Default 30. */
  readonly longestAnswer?: number;
  /** Ends after the questions that are being answered. */
  readonly signal?: AbortSignal;
  /** Default: ONNX Runtime in Node. */
  readonly compile?: Compile;
}

/** The answer to a question: a part of its text. */
export interface SpanText extends FoundAnswer {
  /** Of the question, from 0. */
  readonly index: number;
  /** The text, a space, and the question. */
  readonly source: string;
}

/**
 * Answers questions, in their order; an empty question has the empty answer.
 *
 * @throws {InputError} a question cannot be read: it is longer than a row, or has a character that the tokenizer lacks; the answers
 *   before it were given
 */
export async function* answerSpans(
  run: OpenedSpanRun,
  questions: Iterable<Question> | AsyncIterable<Question>,
  options: AnswerSpansOptions = {},
): AsyncGenerator<SpanText> {
  const { batchSize = 32, longestAnswer, signal, ...compiled } = options;
  const { trainLength: length, seed } = run.configuration;
  const finder = await spanFinder(run, {
    ...{ length, seed, ...compiled },
    ...(longestAnswer === undefined ? {} : { longestAnswer }),
  });
  let done = 0;
  const answered = async (batch: readonly Question[]): Promise<SpanText[]> => {
    const asked = batch.map(({ question, context, place }, at) => ({
      ...{ id: place ?? `question ${done + at + 1}`, question, context },
    }));
    const full = asked.filter(({ question }) => question.trim() !== "");
    const found = await finder.find(full);
    const texts = asked.map(({ question, context }, at): SpanText => {
      const answer = found[full.indexOf(asked[at]!)] ?? { text: "", start: 0, score: 0 };
      return { index: done + at, source: `${context.trim()} ${question.trim()}`.trim(), ...answer };
    });
    done += batch.length;
    return texts;
  };
  let batch: Question[] = [];
  try {
    for await (const question of questions) {
      if (signal?.aborted) return;
      batch.push(question);
      if (batch.length < batchSize) continue;
      yield* await answered(batch);
      batch = [];
    }
    if (batch.length > 0 && !signal?.aborted) yield* await answered(batch);
  } finally {
    await finder.dispose();
  }
}

/**
 * The most tokens of an answer among options of generation; an answer that is found has no others.
 *
 * @throws {OptionError} another option is given
 */
export function longestAnswerOf({ maxTokens, ...others }: GenerationOptions): number | undefined {
  const [other] = Object.keys(others);
  if (other !== undefined)
    throw new OptionError(
      other,
      `generate: ${other} is of texts that are written, and this run finds answers in their texts. Leave it out.`,
    );
  return maxTokens;
}
