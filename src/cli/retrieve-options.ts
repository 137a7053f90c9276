/**
 * `relpos retrieve`: its options. The command itself is in `retrieve.ts`, which is loaded when it is called.
 *
 * @module
 */
import { Command, Option } from "commander";
import type { RetrievalJudge, ValueKind, Wording } from "../retrieval/task.ts";
import { retrievalTasks } from "../retrieval/tasks/index.ts";
import {
  fileName,
  folderName,
  threadCount,
  wholeNumber,
  wholeNumbers,
  wholeNumbersOrZero,
  wholeOrZero,
  words,
} from "./option-values.ts";

/** The options of a call; what was not given is absent. */
export interface RetrieveCommandOptions {
  readonly model: string;
  readonly trial?: string;
  readonly encodingFile?: string;
  readonly tasks?: readonly string[];
  readonly lengths?: readonly number[];
  readonly depths: readonly number[];
  readonly samples: number;
  readonly seed: number;
  readonly wording?: Wording;
  readonly values: ValueKind;
  readonly judge: RetrievalJudge;
  readonly maxTokens?: number;
  readonly text?: readonly string[];
  readonly corpus?: string;
  readonly out?: string;
  readonly svg?: string;
  readonly html?: string;
  readonly device: string;
  readonly threads: number;
  readonly json?: boolean;
}

/** The command with its options and example; `action` runs it. Its description is in `commands.ts`. */
export function retrieveCommand(
  action: (options: RetrieveCommandOptions) => Promise<void>,
): Command {
  const width = Math.max(...retrievalTasks.map(({ name }) => name.length));
  const tasks = retrievalTasks.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`);
  return new Command("retrieve")
    .requiredOption(
      "--model <folder>",
      "the folder of a pretrained model, of a training run, or of a comparison",
      folderName,
    )
    .option("--trial <name>", "the trial of a comparison, such as rope-1 (default: none)")
    .option("--encoding-file <file>", "the run's own encoding, if its file was moved", fileName)
    .option("--tasks <list>", "some of those below (default: passkey,needle)", words)
    .option(
      "--lengths <list>",
      "tokens of a prompt with its answer (default: 1/2, 1 and 2 times the longest text of training)",
      wholeNumbers,
    )
    .option(
      "--depths <list>",
      "where the answer is hidden, in per cent of the text (default: 0,25,50,75,100)",
      wholeNumbersOrZero,
      [0, 25, 50, 75, 100],
    )
    .option("--samples <n>", "samples of each length and depth", wholeNumber, 8)
    .option("--seed <n>", "seed of what is hidden and where", wholeOrZero, 1)
    .addOption(
      new Option(
        "--wording <name>",
        "the words around the text (default: published where they fit the shortest length, else short)",
      ).choices(["published", "short"]),
    )
    .addOption(
      new Option("--values <kind>", "what is hidden; words where a tokenizer has no digits")
        .choices(["numbers", "words"])
        .default("numbers"),
    )
    .addOption(
      new Option(
        "--judge <name>",
        "an answer is right if its tokens are the likeliest, or as far as it occurs in what the model writes; the first takes " +
          "less time, and expects several answers in a fixed order",
      )
        .choices(["likeliest", "written"])
        .default("likeliest"),
    )
    .option(
      "--max-tokens <n>",
      "tokens to write with --judge written (default: twice the answer's; with published wording RULER's if more)",
      wholeNumber,
    )
    .option("--text <files...>", "the text around needles (default: moby-dick)")
    .addOption(new Option("--corpus <name>", "a corpus by name").conflicts("text"))
    .option("--out <file>", "write the result as JSON to a new file (default: none)", fileName)
    .option("--svg <file>", "write the maps by length and depth as a new SVG file", fileName)
    .option(
      "--html <file>",
      "write maps and numbers as a new page that needs nothing else",
      fileName,
    )
    .option("--device <name>", "cpu, webgpu or cuda", "cpu")
    .option("--threads <n>", "threads (0: the runtime chooses)", threadCount, 0)
    .option("--json", "print the result as JSON on standard output")
    .addHelpText(
      "after",
      `
Tasks:
${tasks.join("\n")}

Example:
  $ relpos retrieve --model models/llama --tasks passkey,needle --lengths 512,1024,2048 --html found.html
  $ relpos retrieve --model models/llama --tasks multi-value,variables,common-words --lengths 1024 --judge written`,
    )
    .action(action);
}
