/**
 * `relpos check`: its options. What it does stands in `check.ts`, loaded when it is called.
 *
 * @module
 */
import { Command } from "commander";

/** Options as commander hands them over. */
export interface CheckOptions {
  readonly options?: object;
  readonly json?: boolean;
}

/** The command with its options and example. */
export function checkCommand(): Command {
  return new Command("check")
    .description("check an encoding against the contract: a file of your own, or one of the list")
    .argument("<encoding>", "a file such as ./my-encoding.ts, or an id")
    .option("--json", "print the results as JSON on standard output")
    .addHelpText(
      "after",
      `
Example:
  $ relpos check ./my-encoding.ts

The file exports an EncodingDefinition, as default or as "encoding". The exit code is 1 if a check fails.`,
    )
    .action(async (encoding: string, options: CheckOptions) => {
      const { check } = await import("./check.ts");
      await check(encoding, options);
    });
}
