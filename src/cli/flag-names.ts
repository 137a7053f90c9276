/**
 * Options of generation under the names that they have on the command line.
 *
 * @module
 */
import { InputError } from "../errors.ts";
import { generationOptions } from "../generation/generation-options.ts";
import type { GenerationOptions } from "../generation/generation-options.ts";
import { OptionError } from "../options/read.ts";
import { flagOf } from "./generate-options.ts";

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
    if (!(error instanceof OptionError)) throw error;
    const words = error.message
      .replace(/^generate: /, "")
      .replaceAll(new RegExp(`\\b${error.option}\\b`, "g"), flagOf(error.option));
    throw new InputError(words, { cause: error });
  }
}
