/**
 * What answers without a model reach on the pairs that models are judged on.
 *
 * @module
 */
import { answersOf } from "../../data/pairs/pair.ts";
import type { TextPair } from "../../data/pairs/pair.ts";
import { simpleAnswers } from "../../data/pairs/simple-answers.ts";
import { valuesOf } from "../../measures/measure.ts";
import type { PairTask } from "../../runs/run-document.ts";
import type { Yardstick } from "../yardstick.ts";
import type { LengthGroup } from "./pairs-groups.ts";
import { itemsOfAnswers } from "./pairs-measures.ts";
import type { TextMeasures } from "./pairs-measures.ts";

/** What simple answers are held against. */
export interface PairsToMeasure {
  readonly task: PairTask;
  /** That models were trained on. */
  readonly train: readonly TextPair[];
  readonly groups: readonly LengthGroup[];
  readonly measures: TextMeasures;
}

/** The source itself and the most frequent target; of summaries also the first sentence of the source. */
export function pairsYardsticks(given: PairsToMeasure): readonly Yardstick[] {
  const { task, train, groups, measures } = given;
  return simpleAnswers(train)
    .filter(({ id }) => id !== "lead" || task === "summarise")
    .map(({ id, name, answer }) => ({
      ...{ id, name },
      reached: groups.map(({ length, protocol, pairs }) => {
        const items = itemsOfAnswers(measures, pairs.map(answer), pairs.map(answersOf));
        return { length, protocol, values: valuesOf(measures, items) };
      }),
    }));
}
