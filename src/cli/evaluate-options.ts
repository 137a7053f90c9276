/**
 * `relpos evaluate`: its options. The command itself is in `evaluate.ts`, which is loaded when it is called.
 *
 * @module
 */
import { Command, Option } from "commander";
import { fileName, threadCount, wholeNumber, wholeNumbers } from "./option-values.ts";

/** The options of a call; what was not given is absent. */
export interface EvaluateOptions {
  readonly text?: readonly string[];
  readonly corpus?: string;
  readonly data?: string;
  readonly lengths?: readonly number[];
  readonly evaluationTokens?: number;
  readonly encodingFile?: string;
  readonly device: string;
  readonly threads: number;
  readonly json?: boolean;
}

/** The command with its options and example; `action` runs it. Its description is in `commands.ts`. */
export function evaluateCommand(
  action: (run: string, options: EvaluateOptions) => Promise<void>,
): Command {
  return new Command("evaluate")
    .argument("<run>", "the folder of a training run, or of a trial of a comparison")
    .option("--text <files...>", "text files (default: the validation part of the run's own text)")
    .addOption(new Option("--corpus <name>", "a corpus by name").conflicts("text"))
    .option(
      "--data <files>",
      "of a run with --task: pairs as in relpos train (default: the run's validation and test pairs)",
    )
    .option("--lengths <list>", "lengths of windows (default: the train length)", wholeNumbers)
    .option(
      "--evaluation-tokens <n>",
      "tokens predicted at most (default: as in the run's own evaluation)",
      wholeNumber,
    )
    .option("--encoding-file <file>", "the run's own encoding, if its file was moved", fileName)
    .option("--device <name>", "cpu, webgpu or cuda", "cpu")
    .option("--threads <n>", "threads (0: the runtime chooses)", threadCount, 0)
    .option("--json", "print the result as JSON on standard output")
    .addHelpText(
      "after",
      `
Example:
  $ relpos evaluate runs/book --lengths 128,256,512
  $ relpos evaluate runs/german --data test.de,test.en`,
    )
    .action(action);
}
