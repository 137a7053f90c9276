/**
 * The measures of texts with their default choices.
 *
 * None has an `uncertainty`: they are shown, and two models are compared by `pairedBootstrap`. `rankedTexts` gives one, with which
 * encodings are ranked.
 *
 * @module
 */
import { bleu } from "./bleu.ts";
import { chrF } from "./chrf.ts";
import { rouge, rougeKinds } from "./rouge.ts";
import { squadExactMatch, squadF1 } from "./squad.ts";
import type { TextMeasure } from "./text-measure.ts";

/** BLEU, chrF, chrF++, the four kinds of ROUGE, exact match and F1 of SQuAD. */
export const textMeasures: readonly TextMeasure[] = [
  bleu(),
  chrF(),
  chrF({ wordOrder: 2 }),
  ...rougeKinds.map((kind) => rouge(kind)),
  squadExactMatch(),
  squadF1(),
];
