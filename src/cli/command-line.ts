/**
 * The command line: its commands, and how errors are printed.
 *
 * A command is loaded when it is called, see `commands.ts`.
 *
 * @module
 */
import { Command, CommanderError } from "commander";
import { version } from "../version.ts";
import { commands } from "./commands.ts";
import { printError } from "./print.ts";

/** Runs the command line and returns the exit code: 0 for done, 1 for failed, 2 for a wrong call. */
export async function main(args: readonly string[]): Promise<number> {
  const program = new Command("relpos")
    .description(
      "Transformers with any position encoding: train, compare, evaluate at unseen lengths.",
    )
    .version(version)
    .configureHelp({ subcommandTerm: termOf });
  // `relpos train …` and `relpos help train` need the command's options; the others are only listed.
  const called = args.slice(0, 2);
  for (const { name, description, load } of commands)
    program.addCommand(
      (called.includes(name) ? await load() : new Command(name)).description(description),
    );
  const nested = program.commands.flatMap(({ commands }) => commands);
  for (const command of [program, ...program.commands, ...nested])
    command
      .exitOverride()
      .configureOutput({ outputError: () => undefined }) // printed by `wrongCall`
      .allowExcessArguments(false);
  if (args.length === 0) {
    program.outputHelp();
    return 0;
  }
  try {
    await program.parseAsync(await withSettings(args, program), { from: "user" });
    return 0;
  } catch (error) {
    if (!(error instanceof CommanderError)) return report(error);
    if (error.exitCode === 0) return 0;
    if (error.code !== "commander.help") say(wrongCall(error, namesOf(program, args)));
    return 2;
  }
}

/** The command that was called, such as `tokenizer train`; undefined where the first word is none. */
function namesOf(program: Command, args: readonly string[]): string | undefined {
  const command = program.commands.find((each) => each.name() === args[0]);
  const inner = command?.commands.find((each) => each.name() === args[1]);
  return inner === undefined ? command?.name() : `${command!.name()} ${inner.name()}`;
}

/** The arguments with those of the settings file, if the command that is called takes one. */
async function withSettings(args: readonly string[], program: Command): Promise<readonly string[]> {
  const [name, ...rest] = args;
  const command = program.commands.find((each) => each.name() === name);
  const entry = commands.find((each) => each.name === name);
  if (entry === undefined || !command?.options.some(({ long }) => long === "--settings"))
    return args;
  const { withSettingsFile } = await import("./settings-file.ts");
  return [entry.name, ...(await withSettingsFile(rest, entry.load))];
}

/** How the list of commands shows one, whether it is loaded or not. */
function termOf(command: Command): string {
  const entry = commands.find(({ name }) => name === command.name());
  return `${command.name()} ${entry?.usage ?? "[command]"}`;
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
  if (process.env["RELPOS_DEBUG"] && error instanceof Error) printError(`${error.stack ?? ""}\n`);
  return typeof code === "number" ? code : 1;
}

function say(message: string): void {
  printError(`relpos: ${message.trim().replace(/\s*\n\s*/g, " ")}\n`);
}
