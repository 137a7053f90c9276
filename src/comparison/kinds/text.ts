/**
 * Comparisons on text.
 *
 * @module
 */
import { defaultCorpus } from "../../data/corpus.ts";
import { grouped } from "../../format.ts";
import { checkWindowsFit, splitText } from "../../data/split.ts";
import { makeTokenizer } from "../../data/tokenizers.ts";
import { encodeNamed, trainingTexts } from "../../data/validation-text.ts";
import type { TrialData } from "../trial-data.ts";
import type { Kind, Prepared, ReadFiles } from "./kind.ts";
import { textData, textMeasures } from "./text-data.ts";
import { textYardsticks } from "./text-yardsticks.ts";
import { defaultSettings, textEncodings, textMultiples } from "./text-settings.ts";
import type { TextSettings } from "./text-settings.ts";
import { textProtocols, textSubject, textWords } from "./text-subject.ts";
import type { TextSubject } from "./text-subject.ts";

/** The same language model on one text. */
export const textKind: Kind<TextSettings, TextSubject, TrialData> = {
  id: "text",
  key: "corpus",
  measures: () => textMeasures,
  beside: () => [], // perplexity says the same in another unit
  defaults: defaultSettings,
  encodings: textEncodings,
  multiples: textMultiples,
  trainLength: () => defaultSettings.trainLength,
  counts: ["stride", "evaluationTokens"],
  optional: ["tokenizerSha256", "validation"],
  complete: (
    { corpus, validation, tokenizer, tokenizerSha256, stride, evaluationTokens },
    shared,
  ) => ({
    corpus: corpus ?? { name: defaultCorpus },
    validation,
    tokenizer: tokenizer ?? defaultSettings.tokenizer,
    ...(tokenizerSha256 === undefined ? {} : { tokenizerSha256 }),
    ...shared,
    stride: stride ?? shared.trainLength,
    evaluationTokens: evaluationTokens ?? defaultSettings.evaluationTokens,
  }),
  options: ({ corpus, validation, tokenizer, stride, evaluationTokens }) => ({
    ...("text" in corpus ? { text: corpus.text } : { corpus: corpus.name }),
    ...(validation === undefined ? {} : { validation }),
    ...(tokenizer === defaultSettings.tokenizer ? {} : { tokenizer }),
    stride,
    evaluationTokens,
  }),
  vocabulary: ({ tokenizer }) => (tokenizer === "byte" ? 256 : undefined),
  rowLength: ({ trainLength }) => trainLength,
  corpus: ({ corpus }) => corpus,
  validation: ({ validation }) => validation,
  prepare,
  subject: textSubject,
  protocols: textProtocols,
  itemCount: () => undefined,
  words: textWords,
  itemsInVersion1: "windows",
};

function prepare(
  settings: TextSettings,
  { corpus, validation: own, tokenizer: fromFile }: ReadFiles = {},
): Prepared<TextSubject, TrialData> {
  if (corpus === undefined)
    throw new RangeError(
      "comparison: a comparison on text needs its text. Pass the corpus that `settings.corpus` names.",
    );
  const { train: known, validation, description } = trainingTexts(corpus, own);
  const tokenizer = fromFile ?? makeTokenizer(settings.tokenizer, known);
  const held = settings.learningRates && splitText(known, { validation: tuningShare });
  const train = held?.train ?? known;
  const parts = {
    training: encodeNamed(tokenizer, train, `the training part of ${corpus.name}`),
    validation: encodeNamed(
      tokenizer,
      validation,
      own?.name ?? `the validation part of ${corpus.name}`,
    ),
  };
  const tuning =
    held && encodeNamed(tokenizer, held.validation, `the tuning part of ${corpus.name}`);
  const { trainLength, testLengths, stride, evaluationTokens } = settings;
  const longest = Math.max(...testLengths);
  checkWindowsFit({
    training: { tokens: parts.training.length, length: trainLength },
    validation: { tokens: parts.validation.length, length: longest },
    ...(tuning && { tuning: { tokens: tuning.length, length: trainLength } }),
  });
  const data = textData({
    ...{ ...parts, tokenizer, longest, stride, evaluationTokens },
    ...(tuning && { tuning: { tokens: tuning, length: trainLength } }),
  });
  const { measures, protocols } = data;
  return {
    data,
    vocab: tokenizer.vocab,
    subject: {
      corpus: {
        name: corpus.name,
        bytes: corpus.bytes + (own?.bytes ?? 0),
        trainBytes: bytesOf(train),
        validationBytes: bytesOf(validation),
        split: held ? `${description}; ${heldInWords(held.validation)}` : description,
      },
      tokenizer: settings.tokenizer,
      stride,
    },
    tokenizer: tokenizer.config,
    notes: [...corpus.notes, ...(own?.notes ?? [])],
    tunedOn: held
      ? `${grouped(bytesOf(held.validation))} bytes of the text between what is trained on and what is judged on`
      : "",
    judged: (length) => ({
      length,
      windows: Math.min(parts.validation.length, evaluationTokens) / Math.min(stride, length),
    }),
    yardsticks: (tools) =>
      textYardsticks(
        { ...parts, tokenizer, testLengths, evaluationTokens, measures, protocols },
        tools,
      ),
  };
}

/** A ninth of what is before the validation text: as much as that. */
const tuningShare = 1 / 9;

function heldInWords(held: string): string {
  return `learning rates are chosen on the ${grouped(bytesOf(held))} bytes before it, which are not trained on either`;
}

/** Length in UTF-8. */
function bytesOf(text: string): number {
  return new TextEncoder().encode(text).length;
}
