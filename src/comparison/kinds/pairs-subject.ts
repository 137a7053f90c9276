/**
 * What results.json says of the pairs of texts that models were compared on, and the words for them.
 *
 * @module
 */
import type { z } from "zod";
import { grouped, listed, multiple } from "../../format.ts";
import { pairTasks } from "../../runs/run-document.ts";
import type { PairTask } from "../../runs/run-document.ts";
import type { TrainingConfiguration } from "../configuration.ts";
import { count, list, object, oneOf, optional, text } from "../schemas.ts";
import type { Protocol } from "./kind.ts";
import { textMeasuresOf } from "./pairs-measures.ts";
import { answerEnds, pairMeasureNames } from "./pairs-settings.ts";
import type { AnswerEnd, PairMeasure } from "./pairs-settings.ts";
import type { KindWords } from "./words.ts";

/** The pairs of a comparison; lengths are tokens of a source, its end symbol among them. */
export interface PairsSubject {
  readonly pairs: PairsFacts;
  readonly tokenizer: string;
}

/** A description of pairs of texts, and how models write targets. */
export interface PairsFacts {
  /** "dates", or the names of the files. */
  readonly name: string;
  readonly task: PairTask;
  /** Where they came from and how they were read. */
  readonly source: string;
  /** Pairs that were trained on. */
  readonly trained: number;
  /** Tokens of the longest source that was trained on. */
  readonly longestSource: number;
  /** Tokens of the longest target that was trained on, its end symbol among them. */
  readonly longestTarget: number;
  /** The tests, the most important first. */
  readonly tests: readonly { readonly id: string; readonly name: string }[];
  /** Pairs that models were judged on. */
  readonly judged: readonly {
    readonly protocol: string;
    readonly length: number;
    readonly pairs: number;
  }[];
  readonly measure: PairMeasure;
  /** How the measure was computed: "nrefs:1|case:mixed|…". */
  readonly signature: string;
  /** The encoding of all decoders, where it is not that of the trial. */
  readonly decoderEncoding?: string;
  /** The most tokens of a target of the training, where there is a limit. */
  readonly targetLength?: number;
  /** Where an answer ends. Default: "symbol". */
  readonly answerEnd?: AnswerEnd;
  /** A pair that models were judged on. */
  readonly example: { readonly source: string; readonly target: string };
}

/** The fields of a `PairsSubject`. */
export const pairsSubject: Readonly<Record<keyof PairsSubject, z.ZodType>> = {
  pairs: object({
    name: text,
    task: oneOf(...pairTasks),
    source: text,
    trained: count,
    longestSource: count,
    longestTarget: count,
    tests: list(object({ id: text, name: text }), 1),
    judged: list(object({ protocol: text, length: count, pairs: count }), 1),
    measure: oneOf(...pairMeasureNames),
    signature: text,
    decoderEncoding: optional(text),
    targetLength: optional(count),
    answerEnd: optional(oneOf(...answerEnds)),
    example: object({ source: text, target: text }),
  }),
  tokenizer: text,
};

/** The tests that models are judged on. */
export function pairsProtocols({ pairs }: PairsSubject): readonly Protocol[] {
  return pairs.tests.map(({ id, name }, place) => ({
    ...{ id, name },
    role: place === 0 ? "main" : "condition",
  }));
}

/** What a model does, for titles. */
const doing: Readonly<Record<PairTask, string>> = {
  translate: "translating",
  summarise: "summarising",
  answer: "answering",
};

