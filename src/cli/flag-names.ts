/**
 * Options of generation under the names that they have on the command line.
 *
 * @module
 */
import { InputError } from "../errors.ts";
import { generationOptions } from "../generation/generation-options.ts";
import type { GenerationOptions } from "../generation/generation-options.ts";
import { OptionError } from "../options/read.ts";
import { flagOf } from "./generation-flags.ts";

/** The options of generation among those of a command. */
export function generationOf(options: object): GenerationOptions {
  return Object.fromEntries(
    Object.entries(options).filter(([name]) => Object.hasOwn(generationOptions, name)),
  );
}

/** The same items; refused options have the names of their flags. */
export async function* withFlagNames<Item>(items: AsyncIterable<Item>): AsyncGenerator<Item> {
  try {
    yield* items;
  } catch (error) {
    throw withFlagName(error);
  }
}

/** The error; that of a refused option has the name of its flag. */
export function withFlagName(error: unknown): unknown {
  if (!(error instanceof OptionError)) return error;
  const words = error.message
    .replace(/^generate: /, "")
    .replaceAll(new RegExp(`\\b${error.option}\\b`, "g"), flagOf(error.option));
  return new InputError(words, { cause: error });
}
