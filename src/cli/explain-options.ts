/**
 * `relpos explain`: its options. The command itself is in `explain.ts`, which is loaded when it is called.
 *
 * @module
 */
import { Command } from "commander";
import { columnCount, fileName } from "./option-values.ts";

/** The options of a call; what was not given is absent. */
export interface ExplainOptions {
  readonly width?: number;
  readonly svg?: string;
  readonly html?: string;
  readonly json?: boolean;
}

/** The command with its options and example; `action` runs it. Its description is in `commands.ts`. */
export function explainCommand(
  action: (encoding: string, options: ExplainOptions) => Promise<void>,
): Command {
  return new Command("explain")
    .argument("<encoding>", "an id, or a file such as ./my-encoding.ts")
    .option("--width <columns>", "width of the text (default: the terminal's, or 80)", columnCount)
    .option("--svg <file>", "write the picture as SVG", fileName)
    .option("--html <file>", "write all of it as a page that needs nothing else", fileName)
    .option("--json", "print facts and the picture's numbers as JSON on standard output")
    .addHelpText(
      "after",
      `
Example:
  $ relpos explain alibi --html alibi.html

With --svg or --html, only the file's name is printed. Colours follow the terminal and NO_COLOR.`,
    )
    .action(action);
}