/** How a comparison on pairs of texts is spoken of. */
export function pairsWords(configuration: TrainingConfiguration & PairsSubject): KindWords {
  const { pairs, tokenizer, vocab, trainLength, testLengths } = configuration;
  const [measure] = textMeasuresOf(pairs.measure);
  const { superlative, name } = measure.printed;
  return {
    title: `${doing[pairs.task]} ${pairs.name}`,
    on: ` on ${pairs.name}`,
    subject: `these pairs (${pairs.name})`,
    length: (length) => rangeOf(testLengths, length),
    lengths: (all) => `up to ${all} tokens`,
    rows: "pairs",
    trainedOn: `pairs whose sources have ${grouped(trainLength)} tokens at most`,
    judgedOn: `sources of up to ${grouped(Math.max(...testLengths))} tokens`,
    data: "pairs of texts",
    judged: "pairs",
    columns:
      "a column has the sources of at most so many tokens, and of more than the column before it",
    model: "encoder-decoder",
    token: "target token",
    gain: "Gain from longer sources",
    rising: "Quality as sources grow longer",
    lengthNote:
      `The most tokens of a source, on a logarithmic scale: a point has the sources that are longer than those of the point ` +
      `before it. Higher is better. Bars are 95 % intervals of each mean. Encodings answer the same sources, so bars that ` +
      `overlap say nothing about their difference: the next figure has the differences.`,
    differenceNote: `${name} minus the ${superlative} (the diamond).`,
    about: {
      heading: "The pairs",
      before: `A model reads a source and is to write its target. A pair that models were judged on:`,
      example: `${pairs.example.source}\n→ ${pairs.example.target}`,
      after: `The targets are written by greedy decoding${pairs.answerEnd === "length" ? ", as long as the right answers" : ""}.`,
    },
    method: method(configuration),
    facts: [
      ["tokenizer", `${tokenizer}; vocabulary ${grouped(vocab)}`],
      ["measure", pairs.signature],
      ["pairs", pairs.source],
      ...(pairs.decoderEncoding === undefined
        ? []
        : [["encoding of all decoders", pairs.decoderEncoding] as const]),
    ],
  };
}

/** "sources of 40 to 78 tokens" */
function rangeOf(testLengths: readonly number[], length: number): string {
  const before = Math.max(0, ...testLengths.filter((other) => other < length));
  return before === 0
    ? `sources of up to ${grouped(length)} tokens`
    : `sources of ${grouped(before + 1)} to ${grouped(length)} tokens`;
}

function method({
  pairs,
  trainLength,
  testLengths,
}: TrainingConfiguration & PairsSubject): KindWords["method"] {
  const judged = pairs.tests.map(({ id, name }) => {
    const counts = pairs.judged
      .filter(({ protocol }) => protocol === id)
      .map(({ length, pairs: many }) => `${grouped(many)} with ${rangeOf(testLengths, length)}`);
    return `${name}: ${listed(counts)}.`;
  });
  const lengths = testLengths.map(
    (length) => `${grouped(length)} (${multiple(length, trainLength)})`,
  );
  return [
    {
      heading: "Model",
      text:
        `An encoder-decoder: the encoding is in the self-attention of the encoder` +
        (pairs.decoderEncoding === undefined
          ? ", where it sees both directions, and of the decoder"
          : `, where it sees both directions; the decoder of each model has ${pairs.decoderEncoding}`) +
        `. The decoder’s attention to the source has none. Each half has the layers that are named.`,
    },
    {
      heading: "Pairs",
      text:
        `${grouped(pairs.trained)} pairs were trained on, whose sources have ${grouped(pairs.longestSource)} tokens at most and ` +
        `whose targets ${grouped(pairs.longestTarget)}, with the end symbol of each${pairs.answerEnd === "length" ? " source" : ""}. ` +
        (pairs.targetLength === undefined
          ? ""
          : `No pair with more than ${grouped(pairs.targetLength)} tokens of a target was trained on. `) +
        judged.join(" "),
    },
    {
      heading: "Lengths",
      text:
        `A length is the most tokens of a source. The train length is ${grouped(trainLength)} tokens; the test lengths are ` +
        `${listed(lengths)}. At each one, sources are judged that have more tokens than the length before it.`,
    },
    {
      heading: "Quality",
      text:
        `The value of all answers at a length together, against every right answer that the data have. Targets are written by ` +
        (pairs.answerEnd === "length"
          ? `greedy decoding without an end symbol, which models did not learn: each answer has as many tokens as the first right ` +
            `answer, so the length is given and only the content is judged.`
          : `greedy decoding, at most half as long again as the longest right answer of that length.`),
    },
  ];
}
