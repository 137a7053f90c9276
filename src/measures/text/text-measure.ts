/**
 * Measures of texts that a model wrote, against one or several references each: translations, summaries, answers.
 *
 * An item is one answer. What it contributes are counts, so that the value of any selection of answers, such as a
 * resample of a bootstrap, is computed from sums and reads no text again.
 *
 * @module
 */
import { InputError } from "../../errors.ts";
import type { Items } from "../items.ts";
import type { Measure } from "../measure.ts";
import { valueOf } from "../measure.ts";

/** A measure of texts. */
export interface TextMeasure extends Measure {
  /** What one answer contributes: a number for each column of `contributes`. There is at least one reference. */
  readonly contribution: (
    answer: string,
    references: readonly string[],
  ) => Readonly<Record<string, number>>;
  /**
   * The choices that a value depends on, so that two values can be compared: "nrefs:1|case:mixed|…".
   *
   * @param references how many each answer has; "var" where their numbers differ
   */
  readonly signature: (references: number | "var") => string;
}

/** The value of a measure for some answers, and how it was computed. */
export interface TextScore {
  /** The value of all answers together. */
  readonly value: number;
  readonly signature: string;
  /** What each answer contributed. */
  readonly items: Items;
}

/**
 * The value of a measure for some answers.
 *
 * @param references those of each answer, in the order of the answers
 * @throws {InputError} there are no answers, not as many lists of references as answers, or an answer without one
 */
export function scoreTexts(
  measure: TextMeasure,
  answers: readonly string[],
  references: readonly (readonly string[])[],
): TextScore {
  const items = textItems(measure, answers, references);
  const counts = new Set(references.map(({ length }) => length));
  const [count] = counts;
  return {
    value: valueOf(measure, items),
    signature: measure.signature(counts.size > 1 ? "var" : count!),
    items,
  };
}

/**
 * What each answer contributes to a measure.
 *
 * @param references those of each answer, in the order of the answers
 * @throws {InputError} there are no answers, not as many lists of references as answers, or an answer without one
 */
export function textItems(
  measure: TextMeasure,
  answers: readonly string[],
  references: readonly (readonly string[])[],
): Items {
  if (answers.length === 0)
    throw new InputError(`${measure.printed.name} needs at least one answer, got none.`);
  if (answers.length !== references.length)
    throw new InputError(
      `${measure.printed.name} needs references for every answer: there are ${answers.length} answers, and references ` +
        `for ${references.length}. Give a list of references for each answer, in the same order.`,
    );
  const items: Record<string, number[]> = {};
  for (const column of Object.keys(measure.contributes)) items[column] = [];
  answers.forEach((answer, at) => {
    const own = references[at]!;
    if (own.length === 0)
      throw new InputError(
        `${measure.printed.name} needs a reference for every answer, and answer ${at + 1} has none. ` +
          `Give at least one, or leave the answer out.`,
      );
    const contribution = measure.contribution(answer, own);
    for (const [column, numbers] of Object.entries(items)) numbers.push(contribution[column]!);
  });
  return items;
}
