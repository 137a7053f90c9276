/**
 * All measures, and the public names of this folder.
 *
 * @module
 */
import { unknownName } from "../errors.ts";
import { bitsPerByte } from "./bits-per-byte.ts";
import { exactMatch } from "./exact-match.ts";
import type { Measure } from "./measure.ts";
import { perplexity } from "./perplexity.ts";
import { textMeasures } from "./text/text-measures.ts";
import { tokenAccuracy } from "./token-accuracy.ts";

export { bitsPerByte, exactMatch, perplexity, tokenAccuracy };
export { lossSpread, shareSpread } from "./spread.ts";
export { valueOf as measureValueOf } from "./measure.ts";
export { sampleUncertainty, textUncertainty } from "./uncertainty.ts";
export * from "./text/index.ts";
export type { Column, Items, Totals } from "./items.ts";
export type { Measure as MeasureDefinition } from "./measure.ts";
export type { Measures, PrintedMeasure, RankingMeasure } from "./measure.ts";
export type { SeedSpread } from "./spread.ts";
export type { SharedItems, Uncertainty } from "./uncertainty.ts";

/** The measures that there are; those of texts with their default choices. */
export const measures: readonly Measure[] = [
  bitsPerByte,
  perplexity,
  exactMatch,
  tokenAccuracy,
  ...textMeasures,
];

/**
 * The measure of an id.
 *
 * @throws {InputError} there is none; the message suggests the nearest id
 */
export function measureById(id: string): Measure {
  const found = measures.find((measure) => measure.id === id);
  if (found === undefined)
    throw unknownName(
      "measure",
      id,
      measures.map((measure) => measure.id),
    );
  return found;
}
