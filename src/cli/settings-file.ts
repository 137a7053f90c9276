/**
 * `--settings FILE.json`: options by their long names. An option that is also given on the command line has the value of the
 * command line.
 *
 *     { "encoding": "alibi", "steps": 2000, "text": ["a.txt", "b.txt"], "no-bias": true }
 *
 * @module
 */
import type { Command, Option } from "commander";
import { CommanderError } from "commander";
import { InputError, unknownName } from "../errors.ts";
import { readJson } from "../files/files.ts";

const flag = "--settings";
/** What a settings file cannot hold. */
const ofTheCall: readonly string[] = [flag, "--help"];

/**
 * The arguments of a command with those of its settings file before them.
 *
 * @param load makes the command anew, to check the file alone
 * @throws {InputError} the file cannot be read, has a name that is no option, or a value that the option cannot have
 */
export async function withSettingsFile(
  args: readonly string[],
  load: () => Promise<Command>,
): Promise<readonly string[]> {
  const { file, rest } = takeFile(args);
  if (file === undefined) return args;
  const command = await load();
  const settings = await readSettings(file);
  const options = command.options.filter(({ long }) => !ofTheCall.includes(long ?? ""));
  const chosen = new Set(options.filter((option) => isGiven(option, rest)));
  const tokens = Object.entries(settings).map(([name, value]) => {
    const option = optionNamed(name, options, file);
    return { option, words: wordsOf(option, { name, value, file }) };
  });
  await check(
    command,
    tokens.flatMap(({ words }) => words),
    file,
  );
  const kept = tokens.filter(({ option }) => ![...chosen].some((other) => excludes(other, option)));
  return [...kept.flatMap(({ words }) => words), ...rest];
}

/** The file's name, and the arguments without it. */
function takeFile(args: readonly string[]): {
  readonly file: string | undefined;
  readonly rest: readonly string[];
} {
  const at = args.findIndex((word) => word === flag || word.startsWith(`${flag}=`));
  if (at < 0) return { file: undefined, rest: args };
  const inside = args[at]!.startsWith(`${flag}=`);
  const file = inside ? args[at]!.slice(flag.length + 1) : args[at + 1];
  // Without a value commander says what is missing.
  if (file === undefined) return { file, rest: args };
  const rest = [...args.slice(0, at), ...args.slice(at + (inside ? 1 : 2))];
  if (takeFile(rest).file !== undefined)
    throw new InputError(`${flag} is given twice. Give one file.`);
  return { file, rest };
}

async function readSettings(file: string): Promise<object> {
  const value = await readJson(file).catch((cause: unknown) => {
    throw new InputError(cause instanceof Error ? cause.message : String(cause), { cause });
  });
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new InputError(
      `${file} must hold an object of options by their long names, such as {"steps": 2000}.`,
    );
  return value;
}

/** The option of a name; that of `bias` is `--no-bias`. */
function optionNamed(name: string, options: readonly Option[], file: string): Option {
  const found =
    options.find(({ long }) => long === `--${name}`) ??
    options.find(({ long }) => long === `--no-${name}`);
  if (found !== undefined) return found;
  const known = options.map(({ long = "" }) => long.slice(2));
  throw new InputError(`${file}: ${unknownName("option", name, known).message}`);
}

/** The words of the command line that say the same. */
function wordsOf(
  option: Option,
  { name, value, file }: { readonly name: string; readonly value: unknown; readonly file: string },
): readonly string[] {
  const wrong = (expected: string): InputError =>
    new InputError(`${file}: "${name}" must be ${expected}, got ${JSON.stringify(value)}.`);
  const long = option.long!;
  if (!option.required && !option.optional) {
    if (typeof value !== "boolean") throw wrong("true or false");
    return (long === `--${name}`) === value ? [long] : [];
  }
  const parts: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (parts.length === 0 || parts.some((part) => !["string", "number"].includes(typeof part)))
    throw wrong("a text, a number, or a list of them");
  const texts = parts.map(String);
  return option.variadic ? texts.map((text) => `${long}=${text}`) : [`${long}=${texts.join(",")}`];
}

/** Whether the words of a command line give an option, or switch it off. */
function isGiven({ long = "" }: Option, words: readonly string[]): boolean {
  const positive = long.replace(/^--no-/, "--");
  return words.some((word) => word === long || word === positive || word.startsWith(`${long}=`));
}

/** Whether an option of the command line leaves no place for one of the file. */
function excludes(given: Option, other: Option): boolean {
  const conflicts = (a: Option, b: Option): boolean =>
    (a as Option & { readonly conflictsWith: readonly string[] }).conflictsWith.includes(
      b.attributeName(),
    );
  return given === other || conflicts(given, other) || conflicts(other, given);
}

/** Parses the options of the file on their own, so that the message about a wrong one names the file. */
async function check(command: Command, words: readonly string[], file: string): Promise<void> {
  command
    .exitOverride()
    .configureOutput({ writeErr: () => undefined, outputError: () => undefined })
    .action(() => undefined);
  try {
    await command.parseAsync(words, { from: "user" });
  } catch (cause) {
    if (!(cause instanceof CommanderError)) throw cause;
    const message = cause.message.replace(/^error: /, "").replaceAll("'", '"');
    throw new InputError(`${file}: ${message}`, { cause });
  }
}
