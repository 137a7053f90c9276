/**
 * `relpos compare`: its options. The command itself is in `compare.ts`, which is loaded when it is called.
 *
 * @module
 */
import { Command, Option } from "commander";
import type { CompareOptions } from "./compare-choices.ts";
import {
  folderName,
  positiveNumber,
  seedList,
  threadCount,
  wholeNumber,
  wholeNumbers,
  wholeOrZero,
  encodingList,
} from "./option-values.ts";

/** The command with its options and example; `action` runs it. Its description is in `commands.ts`. */
export function compareCommand(action: (options: CompareOptions) => Promise<void>): Command {
  return new Command("compare")
    .addOption(
      new Option(
        "--task <name>",
        "train on a task instead of text, with options as in counting(variables=5); see relpos tasks",
      ).conflicts(["text", "corpus", "tokenizer", "stride", "evaluationTokens"]),
    )
    .option("--text <files...>", "text files to train and judge on")
    .addOption(
      new Option("--corpus <name>", "a corpus by name (default: moby-dick)").conflicts("text"),
    )
    .option("--tokenizer <byte|char>", "how text becomes tokens (default: byte)")
    .option(
      "--encodings <list>",
      "ids, compositions or files such as ./mine.ts, with commas, or all (default: five of several kinds)",
      encodingList,
    )
    .option(
      "--train-length <tokens>",
      "length of training windows (default: 64), or of a task's samples (10, or twice the shortest)",
      wholeNumber,
    )
    .option(
      "--test-lengths <list>",
      "lengths to judge at (default: 1, 2, 4 and 8 times; on a task 1, 1.1, 1.2, 1.5 and 2 times)",
      wholeNumbers,
    )
    .option(
      "--seeds <list>",
      "one model per encoding and seed (default: 1,2; on a task 1)",
      seedList,
    )
    .option("--steps <n>", "training steps", wholeNumber)
    .option("--batch <n>", "windows in a training step", wholeNumber)
    .option("--width <n>", "width of the model", wholeNumber)
    .option("--heads <n>", "attention heads", wholeNumber)
    .option("--layers <n>", "blocks", wholeNumber)
    .option("--learning-rate <x>", "the highest rate", positiveNumber)
    .addOption(
      new Option("--optimiser <name>", "default: muon; on a task adamw").choices(["adamw", "muon"]),
    )
    .option(
      "--warmup <steps>",
      "steps of rising rate (default: 60, on a task 100, or a tenth of fewer steps)",
      wholeOrZero,
    )
    .option(
      "--stride <tokens>",
      "step of the sliding windows (default: the train length)",
      wholeNumber,
    )
    .option("--evaluation-tokens <n>", "validation tokens judged at most", wholeNumber)
    .option("--evaluation-samples <n>", "samples judged at each length of a task", wholeNumber)
    .option("--device <name>", "cpu, webgpu or cuda (default: cpu)")
    .option("--threads <n>", "threads of one trial (default: 1)", threadCount)
    .option("--processes <n>", "trials at once (default: one per core)", wholeNumber)
    .option("--out <folder>", "where results go (default: runs/compare-<settings>)", folderName)
    .option("--json", "print results.json on standard output instead of the table")
    .addHelpText(
      "after",
      `
Example:
  $ relpos compare --encodings rope,alibi,t5 --text book.txt --seeds 1,2,3 --out runs/book
  $ relpos compare --encodings none,rope,t5 --task copy --seeds 1,2,3

Interrupted with Ctrl-C, the same command goes on where it was.`,
    )
    .action(action);
}
