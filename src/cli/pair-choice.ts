/**
 * Pairs of texts as the command line names them: `dates`, `numbers(digits=5)`, or files between commas.
 *
 * @module
 */
import { builtInChoice } from "../data/pairs/built-in.ts";
import type { PairChoice } from "../data/pairs/choice.ts";
import { InputError } from "../errors.ts";

/**
 * The pairs of `--data`: built-in ones by their name alone, or files, whose names have a dot or a slash.
 *
 * @throws {InputError} an unknown name or option, an empty name of a file, or validation files for built-in pairs
 */
export function pairChoice(data: string, validation?: string): PairChoice {
  if (/^[\w-]*(\(.*\))?$/.test(data)) {
    const choice = builtInChoice(data);
    if (validation === undefined) return choice;
    throw new InputError(
      `the pairs ${choice.name} have validation pairs of their own. Leave --validation-data out, or give files as --data.`,
    );
  }
  const files = filesOf("data", data);
  return {
    files,
    ...(validation === undefined ? {} : { validation: filesOf("validation-data", validation) }),
  };
}

function filesOf(option: string, text: string): readonly string[] {
  const names = text.split(",").map((name) => name.trim());
  if (names.includes(""))
    throw new InputError(
      `--${option} "${text}" has an empty name. Give names between commas, such as train.de,train.en.`,
    );
  return names;
}
