/**
 * The model of a run that finds answers in texts: an encoder with a span head, trained on questions whose answers have places.
 *
 * @module
 */
import { encodePairs } from "../data/pairs/pair-tokens.ts";
import type { TextPair } from "../data/pairs/pair.ts";
import type { SpanExample } from "../data/spans/span-example.ts";
import { spanVocab, spanWindows } from "../data/spans/span-windows.ts";
import type { SpanWindow } from "../data/spans/span-windows.ts";
import type { Tokenizer } from "../data/tokenizer.ts";
import { asInputError, InputError } from "../errors.ts";
import { spanLossEvaluator } from "../evaluation/span-losses.ts";
import { chooseEncoding } from "../loading/encoding-file.ts";
import { transformerConfig } from "../model/config.ts";
import { encoderModelConfig } from "../model/encoder-model.ts";
import type { EncoderModel } from "../model/encoder-model.ts";
import { unsupportedReason } from "../model/length-limit.ts";
import { spanModel } from "../model/span-model.ts";
import type { Weights } from "../parameters/weights.ts";
import type { Compile, CompileOptions } from "../runtime/session.ts";
import { spanBatches, spanObjective } from "../training/span-objective.ts";
import type { CompletePairSettings } from "./complete-pair-settings.ts";
import { recordedEncodingOf } from "./recorded.ts";
import { requireEffect } from "./require-effect.ts";
import type { SpanRun } from "./run-document.ts";
import { refuseTooLarge } from "./size-limit.ts";
import type { RunSubject } from "./train-in-folder.ts";

/** Tokens of a row unless a setting says otherwise, as in BERT's training on SQuAD; fewer where all texts are shorter. */
const usualLength = 384;

/** Questions to train on and to judge with. */
export interface SpanData {
  /** Name of the pairs, for messages. */
  readonly name: string;
  readonly train: readonly TextPair[];
  readonly validation: readonly TextPair[];
  readonly tokenizer: Tokenizer;
}

/** A span model, to be trained. */
export interface SpanSubject extends Omit<RunSubject, "document" | "tokenizerDocument"> {
  readonly model: EncoderModel;
  /** What the run records of the model. */
  readonly described: Pick<
    SpanRun,
    "architecture" | "model" | "encodings" | "trainLength" | "sourceLength" | "targetLength"
  >;
}

/**
 * The model with its training.
 *
 * @throws {InputError} the pairs have no places of answers, a question is longer than a row, a setting or encoding cannot be, or
 *   training does not fit in memory
 */
export async function spanSubject(
  settings: CompletePairSettings,
  data: SpanData,
  running: { readonly compile: Compile; readonly compileOptions: CompileOptions },
): Promise<SpanSubject> {
  const { tokenizer } = data;
  const [train, validation] = [examplesOf(data, "train"), examplesOf(data, "validation")];
  const both = { source: tokenizer, target: tokenizer };
  const encoded = encodePairs(both, data.train, `the training pairs of ${data.name}`);
  const longestOf = (side: "source" | "target"): number =>
    encoded.reduce((most, pair) => Math.max(most, pair[side].length), 0);
  const [sourceLength, targetLength] = [longestOf("source"), longestOf("target")];
  // Question, text and three separators; a source has an end symbol and a space between question and text.
  const length = Math.min(settings.sourceLength ?? usualLength, sourceLength + 3);
  const vocab = spanVocab(tokenizer);
  const { width, hidden, heads, encoderLayers: layers, batch, shapes, accumulate, seed } = settings;
  refuseTooLarge({ width, hidden, layers, vocab, batch: 1, length, accumulate, models: 1 });
  const windowsOf = (examples: readonly SpanExample[]): readonly SpanWindow[] =>
    asInputError(() => spanWindows(examples, tokenizer, { length }));
  const windows = windowsOf(train);
  const { headDim, keyValueHeads, norm, form, activation, bias, dropout } = settings;
  const block = {
    ...{ vocab, model: width, heads, layers, hidden, norm, form, activation, bias, dropout },
    ...(headDim === undefined ? {} : { headDim }),
    ...(keyValueHeads === undefined ? {} : { keyValueHeads }),
  };
  const config = asInputError(() => encoderModelConfig({ ...block, segments: 2 }));
  const encoding = await chooseEncoding(settings.encoding);
  const { definition } = encoding;
  const model = asInputError(() => spanModel(config, definition, length));
  const reason = unsupportedReason(model, length);
  if (reason !== undefined)
    throw new InputError(
      `${model.encoding.id} cannot read rows of ${length} tokens: ${reason}. Lower sourceLength (--source-length).`,
    );
  asInputError(() => requireEffect(definition, transformerConfig(block), length));
  const chosen = judgedWindows(windowsOf(validation), settings.evaluationTokens, length);
  return {
    model,
    described: {
      architecture: "span",
      model: config,
      encodings: { encoder: recordedEncodingOf(encoding) },
      ...{ trainLength: length, sourceLength, targetLength },
    },
    objective: asInputError(() => spanObjective(model, { batch, length })),
    batches: asInputError(() => spanBatches(model, windows, { batch, length, shapes })),
    judged: `first and last tokens of answers in ${chosen.length} rows of ${validation.length} validation questions`,
    async evaluator() {
      const { compile, compileOptions } = running;
      const on = { windows: chosen, length, seed, compile, ...compileOptions };
      const compiled = await spanLossEvaluator(model, on);
      const lossOf = async (weights: Weights): Promise<number> => {
        const losses = await compiled.lossesOf(weights);
        return losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
      };
      return { lossOf, dispose: () => compiled.dispose() };
    },
  };
}

/**
 * The questions of pairs.
 *
 * @throws {InputError} a pair has no places of its answers
 */
function examplesOf(data: SpanData, part: "train" | "validation"): readonly SpanExample[] {
  return spanExamplesOf(data[part], `${part} question`, data.name);
}

/** See `examplesOf`; `what` is the name of a question in messages, before its number. */
export function spanExamplesOf(
  pairs: readonly TextPair[],
  what: string,
  name: string,
): readonly SpanExample[] {
  return pairs.map(({ span }, at) => {
    if (span === undefined)
      throw new InputError(
        `${name}: the architecture span finds answers that have a place in their text, which these pairs have not. Give files ` +
          `in SQuAD's format (.json), or another architecture.`,
      );
    return { id: `${what} ${at + 1}`, ...span };
  });
}

/** The first rows with about so many tokens, one at least. */
function judgedWindows(
  windows: readonly SpanWindow[],
  tokens: number,
  length: number,
): readonly SpanWindow[] {
  return windows.slice(0, Math.max(1, Math.ceil(tokens / length)));
}
