/**
 * Answers that no model is needed for, to hold models against: the source itself, the most frequent target, the first sentence.
 *
 * @module
 */
import type { TextPair } from "./pair.ts";

/** A way to answer without a model. */
export interface SimpleAnswers {
  /** "copy", "most frequent", "lead" */
  readonly id: string;
  /** What it is, for tables: "the source itself". */
  readonly name: string;
  readonly answer: (pair: Pick<TextPair, "source" | "lead">) => string;
}

/**
 * The ways to answer, of which the most frequent target knows the training pairs. Of targets that are as frequent, it is the one
 * that occurs first.
 */
export function simpleAnswers(train: readonly TextPair[]): readonly SimpleAnswers[] {
  const counts = new Map<string, number>();
  for (const { target } of train) counts.set(target, (counts.get(target) ?? 0) + 1);
  let frequent = "";
  for (const [target, count] of counts) if (count > (counts.get(frequent) ?? 0)) frequent = target;
  return [
    { id: "copy", name: "the source itself", answer: ({ source }) => source },
    {
      id: "most frequent",
      name: "the most frequent target of the training",
      answer: () => frequent,
    },
    { id: "lead", name: "the first sentence of the source", answer: leadOf },
  ];
}

/** Sentences as Unicode divides them, for texts whose data do not. */
const sentences = new Intl.Segmenter("en", { granularity: "sentence" });

/** The first sentence of a source: as the data divide it, or else as Unicode does. */
export function leadOf({ source, lead }: Pick<TextPair, "source" | "lead">): string {
  if (lead !== undefined) return lead;
  const [first] = sentences.segment(source);
  return first?.segment.trim() ?? "";
}
