/**
 * What results.json says of the text that models were compared on, and the words for it.
 *
 * @module
 */
import type { z } from "zod";
import { grouped, listed, multiple } from "../../format.ts";
import type { TrainingConfiguration } from "../configuration.ts";
import { count, object, text } from "../schemas.ts";
import type { Protocol } from "./kind.ts";
import type { KindWords } from "./words.ts";

/** The text of a comparison. */
export interface TextSubject {
  readonly corpus: CorpusFacts;
  readonly tokenizer: string;
  /** Tokens that a sliding window moves at a time; each is judged once. */
  readonly stride: number;
}

/** A text and its parts. */
export interface CorpusFacts {
  readonly name: string;
  readonly bytes: number;
  readonly trainBytes: number;
  readonly validationBytes: number;
  /** How the text was divided, in words: "the last tenth, chapters 121 to the end". */
  readonly split: string;
}

/** The fields of a `TextSubject`. */
export const textSubject: Readonly<Record<keyof TextSubject, z.ZodType>> = {
  corpus: object({
    name: text,
    bytes: count,
    trainBytes: count,
    validationBytes: count,
    split: text,
  }),
  tokenizer: text,
  stride: count,
};

/** The ways in which models are judged on text. */
export function textProtocols({ stride }: TextSubject): readonly Protocol[] {
  return [
    { id: "windows", name: "Windows that do not overlap", role: "main" },
    { id: "sliding", name: `Sliding windows, stride ${grouped(stride)}`, role: "check" },
  ];
}

/** How a comparison on text is spoken of. */
export function textWords(configuration: TrainingConfiguration & TextSubject): KindWords {
  const { corpus, tokenizer, vocab, trainLength, testLengths } = configuration;
  return {
    title: corpus.name,
    on: "",
    subject: `this text (${corpus.name})`,
    length: (length) => `${grouped(length)} tokens`,
    lengths: (list) => `${list} tokens`,
    rows: "windows",
    trainedOn: `windows of ${grouped(trainLength)} tokens`,
    judgedOn: `windows of up to ${grouped(Math.max(...testLengths))} tokens`,
    data: "text",
    judged: "tokens",
    token: "token",
    gain: "Gain from the longer window",
    rising: "Loss as the text grows longer",
    lengthNote:
      "Test length in tokens, on a logarithmic scale; lower is better. Bars are 95 % intervals of each mean. " +
      "Encodings read the same text, so bars that overlap say nothing about their difference: the " +
      "next figure has the differences.",
    differenceNote:
      "Bits per byte more than the lowest (the diamond), in windows that do not overlap.",
    method: method(configuration),
    facts: [["tokenizer", `${tokenizer}; vocabulary ${grouped(vocab)}`]],
  };
}

function method({
  corpus,
  stride,
  trainLength,
  testLengths,
}: TrainingConfiguration & TextSubject): KindWords["method"] {
  const lengths = testLengths.map(
    (length) => `${grouped(length)} (${multiple(length, trainLength)})`,
  );
  return [
    {
      heading: "Text",
      text:
        `${corpus.name}, ${grouped(corpus.bytes)} bytes: ${grouped(corpus.trainBytes)} to train on, ` +
        `${grouped(corpus.validationBytes)} held back (${corpus.split}). All numbers but the training loss ` +
        `come from the held-back part.`,
    },
    {
      heading: "Quality",
      text:
        "Bits per byte is the model’s total surprise in bits over the bytes of the text that it judged, so it " +
        "does not depend on the tokenizer. Perplexity is 2 to the mean bits per token, so it does.",
    },
    {
      heading: "Lengths",
      text:
        `The train length is ${grouped(trainLength)} tokens; the test lengths are ${listed(lengths)}. Windows ` +
        `that do not overlap judge every token of a window, the first ones with hardly any context, so a longer ` +
        `window helps even without better use of distance. Sliding windows move by ${grouped(stride)} tokens ` +
        `and judge only those, so a judged token of a window of n tokens has at least n − ${grouped(stride)} tokens ` +
        `of context, but for the first window of the text.`,
    },
  ];
}
