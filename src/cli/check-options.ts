/**
 * `relpos check`: its options. The command itself is in `check.ts`, which is loaded when it is called.
 *
 * @module
 */
import { Command } from "commander";

/** The options of a call; what was not given is absent. */
export interface CheckOptions {
  readonly json?: boolean;
}

/** The command with its options and example; `action` runs it. Its description is in `commands.ts`. */
export function checkCommand(
  action: (encoding: string, options: CheckOptions) => Promise<void>,
): Command {
  return new Command("check")
    .argument("<encoding>", "a file such as ./my-encoding.ts, or an id")
    .option("--json", "print the results as JSON on standard output")
    .addHelpText(
      "after",
      `
Example:
  $ relpos check ./my-encoding.ts
  $ relpos check './my-encoding.ts(length=3)+rope'

The file exports an EncodingDefinition, as default or as "encoding". The exit code is 1 if a check fails,
which says the likely cause and the way out.`,
    )
    .action(action);
}
