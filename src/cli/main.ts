/**
 * The command line: which commands there are, and what an error looks like.
 *
 * Commands are loaded when they are called, so that `--help` answers at once.
 *
 * @module
 */
import { Command, CommanderError } from "commander";
import { version } from "../version.ts";
import { compareCommand } from "./compare-options.ts";
import { trainCommand } from "./train-options.ts";

/** Runs the command line and returns the exit code: 0 done, 1 failed, 2 called wrongly. */
export async function main(args: readonly string[]): Promise<number> {
  const program = new Command("relpos")
    .description(
      "Transformers with any position encoding: train, compare, judge at unseen lengths.",
    )
    .version(version)
    .addCommand(compareCommand())
    .addCommand(trainCommand());
  for (const command of [program, ...program.commands])
    command
      .exitOverride()
      .showHelpAfterError("(add --help for the options)")
      .allowExcessArguments(false);
  try {
    await program.parseAsync(args, { from: "user" });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    return report(error);
  }
}

/** One sentence for a person; the exit code that the error carries. */
function report(error: unknown): number {
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(`relpos: ${message}\n`);
  if (process.env["RELPOS_DEBUG"] && error instanceof Error)
    process.stderr.write(`${error.stack ?? ""}\n`);
  const code = (error as { exitCode?: unknown } | null)?.exitCode;
  return typeof code === "number" ? code : 1;
}

process.exitCode = await main(process.argv.slice(2));
