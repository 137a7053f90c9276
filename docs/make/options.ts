/**
 * The table of an encoding's or a task's options.
 *
 * @module
 */
import type { OptionDescription } from "../../src/options/description.ts";
import { defaultInWords, valueInWords } from "../../src/options/words.ts";
import { table } from "./markdown.ts";

/** One row an option; the condition under which it has an effect follows what it sets. */
export function optionsTable(options: readonly OptionDescription[]): string {
  return table(
    ["Option", "What it sets", "Value", "Default"],
    options.map((option) => [
      `\`${option.name}\``,
      option.only === undefined ? option.sentence : `${option.sentence} Only with ${option.only}.`,
      valueInWords(option),
      defaultInWords(option) || "must be given",
    ]),
  );
}
