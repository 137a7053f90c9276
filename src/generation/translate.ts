/**
 * Translating, summarising and answering with a run that was trained for it.
 *
 *     for await (const { text } of translate(await openPairRun("runs/de-en"), ["Ein Hund rennt."], { beams: 5 }))
 *       console.log(text);
 *
 * @module
 */
import type { Tokenizer } from "../data/tokenizer.ts";
import { InputError } from "../errors.ts";
import type { TrainedModel } from "../model/trained-model.ts";
import type { TextSequenceModel, TextTargetModel } from "./source-writer.ts";
import type { TrainedEncoderDecoder } from "./target-decoder.ts";
import type { TargetGeneratorOptions } from "./target-generator.ts";
import { targetsOf } from "./targets-of.ts";
import type { SourceText, TargetsOptions, TargetText } from "./targets-of.ts";

/** A trained model of pairs of texts: an encoder-decoder, or a decoder-only model. `openPairRun` gives one. */
export type PairTextModel = (TrainedEncoderDecoder | TrainedModel) & {
  /** Of both sides. */
  readonly tokenizer: Tokenizer;
  /**
   * A source ends with `end`; a target begins with `begin` and ends with `end`. A decoder-only model reads source, `begin` and
   * target as one sequence.
   */
  readonly symbols: { readonly begin: number; readonly end: number };
  /** What it was trained for, where a run records it. */
  readonly configuration?: { readonly task: string };
};

/** A question about a text. */
export interface Question {
  readonly question: string;
  /** What the answer is in. */
  readonly context: string;
  /** Where the question is, for messages: "questions.jsonl, line 3". */
  readonly place?: string;
}

/** Several texts, or those of a stream. */
type Many<Item> = Iterable<Item> | AsyncIterable<Item>;

/**
 * Translates texts, in their order.
 *
 * @throws {InputError} the model was trained for another task, or as `targetsOf` does
 */
export function translate(
  run: PairTextModel,
  sources: Many<SourceText>,
  options: TargetsOptions = {},
  compiled: TargetGeneratorOptions = {},
): AsyncGenerator<TargetText> {
  requireTask(run, "translate");
  return targetsOf(textTargets(run), sources, options, compiled);
}

/**
 * Summarises texts, in their order.
 *
 * @throws {InputError} the model was trained for another task, or as `targetsOf` does
 */
export function summarise(
  run: PairTextModel,
  sources: Many<SourceText>,
  options: TargetsOptions = {},
  compiled: TargetGeneratorOptions = {},
): AsyncGenerator<TargetText> {
  requireTask(run, "summarise");
  return targetsOf(textTargets(run), sources, options, compiled);
}

/**
 * Answers questions, in their order. A source is the context, a space and the question, as in training.
 *
 * @throws {InputError} the model was trained for another task, or as `targetsOf` does
 */
export function answer(
  run: PairTextModel,
  questions: Many<Question>,
  options: TargetsOptions = {},
  compiled: TargetGeneratorOptions = {},
): AsyncGenerator<TargetText> {
  requireTask(run, "answer");
  return targetsOf(textTargets(run), asked(questions), options, compiled);
}

async function* asked(questions: Many<Question>): AsyncGenerator<SourceText> {
  let count = 0;
  for await (const { question, context, place = `question ${++count}` } of questions)
    yield { text: `${context.trim()} ${question.trim()}`.trim(), place };
}

/** The model with what its tokens mean, as `targetsOf` takes it. */
export function textTargets(run: PairTextModel): TextTargetModel | TextSequenceModel {
  const { model, weights, tokenizer } = run;
  const { begin, end } = run.symbols;
  const shared = { weights, tokenizer, endTokens: [end], suppressTokens: [begin] };
  return "encoder" in model
    ? {
        ...{ ...shared, model, begin: [begin] },
        encodeSource: (text) => [...tokenizer.encode(text), end],
      }
    : {
        ...{ ...shared, model },
        encodeSource: (text) => [...tokenizer.encode(text), begin],
      };
}

function requireTask({ configuration }: PairTextModel, task: string): void {
  if (configuration !== undefined && configuration.task !== task)
    throw new InputError(
      `this run was trained to ${configuration.task}, and not to ${task}. Use ${configuration.task}, or give a run of ` +
        `another task.`,
    );
}
