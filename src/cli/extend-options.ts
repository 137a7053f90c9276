/**
 * `relpos extend`: its options. The command itself is in `extend.ts`, which is loaded when it is called.
 *
 * @module
 */
import { Command } from "commander";
import { extensionMethods } from "../encodings/extension/methods.ts";
import { folderName, positiveNumber, threadCount, wholeNumber } from "./option-values.ts";

/** The options of a call; what was not given is absent. */
export interface ExtendCommandOptions {
  readonly model: string;
  readonly method: string;
  readonly factor: number;
  readonly out: string;
  readonly text?: readonly string[];
  readonly originalLength?: number;
  readonly textLength?: number;
  readonly device: string;
  readonly threads: number;
  readonly json?: boolean;
}

/** The command with its options and example; `action` runs it. Its description is in `commands.ts`. */
export function extendCommand(action: (options: ExtendCommandOptions) => Promise<void>): Command {
  const width = Math.max(...extensionMethods.map(({ id }) => id.length));
  const methods = extensionMethods.map(({ id, summary, options }) => {
    const names = Object.keys(options);
    const more = names.length === 0 ? "" : ` Options: ${names.join(", ")}.`;
    return `  ${id.padEnd(width)}  ${summary}${more}`;
  });
  return new Command("extend")
    .requiredOption(
      "--model <folder>",
      "the folder of a pretrained model with rotary positions, or of a run that was trained with rope",
      folderName,
    )
    .requiredOption(
      "--method <method>",
      "one of those below, with options as in yarn(fast=16) (default: none, it is to be chosen)",
    )
    .requiredOption(
      "--factor <x>",
      "new length / length of training, above 1 (default: none, it is to be chosen)",
      positiveNumber,
    )
    .requiredOption(
      "--out <folder>",
      "where the new model is written; it must not exist",
      folderName,
    )
    .option(
      "--text <files...>",
      "text on which logits are compared (default: the beginning of moby-dick)",
    )
    .option(
      "--original-length <n>",
      "tokens of the texts of training (default: by the configuration or the run)",
      wholeNumber,
    )
    .option(
      "--text-length <n>",
      "tokens of later texts, for dynamic-ntk and longrope (default: length of training × factor)",
      wholeNumber,
    )
    .option("--device <name>", "cpu, webgpu or cuda", "cpu")
    .option("--threads <n>", "threads (0: the runtime chooses)", threadCount, 0)
    .option("--json", "print what changed as JSON on standard output, as in extension.json")
    .addHelpText(
      "after",
      `
Methods:
${methods.join("\n")}

Example:
  $ relpos extend --model models/llama --method yarn --factor 4 --out models/llama-long`,
    )
    .action(action);
}
