/**
 * Comparisons on text.
 *
 * @module
 */
import { defaultCorpus } from "../../data/corpus.ts";
import type { Corpus } from "../../data/corpus.ts";
import { checkWindowsFit } from "../../data/split.ts";
import { makeTokenizer } from "../../data/tokenizers.ts";
import { encodeNamed, trainingTexts } from "../../data/validation-text.ts";
import type { Kind, Prepared } from "./kind.ts";
import { textData, textMeasures } from "./text-data.ts";
import { textYardsticks } from "./text-yardsticks.ts";
import { defaultSettings, textEncodings, textMultiples } from "./text-settings.ts";
import type { TextSettings } from "./text-settings.ts";
import { textProtocols, textSubject, textWords } from "./text-subject.ts";
import type { TextSubject } from "./text-subject.ts";

/** The same language model on one text. */
export const textKind: Kind<TextSettings, TextSubject> = {
  id: "text",
  key: "corpus",
  measures: textMeasures,
  beside: [], // perplexity says the same in another unit
  defaults: defaultSettings,
  encodings: textEncodings,
  multiples: textMultiples,
  trainLength: () => defaultSettings.trainLength,
  counts: ["stride", "evaluationTokens"],
  complete: ({ corpus, validation, tokenizer, stride, evaluationTokens }, shared) => ({
    corpus: corpus ?? { name: defaultCorpus },
    validation,
    tokenizer: tokenizer ?? defaultSettings.tokenizer,
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

function prepare(settings: TextSettings, corpus?: Corpus, own?: Corpus): Prepared<TextSubject> {
  if (corpus === undefined)
    throw new RangeError(
      "comparison: a comparison on text needs its text. Pass the corpus that `settings.corpus` names.",
    );
  const { train, validation, description } = trainingTexts(corpus, own);
  const tokenizer = makeTokenizer(settings.tokenizer, train);
  const parts = {
    training: tokenizer.encode(train),
    validation: encodeNamed(tokenizer, validation, own?.name ?? "the validation part"),
  };
  const { trainLength, testLengths, stride, evaluationTokens } = settings;
  const longest = Math.max(...testLengths);
  checkWindowsFit({
    training: { tokens: parts.training.length, length: trainLength },
    validation: { tokens: parts.validation.length, length: longest },
  });
  const data = textData({ ...parts, tokenizer, longest, stride, evaluationTokens });
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
        split: description,
      },
      tokenizer: settings.tokenizer,
      stride,
    },
    tokenizer: tokenizer.config,
    notes: [...corpus.notes, ...(own?.notes ?? [])],
    yardsticks: (tools) =>
      textYardsticks(
        { ...parts, tokenizer, testLengths, evaluationTokens, measures, protocols },
        tools,
      ),
  };
}

/** Length in UTF-8. */
function bytesOf(text: string): number {
  return new TextEncoder().encode(text).length;
}
