/**
 * `relpos clean`: its options. The command itself is in `clean.ts`, which is loaded when it is called.
 *
 * @module
 */
import { Command } from "commander";
import { numberOrZero } from "./option-values.ts";

/** The options of a call; what was not given is absent. */
export interface CleanOptions {
  readonly olderThan: number;
  readonly yes?: boolean;
  readonly json?: boolean;
}

/** The command with its options and example; `action` runs it. Its description is in `commands.ts`. */
export function cleanCommand(
  action: (folder: string, options: CleanOptions) => Promise<void>,
): Command {
  return new Command("clean")
    .argument("[folder]", "where runs are looked for, at any depth", "runs")
    .option("--older-than <days>", "runs that were not written to for so long", numberOrZero, 30)
    .option("--yes", "remove them (default: list them only)")
    .option("--json", "print the list as JSON on standard output")
    .addHelpText(
      "after",
      `
Example:
  $ relpos clean runs --older-than 90

Only folders whose run.json is one of relpos are runs, and only files that relpos writes are removed.`,
    )
    .action(action);
}
