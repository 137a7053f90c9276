/**
 * `relpos train`: its options. What it does stands in `train.ts`, loaded when it is called.
 *
 * @module
 */
import { Command, Option } from "commander";
import {
  folderName,
  numberOrZero,
  positiveNumber,
  threadCount,
  wholeNumber,
  wholeOrZero,
} from "./option-values.ts";

/** Options as commander hands them over, defaults filled in. */
export interface TrainOptions {
  readonly text?: readonly string[];
  readonly corpus?: string;
  readonly tokenizer: string;
  readonly cut: "paragraph" | "line" | "exact";
  readonly encoding: string;
  readonly length: number;
  readonly steps: number;
  readonly batch: number;
  readonly accumulate: number;
  readonly width: number;
  readonly heads: number;
  readonly layers: number;
  readonly hidden?: number;
  readonly norm: "layer" | "rms";
  readonly normPosition: "pre" | "post";
  readonly activation: "gelu" | "gelu-tanh" | "silu" | "relu" | "swiglu";
  readonly bias: boolean;
  readonly tiedHead: boolean;
  readonly dropout: number;
  readonly learningRate: number;
  readonly minLearningRate?: number;
  readonly warmup?: number;
  readonly beta2: number;
  readonly weightDecay: number;
  readonly clip: number;
  readonly seed: number;
  readonly checkpointEvery: number;
  readonly evaluationTokens: number;
  readonly device: string;
  readonly threads: number;
  readonly out?: string;
  readonly json?: boolean;
}

/** The command with its options and example. */
export function trainCommand(): Command {
  return new Command("train")
    .description("train one model; a run that was stopped or killed goes on with the same command")
    .option("--text <files...>", "text files to train on")
    .addOption(
      new Option("--corpus <name>", "a corpus by name (default: moby-dick)").conflicts("text"),
    )
    .option("--tokenizer <byte|char>", "how text becomes tokens", "byte")
    .addOption(
      new Option("--cut <where>", "where validation text may begin")
        .choices(["paragraph", "line", "exact"])
        .default("paragraph"),
    )
    .option("--encoding <name>", "position encoding: an id or a file such as ./mine.ts", "rope")
    .option("--length <tokens>", "length of training windows", wholeNumber, 128)
    .option("--steps <n>", "training steps", wholeNumber, 1000)
    .option("--batch <n>", "windows in a step", wholeNumber, 16)
    .option("--accumulate <n>", "micro-batches averaged in a step", wholeNumber, 1)
    .option("--width <n>", "width of the model", wholeNumber, 128)
    .option("--heads <n>", "attention heads", wholeNumber, 4)
    .option("--layers <n>", "blocks", wholeNumber, 4)
    .option("--hidden <n>", "width of the feed-forward layer (default: 4 × width)", wholeNumber)
    .addOption(new Option("--norm <kind>", "norm").choices(["layer", "rms"]).default("layer"))
    .addOption(
      new Option("--norm-position <where>", "norm before or after")
        .choices(["pre", "post"])
        .default("pre"),
    )
    .addOption(
      new Option("--activation <name>", "of the feed-forward layer")
        .choices(["gelu", "gelu-tanh", "silu", "relu", "swiglu"])
        .default("gelu"),
    )
    .option("--no-bias", "leave biases out of linear layers and norms")
    .option("--tied-head", "the head shares the token table", false)
    .option("--dropout <share>", "share of elements dropped in training", numberOrZero, 0)
    .option("--learning-rate <x>", "the highest rate", positiveNumber, 1e-3)
    .option("--min-learning-rate <x>", "the last rate (default: a tenth)", numberOrZero)
    .option(
      "--warmup <steps>",
      "steps of rising rate (default: 100, or a tenth of fewer steps)",
      wholeOrZero,
    )
    .option("--beta2 <x>", "AdamW's second decay", positiveNumber, 0.95)
    .option("--weight-decay <x>", "AdamW's decay of matrices", numberOrZero, 0.1)
    .option("--clip <norm>", "largest gradient norm, 0 for none", numberOrZero, 1)
    .option("--seed <n>", "seed of first values, batches and dropout", wholeOrZero, 1)
    .option("--checkpoint-every <steps>", "steps between checkpoints", wholeNumber, 100)
    .option("--evaluation-tokens <n>", "validation tokens judged at most", wholeNumber, 65536)
    .option("--device <name>", "cpu, webgpu or cuda", "cpu")
    .option("--threads <n>", "threads (0: the runtime chooses)", threadCount, 0)
    .option("--out <folder>", "the run's folder; must be given", folderName)
    .option("--json", "print the result as JSON on standard output")
    .addHelpText(
      "after",
      `
Example:
  $ relpos train --encoding alibi --text book.txt --steps 2000 --out runs/book`,
    )
    .action(async (options: TrainOptions) => {
      const { trainCommandAction } = await import("./train.ts");
      await trainCommandAction(options);
    });
}
