/**
 * Choices of a comparison that depend on its data, for which these are loaded.
 *
 * @module
 */
import { kindOf } from "../comparison/kinds/index.ts";
import { completeSettings } from "../comparison/settings.ts";
import type { ComparisonChoices } from "../comparison/settings.ts";
import { loadPairs } from "../data/pairs/load-pairs.ts";
import { pairsTokenizer } from "./pairs-tokenizer.ts";

/**
 * The choices with the lengths of their pairs of texts, where they have none: see `lengthsOfPairs`. Other comparisons need no
 * data for their settings, and their choices are given back as they are.
 *
 * @throws {InputError} the pairs cannot be read, or are too long
 */
export async function withDataChoices(choices: ComparisonChoices): Promise<ComparisonChoices> {
  const kind = kindOf(choices);
  if (kind.pairs === undefined || kind.lengths === undefined) return choices;
  if (choices.trainLength !== undefined && choices.testLengths !== undefined) return choices;
  const settings = completeSettings(choices);
  const { choice, tokenizer: name } = kind.pairs(settings);
  const set = await loadPairs(choice);
  const { tokenizer } = await pairsTokenizer(name, set);
  return { ...choices, ...kind.lengths(choices, set, tokenizer) };
}
