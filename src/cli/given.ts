/**
 * The options that a user gave, without those that have their default value.
 *
 * @module
 */
import type { Command } from "commander";

/** Options of a call by name; what was not given is absent. */
export function givenOptions(options: object, command: Command): object {
  return Object.fromEntries(
    Object.entries(options).filter(([name]) => command.getOptionValueSource(name) !== "default"),
  );
}
