/**
 * The command line: its commands, and how errors are printed.
 *
 * A command's file is loaded when the command is called: `--help` loads options only, and answers at once.
 *
 * @module
 */
import { Command, CommanderError } from "commander";
import { version } from "../version.ts";
import { compareCommand } from "./compare-options.ts";
import { checkCommand } from "./check-options.ts";
import { evaluateCommand } from "./evaluate-options.ts";
import { encodingsCommand } from "./encodings-options.ts";
import { explainCommand } from "./explain-options.ts";
import { tasksCommand } from "./tasks-options.ts";
import { trainCommand } from "./train-options.ts";

/** Runs the command line and returns the exit code: 0 for done, 1 for failed, 2 for a wrong call. */
export async function main(args: readonly string[]): Promise<number> {
  const program = new Command("relpos")
    .description(
      "Transformers with any position encoding: train, compare, evaluate at unseen lengths.",
    )
    .version(version)
    .addCommand(compareCommand())
    .addCommand(trainCommand(async (options) => (await import("./train.ts")).train(options)))
    .addCommand(
      evaluateCommand(async (run, options) =>
        (await import("./evaluate.ts")).evaluate(run, options),
      ),
    )
    .addCommand(
      encodingsCommand(async (options) => (await import("./encodings.ts")).listEncodings(options)),
    )
    .addCommand(
      explainCommand(async (encoding, options) =>
        (await import("./explain.ts")).explainEncoding(encoding, options),
      ),
    )
    .addCommand(tasksCommand(async (options) => (await import("./tasks.ts")).listTasks(options)))
    .addCommand(
      checkCommand(async (encoding, options) =>
        (await import("./check.ts")).check(encoding, options),
      ),
    );
  for (const command of [program, ...program.commands])
    command
      .exitOverride()
      .configureOutput({ outputError: () => undefined }) // printed by `wrongCall`
      .allowExcessArguments(false);
  if (args.length === 0) {
    program.outputHelp();
    return 0;
  }
  try {
    await program.parseAsync(args, { from: "user" });
    return 0;
  } catch (error) {
    if (!(error instanceof CommanderError)) return report(error);
    if (error.exitCode === 0) return 0;
    const command = program.commands.find((each) => each.name() === args[0]);
    if (error.code !== "commander.help") say(wrongCall(error, command?.name()));
    return 2;
  }
}

/** The message of a call that commander cannot read, and which help to read. */
function wrongCall({ message, code }: CommanderError, command: string | undefined): string {
  const missing = code === "commander.optionMissingArgument";
  const words = message
    .replace(/^error: /, "")
    .replace(/\n\(Did you mean (one of )?(.*?)\?\)/, ". Did you mean $1'$2'?")
    .replace(/^option (.*) argument missing$/, missing ? "option $1 needs a value" : "$&")
    .replaceAll("'", '"')
    .trim();
  const help = `See relpos${command ? ` ${command}` : ""} --help.`;
  return `${/[.?]$/.test(words) ? words : `${words}.`} ${help}`;
}

/** Prints an error as one line; gives its exit code, 1 where it has none. */
function report(error: unknown): number {
  const message = error instanceof Error ? error.message : String(error);
  const code = (error as { exitCode?: unknown } | null)?.exitCode;
  say(message);
  if (process.env["RELPOS_DEBUG"] && error instanceof Error)
    process.stderr.write(`${error.stack ?? ""}\n`);
  return typeof code === "number" ? code : 1;
}

function say(message: string): void {
  process.stderr.write(`relpos: ${message.trim().replace(/\s*\n\s*/g, " ")}\n`);
}

// A reader such as `head` may close the pipe early; that is no failure.
for (const stream of [process.stdout, process.stderr])
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
  });
process.exitCode = await main(process.argv.slice(2));
