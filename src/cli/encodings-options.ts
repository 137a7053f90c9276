/**
 * `relpos encodings`: its options. The command itself is in `encodings.ts`, which is loaded when it is called.
 *
 * @module
 */
import { Command } from "commander";

/** The options of a call; what was not given is absent. */
export interface EncodingsOptions {
  readonly json?: boolean;
}

/** The command with its options and example; `action` runs it. Its description is in `commands.ts`. */
export function encodingsCommand(action: (options: EncodingsOptions) => Promise<void>): Command {
  return new Command("encodings")
    .option("--json", "print the list as JSON, with formulas, papers and parameters")
    .addHelpText(
      "after",
      `
Example:
  $ relpos encodings --json`,
    )
    .action(action);
}
