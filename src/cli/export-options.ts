/**
 * `relpos export`: its options. The command itself is in `export.ts`, which is loaded when it is called.
 *
 * @module
 */
import { Command } from "commander";
import { exportFormats } from "../export/formats.ts";
import type { ExportFormat, WeightType } from "../export/formats.ts";
import { fileName, folderName } from "./option-values.ts";

/** The options of a call; what was not given is absent. */
export interface ExportCommandOptions {
  readonly model: string;
  readonly format: ExportFormat;
  readonly out: string;
  readonly dtype?: WeightType;
  readonly trial?: string;
  readonly encodingFile?: string;
  readonly json?: boolean;
}

/** The command with its options and example; `action` runs it. Its description is in `commands.ts`. */
export function exportCommand(action: (options: ExportCommandOptions) => Promise<void>): Command {
  const width = Math.max(...Object.keys(exportFormats).map((name) => name.length));
  const formats = Object.entries(exportFormats).map(
    ([name, what]) => `  ${name.padEnd(width)}  ${what}`,
  );
  return new Command("export")
    .requiredOption(
      "--model <folder>",
      "the folder of a training run, of a comparison, or of a pretrained model",
      folderName,
    )
    .requiredOption("--format <format>", "one of those below (default: none, it is to be chosen)")
    .requiredOption("--out <folder>", "where the files are written; it must not exist", folderName)
    .option(
      "--dtype <type>",
      "of the weights: float32, float16; bfloat16 in the format huggingface; int8 or int4 in the format onnx (default: float32; " +
        "in the format huggingface that of the pretrained model)",
    )
    .option("--trial <name>", "the trial of a comparison, such as rope-1 (default: none)")
    .option("--encoding-file <file>", "the run's own encoding, if its file was moved", fileName)
    .option("--json", "print what was written as JSON on standard output")
    .addHelpText(
      "after",
      `
Formats:
${formats.join("\n")}

Example:
  $ relpos export --model runs/book --format onnx --out book-onnx`,
    )
    .action(action);
}
