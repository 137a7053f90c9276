/**
 * `relpos attention`: its options. The command itself is in `attention.ts`, which is loaded when it is called.
 *
 * @module
 */
import { Command } from "commander";
import { columnCount, fileName, folderName } from "./option-values.ts";

/** The options of a call; what was not given is absent. */
export interface AttentionOptions {
  readonly model: string;
  readonly source: string;
  readonly target?: string;
  readonly width?: number;
  readonly html?: string;
  readonly json?: boolean;
}

/** The command with its options and example; `action` runs it. Its description is in `commands.ts`. */
export function attentionCommand(action: (options: AttentionOptions) => Promise<void>): Command {
  return new Command("attention")
    .requiredOption(
      "--model <folder>",
      "the folder of an encoder-decoder that relpos train --task trained, or of a trial",
      folderName,
    )
    .requiredOption("--source <text>", "what the model reads")
    .option("--target <text>", "what the decoder reads (default: what the model writes)")
    .option("--width <columns>", "width of the text (default: the terminal's, or 80)", columnCount)
    .option(
      "--html <file>",
      "write all of it as a page that needs nothing else (default: none)",
      fileName,
    )
    .option("--json", "print tokens and weights as JSON on standard output")
    .addHelpText(
      "after",
      `
Example:
  $ relpos attention --model runs/dates --source "4. März 2027" --html attention.html

Weights are computed in float64 for up to 128 tokens of each side.`,
    )
    .action(action);
}
