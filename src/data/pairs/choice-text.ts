/**
 * A choice of pairs as the command line has it.
 *
 * @module
 */
import { writeOptions } from "../../options/words.ts";
import { completeBuiltIn } from "./built-in.ts";
import type { PairChoice } from "./choice.ts";

/**
 * `dates(most=3)` with the options that are not the defaults, or the names of files between commas: `train.de,train.en`.
 *
 * @throws {InputError} it is of built-in pairs that there are not
 */
export function choiceText(choice: PairChoice): string {
  if (choice.name === undefined) return choice.files.join(",");
  const defaults: object = completeBuiltIn({ name: choice.name }).options;
  const usual = new Map<string, unknown>(Object.entries(defaults));
  const changed = Object.entries(choice.options ?? {}).filter(
    ([name, value]) => JSON.stringify(value) !== JSON.stringify(usual.get(name)),
  );
  const written = writeOptions(Object.fromEntries(changed));
  return written === "" ? choice.name : `${choice.name}(${written})`;
}
