/**
 * What models that write texts are judged by, for each choice of a measure.
 *
 * @module
 */
import { unknownName } from "../../errors.ts";
import type { Items } from "../../measures/items.ts";
import { bleu } from "../../measures/text/bleu.ts";
import { chrF } from "../../measures/text/chrf.ts";
import { exactText, rankedTexts } from "../../measures/text/ranked-texts.ts";
import type { RankingTextMeasure } from "../../measures/text/ranked-texts.ts";
import { rouge } from "../../measures/text/rouge.ts";
import { squadExactMatch, squadF1 } from "../../measures/text/squad.ts";
import { textItems } from "../../measures/text/text-measure.ts";
import type { TextMeasure } from "../../measures/text/text-measure.ts";
import type { PairTask } from "../../runs/run-document.ts";
import { pairMeasureNames } from "./pairs-settings.ts";
import type { PairMeasure } from "./pairs-settings.ts";

/** Encodings are ranked by the first; the others are shown beside it. */
export type TextMeasures = readonly [RankingTextMeasure, ...TextMeasure[]];

const measuresOf: Readonly<Record<PairMeasure, TextMeasures>> = {
  exact: [exactText, chrF()],
  bleu: [rankedTexts(bleu()), chrF()],
  chrf: [rankedTexts(chrF()), bleu()],
  rouge: [rankedTexts(rouge("rougeL")), rouge("rouge1"), rouge("rouge2")],
  f1: [rankedTexts(squadF1()), squadExactMatch()],
};

/**
 * The measures of a choice.
 *
 * @throws {InputError} there is no such choice
 */
export function textMeasuresOf(choice: PairMeasure): TextMeasures {
  if (!pairMeasureNames.includes(choice)) throw unknownName("measure", choice, pairMeasureNames);
  return measuresOf[choice];
}

/**
 * What is ranked by unless something is chosen: whole answers where targets are short, BLEU of translations and ROUGE-L of
 * summaries.
 *
 * @param builtIn whether the pairs are those of relpos, whose targets are short
 */
export function defaultMeasure(task: PairTask, builtIn: boolean): PairMeasure {
  if (builtIn) return "exact";
  return ({ translate: "bleu", summarise: "rouge", answer: "exact" } as const)[task];
}

/** What each answer contributes to all the measures. */
export function itemsOfAnswers(
  measures: TextMeasures,
  answers: readonly string[],
  references: readonly (readonly string[])[],
): Items {
  const all = measures.map((measure) => textItems(measure, answers, references));
  return Object.assign({}, ...all) as Items;
}
