/**
 * Which pairs a comparison is on, as its settings record it.
 *
 * @module
 */
import { completeBuiltIn } from "../../data/pairs/built-in.ts";
import type { PairChoice } from "../../data/pairs/choice.ts";

/**
 * A choice of pairs with the defaults of all its options.
 *
 * @throws {InputError} it is of built-in pairs that there are not, or an option cannot be
 */
export function wholeChoice(choice: PairChoice): PairChoice {
  return choice.name === undefined ? choice : completeBuiltIn(choice);
}
