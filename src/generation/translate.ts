/**
 * Translating, summarising and answering with a run that was trained for it.
 *
 *     for await (const { text } of translate(await openPairRun("runs/de-en"), ["Ein Hund rennt."], { beams: 5 }))
 *       console.log(text);
 *
 * @module
 */
import { withoutSpecial } from "../data/tokenizer.ts";
import type { Tokenizer } from "../data/tokenizer.ts";
import { InputError } from "../errors.ts";
import type { TrainedModel } from "../model/trained-model.ts";
import type { ForcedTokens } from "./score-filters.ts";
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

/** A pretrained encoder-decoder. `loadEncoderDecoder` gives one. */
export interface PretrainedPair extends TrainedEncoderDecoder {
  /** undefined where its folder has none; texts then cannot be read. */
  readonly tokenizer: Tokenizer | undefined;
  readonly folder: string;
  readonly targetTokens: {
    readonly begin: number | undefined;
    readonly end: readonly number[];
    readonly suppressed: readonly number[];
  } & ForcedTokens;
}

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
  run: PairTextModel | PretrainedPair,
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
  run: PairTextModel | PretrainedPair,
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
  run: PairTextModel | PretrainedPair,
  questions: Many<Question>,
  options: TargetsOptions = {},
  compiled: TargetGeneratorOptions = {},
): AsyncGenerator<TargetText> {
  requireTask(run, "answer");
  const sourceOf = "targetTokens" in run ? askedT5 : asked;
  return targetsOf(textTargets(run), sourcesOf(questions, sourceOf), options, compiled);
}

async function* sourcesOf(
  questions: Many<Question>,
  sourceOf: (question: Question) => string,
): AsyncGenerator<SourceText> {
  let count = 0;
  for await (const each of questions)
    yield { text: sourceOf(each), place: each.place ?? `question ${++count}` };
}

function asked({ question, context }: Question): string {
  return `${context.trim()} ${question.trim()}`.trim();
}

/** As T5 was trained on SQuAD (Raffel et al. 2020, arXiv 1910.10683, appendix D.15). */
function askedT5({ question, context }: Question): string {
  const [asks, text] = [question.trim(), context.trim()];
  return asks === "" && text === "" ? "" : `question: ${asks} context: ${text}`;
}

/**
 * The model with what its tokens mean, as `targetsOf` takes it.
 *
 * @throws {InputError} a pretrained model has no tokenizer, or nothing says what its targets begin with
 */
export function textTargets(
  run: PairTextModel | PretrainedPair,
): TextTargetModel | TextSequenceModel {
  if ("targetTokens" in run) return pretrainedTargets(run);
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

/** Sources get the ids that the tokenizer puts around a text. */
function pretrainedTargets(loaded: PretrainedPair): TextTargetModel {
  const { model, weights, tokenizer, folder, targetTokens } = loaded;
  const { begin, end, suppressed, first, last } = targetTokens;
  if (tokenizer === undefined)
    throw new InputError(
      `${folder} has no tokenizer.json, which texts need. Copy or download it; where the model has none (Marian has ` +
        `source.spm and target.spm), make one with transformers: AutoTokenizer.from_pretrained(…).save_pretrained(…).`,
    );
  if (begin === undefined)
    throw new InputError(
      `${folder} does not say which token a target begins with. Write its id as "decoder_start_token_id" into ` +
        `generation_config.json.`,
    );
  const { before = [], after = [] } = tokenizer.around ?? {};
  return {
    ...{ model, weights, begin: [begin], endTokens: end, suppressTokens: suppressed },
    tokenizer: withoutSpecial(tokenizer),
    forced: { first, last },
    encodeSource(text) {
      const ids = [...before, ...tokenizer.encode(text), ...after];
      const beyond = ids.find((id) => id >= model.config.sourceVocab);
      if (beyond === undefined) return ids;
      throw new InputError(
        `it has the mark ${JSON.stringify(tokenizer.decode([beyond]))}, for which the model has no row. Leave it out.`,
      );
    },
  };
}

function requireTask(run: PairTextModel | PretrainedPair, task: string): void {
  // Nothing says what a pretrained model was trained for.
  if ("targetTokens" in run) return;
  const { configuration } = run;
  if (configuration !== undefined && configuration.task !== task)
    throw new InputError(
      `this run was trained to ${configuration.task}, and not to ${task}. Use ${configuration.task}, or give a run of ` +
        `another task.`,
    );
}
