/**
 * The measures of what a run of pairs writes, by its task.
 *
 * @module
 */
import { valueOf } from "../measures/measure.ts";
import { bleu } from "../measures/text/bleu.ts";
import { chrF } from "../measures/text/chrf.ts";
import { exactText } from "../measures/text/ranked-texts.ts";
import { rouge, rougeKinds } from "../measures/text/rouge.ts";
import { squadExactMatch, squadF1 } from "../measures/text/squad.ts";
import { scoreTexts } from "../measures/text/text-measure.ts";
import type { TextMeasure } from "../measures/text/text-measure.ts";
import type { PairTask } from "./run-document.ts";

/** The measures that the field reports for each task, and exact match for all. */
export const pairMeasures: Readonly<Record<PairTask, readonly TextMeasure[]>> = {
  translate: [bleu(), chrF(), exactText],
  summarise: [...rougeKinds.map((kind) => rouge(kind)), exactText],
  answer: [squadExactMatch(), squadF1(), exactText],
};

/** Values of texts that were written, of all of them and of any selection. */
export interface ScoredTexts {
  /** By the measure's id: the choices that its value depends on. */
  readonly signatures: Readonly<Record<string, string>>;
  /** The values of the texts at these places, by the measure's id. */
  valuesAt(places: readonly number[]): Readonly<Record<string, number>>;
}

/**
 * Scores texts against the right answers of each.
 *
 * @throws {InputError} there are no texts, or one has no right answer
 */
export function scored(
  measures: readonly TextMeasure[],
  texts: readonly string[],
  answers: readonly (readonly string[])[],
): ScoredTexts {
  const scores = measures.map((measure) => ({ measure, ...scoreTexts(measure, texts, answers) }));
  return {
    signatures: Object.fromEntries(scores.map(({ measure, signature }) => [measure.id, signature])),
    valuesAt: (places) =>
      Object.fromEntries(
        scores.map(({ measure, items }) => {
          const chosen = Object.entries(items).map(
            ([column, numbers]) => [column, places.map((place) => numbers[place]!)] as const,
          );
          return [measure.id, valueOf(measure, Object.fromEntries(chosen))];
        }),
      ),
  };
}
