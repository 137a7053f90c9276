/**
 * The public names of the measures of texts.
 *
 * @module
 */
export { bleu, printBleuParts } from "./bleu.ts";
export { chrF } from "./chrf.ts";
export { halfEven } from "./half-even.ts";
export { exactText, rankedTexts } from "./ranked-texts.ts";
export { rouge } from "./rouge.ts";
export { squadExactMatch, squadF1 } from "./squad.ts";
export { scoreTexts, textItems } from "./text-measure.ts";
export { textMeasures } from "./text-measures.ts";
export type { Bleu, BleuOptions } from "./bleu.ts";
export type { BleuCounts, BleuScore, BleuSmoothing } from "./bleu-score.ts";
export type { BleuTokenizer } from "./bleu-tokenizers.ts";
export type { ChrFOptions } from "./chrf.ts";
export type { RankingTextMeasure } from "./ranked-texts.ts";
export type { RougeKind, RougeOptions } from "./rouge.ts";
export type { SquadVersion } from "./squad.ts";
export type { TextMeasure, TextScore } from "./text-measure.ts";
