/**
 * What results.json says of the task that models were compared on, and the words for it.
 *
 * @module
 */
import type { z } from "zod";
import { grouped } from "../../format.ts";
import type { TrainingConfiguration } from "../configuration.ts";
import { count, list, object, text } from "../schemas.ts";
import type { Protocol } from "./kind.ts";
import type { KindWords } from "./words.ts";

/** The task of a comparison; lengths count what `task.length` says. */
export interface TaskSubject {
  readonly task: TaskFacts;
}

/** A description of a task. */
export interface TaskFacts {
  /** The task's id, with options that were chosen: "counting(variables=5)". */
  readonly name: string;
  readonly summary: string;
  /** What a length counts: "symbols to copy". */
  readonly length: string;
  /** How samples are made: as in training first, then the conditions for judging only. */
  readonly conditions: readonly { readonly id: string; readonly summary: string }[];
  /** Samples judged at each length under each condition. */
  readonly samples: number;
  /** Tokens of a training row, padding included. */
  readonly rowTokens: number;
  /** A short sample, written out, scored tokens in parentheses. */
  readonly example: string;
}

/** The fields of a `TaskSubject`. */
export const taskSubject: Readonly<Record<keyof TaskSubject, z.ZodType>> = {
  task: object({
    name: text,
    summary: text,
    length: text,
    conditions: list(object({ id: text, summary: text }), 1),
    samples: count,
    rowTokens: count,
    example: text,
  }),
};

/** The conditions under which models are judged on a task. */
export function taskProtocols({ task }: TaskSubject): readonly Protocol[] {
  return task.conditions.map(({ id }, place) =>
    place === 0
      ? { id, name: "Samples drawn as in training", role: "main" }
      : { id, name: `Samples drawn ${id}`, role: "condition" },
  );
}

/** How a comparison on a task is spoken of. */
export function taskWords(configuration: TrainingConfiguration & TaskSubject): KindWords {
  const { task, vocab, trainLength, testLengths } = configuration;
  const [, ...others] = task.conditions;
  return {
    title: `the ${task.name} task`,
    on: ` on ${task.name}`,
    subject: `this task (${task.name})`,
    length: (length) => `${grouped(length)} ${task.length}`,
    lengths: (list) => `length ${list}`,
    rows: "samples",
    trainedOn: `samples of length ${grouped(trainLength)} at most`,
    judgedOn: `samples of length ${grouped(Math.max(...testLengths))} at most`,
    data: "task",
    judged: "scored tokens",
    token: "scored token",
    gain: "Gain from more length",
    rising: "Right answers as samples grow longer",
    lengthNote:
      `Test length in ${task.length}; higher is better. Bars are 95 % intervals of each mean, cut at 0 and 1. ` +
      `Encodings with a seed answer the same samples, so bars that overlap say nothing about their ` +
      `difference: the next figure has the differences.`,
    differenceNote: "Exact match minus the highest (the diamond).",
    about: {
      heading: "The task",
      before: `${task.summary} A length counts ${task.length}. A sample, with the scored tokens in parentheses:`,
      example: task.example,
      after: [
        "A sample is answered right if every scored token is the model’s most likely one. The tokens before an " +
          "answer determine it, so that is exact match under greedy decoding.",
        ...others.map(({ id, summary }) => `Samples drawn ${id}: ${summary}`),
      ].join(" "),
    },
    method: [
      {
        heading: "Samples",
        text:
          `Training draws fresh samples at each step, from the seed and the step alone, padded on the right to ` +
          `${grouped(task.rowTokens)} tokens; only scored tokens count in the loss. Models are judged on ` +
          `${grouped(task.samples)} samples at each length, from a random stream of their own for each seed, the ` +
          `same for all encodings. A short question may occur both in training and in judging.`,
      },
    ],
    facts: [["vocabulary", grouped(vocab)]],
  };
}
