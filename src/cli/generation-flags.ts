/**
 * Options of generation as flags of a command, from their declarations.
 *
 * @module
 */
import { InvalidArgumentError } from "commander";
import type { Command } from "commander";
import { describeOption } from "../options/description.ts";
import type { Option as DeclaredOption } from "../options/option.ts";
import { defaultInWords } from "../options/words.ts";
import { seedList } from "./option-values.ts";

/** The flag of an option of generation: `--top-p` for `topP`. */
export function flagOf(name: string): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** Adds an option of generation to a command, with its default in the help. */
export function addGenerationOption(
  command: Command,
  name: string,
  declared: DeclaredOption,
): void {
  const description = describeOption(name, declared);
  const { kind } = declared.value.shape;
  const flag = flagOf(name);
  const sentence = `${declared.sentence[0]!.toLowerCase()}${declared.sentence.slice(1, -1)}`;
  const words = `${sentence} (default: ${defaultInWords(description)})`;
  if (kind === "boolean") command.option(flag, words);
  else if (kind === "list" && declared.value.shape.items?.kind === "integer")
    command.option(`${flag} <list>`, words, seedList);
  else if (kind === "list") command.option(`${flag} <texts...>`, words);
  else command.option(`${flag} <${kind === "integer" ? "n" : "x"}>`, words, numeric);
}

/** Bounds are checked with the declaration. */
function numeric(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || Number.isNaN(value))
    throw new InvalidArgumentError("It must be a number.");
  return value;
}
