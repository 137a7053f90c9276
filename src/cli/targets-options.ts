/**
 * `relpos translate`, `summarise` and `answer`: their options. Those of generation follow from their declarations. The commands
 * themselves are in `targets.ts`, which is loaded when one is called.
 *
 * @module
 */
import { Command } from "commander";
import { generationOptions } from "../generation/generation-options.ts";
import type { GenerationOptions } from "../generation/generation-options.ts";
import type { Option as DeclaredOption } from "../options/option.ts";
import { addGenerationOption } from "./generation-flags.ts";
import { fileName, folderName, threadCount, wholeNumber } from "./option-values.ts";

/** The commands, by the task of the runs that they take. */
export type TargetTask = "translate" | "summarise" | "answer";

/** The options of a call; what was not given is absent. */
export interface TargetsCommandOptions extends GenerationOptions {
  readonly model: string;
  readonly file?: string;
  readonly question?: string;
  readonly context?: string;
  readonly out?: string;
  readonly batchSize: number;
  readonly device: string;
  readonly threads: number;
  readonly json?: boolean;
}

/** Of endless texts, which a target is not, and set by the run itself. */
const left: ReadonlySet<string> = new Set(["window", "sinks", "endTokens", "suppressTokens"]);

const examples: Readonly<Record<TargetTask, string>> = {
  translate: `
Examples:
  $ relpos translate --model runs/de-en "Ein Hund rennt." --beams 5
  $ relpos translate --model runs/de-en --file test.de --out test.en --beams 5
  $ relpos translate --model models/t5-small "translate English to German: A dog runs."`,
  summarise: `
Example:
  $ relpos summarise --model runs/papers --file abstracts.txt --beams 4 --length-penalty 0.6`,
  answer: `
Examples:
  $ relpos answer --model runs/babi --context "Mary went to the hall." --question "Where is Mary?"
  $ relpos answer --model runs/babi --file questions.jsonl --json`,
};

/** A command with its options and examples; `action` runs it. Its description is in `commands.ts`. */
export function targetsCommand(
  task: TargetTask,
  action: (
    task: TargetTask,
    texts: readonly string[],
    options: TargetsCommandOptions,
  ) => Promise<void>,
): Command {
  const command = new Command(task).requiredOption(
    "--model <folder>",
    `the folder of a run that was trained to ${task}, or of a pretrained encoder-decoder (such as T5, BART, Marian)`,
    folderName,
  );
  if (task === "answer")
    command
      .option("--question <text>", "a question (default: those of --file or standard input)")
      .option("--context <text>", "the text that the answer is in (default: none)");
  else command.argument("[texts...]", "texts (default: the lines of --file or standard input)");
  command.option(
    "--file <file>",
    task === "answer"
      ? 'a question a line, as {"question": …, "context": …} or with a tab between (default: standard input)'
      : "a file with a text a line (default: standard input)",
    fileName,
  );
  for (const [name, declared] of Object.entries<DeclaredOption>(generationOptions))
    if (!left.has(name)) addGenerationOption(command, name, declared);
  return command
    .option("--out <file>", "a new file, a line for each text (default: standard output)", fileName)
    .option("--batch-size <n>", "texts that are read together", wholeNumber, 32)
    .option("--device <name>", "cpu, webgpu or cuda", "cpu")
    .option("--threads <n>", "threads (0: the runtime chooses)", threadCount, 0)
    .option("--json", "a JSON object a line, with tokens, score and why the text ended")
    .addHelpText("after", examples[task])
    .action((...call: unknown[]) =>
      task === "answer"
        ? action(task, [], call[0] as TargetsCommandOptions)
        : action(task, call[0] as readonly string[], call[1] as TargetsCommandOptions),
    );
}
