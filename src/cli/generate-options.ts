/**
 * `relpos generate`: its options. Those of generation follow from their declarations in `generation-options.ts`. The
 * command itself is in `generate.ts`, which is loaded when it is called.
 *
 * @module
 */
import { Command, Option } from "commander";
import { generationOptions } from "../generation/generation-options.ts";
import type { GenerationOptions } from "../generation/generation-options.ts";
import type { Option as DeclaredOption } from "../options/option.ts";
import { addGenerationOption } from "./generation-flags.ts";
import { fileName, folderName, threadCount } from "./option-values.ts";
import { weightsTypes } from "./weights-types.ts";
import type { WeightsType } from "./weights-types.ts";

/** The options of a call; what was not given is absent. */
export interface GenerateCommandOptions extends GenerationOptions {
  readonly model: string;
  readonly trial?: string;
  readonly encodingFile?: string;
  readonly adapter?: string;
  readonly weights: WeightsType;
  readonly prompt?: readonly string[];
  readonly promptFile?: readonly string[];
  readonly chat?: boolean;
  readonly system?: string;
  readonly device: string;
  readonly threads: number;
  readonly json?: boolean;
}

/** The command with its options and example; `action` runs it. Its description is in `commands.ts`. */
export function generateCommand(
  action: (options: GenerateCommandOptions) => Promise<void>,
): Command {
  const command = new Command("generate")
    .requiredOption(
      "--model <folder>",
      "the folder of a training run, of a comparison, or of a pretrained model",
      folderName,
    )
    .option("--trial <name>", "the trial of a comparison, such as rope-1 (default: none)")
    .option("--prompt <texts...>", "texts to continue (default: standard input, as one text)")
    .option("--prompt-file <files...>", "files of texts to continue (default: none)")
    .option(
      "--chat",
      "talk with a pretrained model for conversations: a line of standard input is a turn, /exit ends",
    )
    .option("--system <text>", "with --chat: the message before all others (default: none)");
  for (const [name, declared] of Object.entries<DeclaredOption>(generationOptions))
    addGenerationOption(command, name, declared);
  return command
    .option(
      "--adapter <folder>",
      "of a pretrained model: an adapter in PEFT's format, added to its weights (default: none)",
      folderName,
    )
    .addOption(
      new Option("--weights <type>", "weights of the linear layers, in memory and products")
        .choices(weightsTypes)
        .default("float32"),
    )
    .option("--encoding-file <file>", "the run's own encoding, if its file was moved", fileName)
    .option("--device <name>", "cpu, webgpu or cuda", "cpu")
    .option("--threads <n>", "threads (0: the runtime chooses)", threadCount, 0)
    .option("--json", "print the prompts and what was generated as JSON on standard output")
    .addHelpText(
      "after",
      `
Example:
  $ relpos generate --model runs/book --prompt "Call me" --max-tokens 200 --temperature 0.8 --top-p 0.95
  $ relpos generate --model models/chat --chat --system "Be brief."`,
    )
    .action(action);
}
