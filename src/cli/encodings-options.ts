/**
 * `relpos encodings`: its options.
 *
 * @module
 */
import { Command } from "commander";

/** The command with its options and example. */
export function encodingsCommand(): Command {
  return new Command("encodings")
    .description("list the position encodings: what each acts on, learns and can do")
    .option("--json", "print the list as JSON, with formulas, papers and parameters")
    .addHelpText(
      "after",
      `
Example:
  $ relpos encodings --json`,
    )
    .action(async (options: { readonly json?: boolean }) => {
      const { listEncodings } = await import("./encodings.ts");
      listEncodings(options);
    });
}
