/**
 * `relpos train`: its options. The command itself is in `train.ts`, which is loaded when it is called.
 *
 * @module
 */
import { Command, Option } from "commander";
import { defaultPairSettings } from "../runs/pair-settings.ts";
import type { PairRunSettings } from "../runs/pair-settings.ts";
import { pairArchitectures, pairTasks } from "../runs/run-document.ts";
import { defaultRates, defaultTrainSettings } from "../runs/train-settings.ts";
import type { TrainRunSettings } from "../runs/train-settings.ts";
import type { FineTuneSettings } from "../fine-tuning/settings.ts";
import { fineTuneOptionsOf } from "./fine-tune-options.ts";
import { givenOptions } from "./given.ts";
import {
  fileName,
  folderName,
  numberOrZero,
  positiveNumber,
  threadCount,
  wholeNumber,
  wholeOrZero,
} from "./option-values.ts";

/** The options of a call: the settings of the run, and what is of the command alone. What was not given is absent. */
export interface TrainOptions
  extends
    Partial<Omit<TrainRunSettings, "corpus" | "device">>,
    Partial<Omit<PairRunSettings, "data" | "device">>,
    Partial<
      Pick<FineTuneSettings, "from" | "trainLength" | "loraRank" | "loraAlpha" | "loraTargets">
    > {
  readonly text?: readonly string[];
  readonly corpus?: string;
  readonly data?: string;
  readonly validationData?: string;
  readonly columns?: string;
  readonly device?: string;
  readonly out?: string;
  readonly json?: boolean;
}

const defaults = defaultTrainSettings;
const pairDefaults = defaultPairSettings;

/** Options by their names in a call that only runs of a text have, and those that only runs of pairs have. */
export const textOptions = ["text", "corpus", "validation", "cut", "length", "layers"] as const;
/** See `textOptions`. */
export const pairOptions = [
  ...["architecture", "data", "validationData", "columns", "decoderEncoding", "crossEncoding"],
  ...["encoderLayers", "decoderLayers", "sourceLength", "targetLength"],
  ...["batchTokens", "shapes", "labelSmoothing"],
] as const;

/** The command with its options and example; `action` runs it. Its description is in `commands.ts`. */
export function trainCommand(action: (options: TrainOptions) => Promise<void>): Command {
  const command = new Command("train")
    .option("--text <files...>", "text files to train on")
    .addOption(
      new Option("--corpus <name>", "a corpus by name (default: moby-dick)").conflicts("text"),
    )
    .option(
      "--validation <files...>",
      "text files to validate on (default: the last tenth of the training text)",
    )
    .option(
      "--tokenizer <name>",
      "byte, char, word, or a file such as tokenizer.json; with --task also bpe:8000, trained on the pairs, the default for files",
      defaults.tokenizer,
    )
    .addOption(
      new Option("--cut <where>", "where validation text may begin")
        .choices(["paragraph", "line", "exact"])
        .default(defaults.cut),
    )
    .option(
      "--encoding <name>",
      "position encoding: an id or a file such as ./mine.ts",
      defaults.encoding,
    )
    .option("--length <tokens>", "length of training windows", wholeNumber, defaults.length)
    .option(
      "--steps <n>",
      `training steps; with --task ${pairDefaults.steps} by default`,
      wholeNumber,
      defaults.steps,
    )
    .option(
      "--batch <n>",
      `windows in a step; with --task pairs of texts, ${pairDefaults.batch} by default`,
      wholeNumber,
      defaults.batch,
    )
    .option(
      "--accumulate <n>",
      "micro-batches averaged in a step",
      wholeNumber,
      defaults.accumulate,
    )
    .option("--width <n>", "width of the model", wholeNumber, defaults.width)
    .option("--heads <n>", "attention heads", wholeNumber, defaults.heads)
    .option("--head-dim <n>", "width of one head (default: width / heads)", wholeNumber)
    .option("--key-value-heads <n>", "heads of keys and values (default: all)", wholeNumber)
    .option("--layers <n>", "blocks", wholeNumber, defaults.layers)
    .option("--hidden <n>", "width of the feed-forward layer (default: 4 × width)", wholeNumber)
    .addOption(new Option("--norm <kind>", "norm").choices(["layer", "rms"]).default(defaults.norm))
    .addOption(
      new Option("--form <name>", "where a block has norms and sums")
        .choices(["pre", "post", "double", "parallel", "parallel-two"])
        .default(defaults.form),
    )
    .addOption(
      new Option("--activation <name>", "of the feed-forward layer")
        .choices(["gelu", "gelu-tanh", "silu", "relu", "swiglu"])
        .default(defaults.activation),
    )
    .option("--no-bias", "leave biases out of linear layers and norms")
    .option("--tied-head", "the head shares the token table", defaults.tiedHead)
    .option(
      "--dropout <share>",
      "share of elements dropped in training",
      numberOrZero,
      defaults.dropout,
    )
    .addOption(
      new Option(
        "--optimiser <name>",
        `what trains the matrices of blocks; with --task ${pairDefaults.optimiser} by default`,
      )
        .choices(Object.keys(defaultRates))
        .default(defaults.optimiser),
    )
    .option(
      "--learning-rate <x>",
      `the highest rate (default: ${defaultRates.adamw}, with muon ${defaultRates.muon})`,
      positiveNumber,
    )
    .option("--min-learning-rate <x>", "the last rate (default: a tenth)", numberOrZero)
    .option(
      "--warmup <steps>",
      "steps of rising rate (default: 100, or a tenth of fewer steps)",
      wholeOrZero,
    )
    .option(
      "--decay-steps <n>",
      "step at which the last rate is reached; more steps have that rate (default: the steps)",
      wholeNumber,
    )
    .option(
      "--beta2 <x>",
      `AdamW's second decay; with --task ${pairDefaults.beta2} by default`,
      positiveNumber,
      defaults.beta2,
    )
    .option(
      "--weight-decay <x>",
      `decay of weights and the token table; with --task ${pairDefaults.weightDecay} by default`,
      numberOrZero,
      defaults.weightDecay,
    )
    .option("--clip <norm>", "largest gradient norm, 0 for none", numberOrZero, defaults.clip)
    .option("--seed <n>", "seed of first values, batches and dropout", wholeOrZero, defaults.seed)
    .option(
      "--checkpoint-every <steps>",
      "steps between checkpoints",
      wholeNumber,
      defaults.checkpointEvery,
    )
    .option(
      "--validate-every <steps>",
      "steps between measurements of the validation loss (default: a fifth of the steps)",
      wholeNumber,
    )
    .option(
      "--patience <n>",
      "stop after so many measurements without a lower validation loss and keep the best weights; 0: never",
      wholeOrZero,
      defaults.patience,
    )
    .option(
      "--evaluation-tokens <n>",
      "validation tokens evaluated at most",
      wholeNumber,
      defaults.evaluationTokens,
    )
    .option("--device <name>", "cpu, webgpu or cuda", defaults.device)
    .option("--threads <n>", "threads (0: the runtime chooses)", threadCount, defaults.threads)
    .option("--out <folder>", "the run's folder; must be given", folderName)
    .option(
      "--settings <file>",
      "a JSON file with options by their long names; those given here win (default: none)",
      fileName,
    )
    .option("--json", "print the result as JSON on standard output");
  return pairOptionsOf(fineTuneOptionsOf(command))
    .addHelpText(
      "after",
      `
Example:
  $ relpos train --encoding alibi --text book.txt --steps 2000 --out runs/book
  $ relpos train --task translate --data train.de,train.en --out runs/german
  $ relpos train --from models/llama-4x --train-length 512 --text book.txt --out runs/longer

The same command goes on with a run that was stopped. With more --steps it trains a finished one further: at the last
rate, unless --decay-steps was as large from the start.`,
    )
    .action((options: object, command: Command) => action(givenOptions(options, command)));
}

/** The options of runs that are trained from texts to texts. */
function pairOptionsOf(command: Command): Command {
  return command
    .addOption(
      new Option(
        "--task <name>",
        "train an encoder-decoder from texts to texts (default: a language model)",
      ).choices(pairTasks),
    )
    .addOption(
      new Option(
        "--architecture <name>",
        "with --task: decoder-only reads source and target as one sequence; span finds answers in texts, for --task answer and files of SQuAD",
      )
        .choices(pairArchitectures)
        .default(pairDefaults.architecture),
    )
    .option(
      "--data <files>",
      "pairs: dates, numbers(digits=5), two files of lines such as train.de,train.en, or a .tsv or .jsonl file (default: dates)",
    )
    .option(
      "--columns <source,target>",
      "where source and target are in files of pairs: columns of a .tsv such as 2,1, or keys of a .jsonl such as document,summary (default: 1,2, and source,target)",
    )
    .option(
      "--validation-data <files>",
      "pairs to validate on, in the same format (default: some of the training pairs, which are then not trained on)",
    )
    .option(
      "--decoder-encoding <name>",
      "position encoding of the decoder (default: that of the encoder)",
    )
    .option(
      "--cross-encoding <name>",
      "position encoding of the decoder's attention to the source",
      pairDefaults.crossEncoding,
    )
    .option("--encoder-layers <n>", "blocks", wholeNumber, pairDefaults.encoderLayers)
    .option("--decoder-layers <n>", "blocks", wholeNumber, pairDefaults.decoderLayers)
    .option(
      "--source-length <tokens>",
      "most tokens of a source; longer pairs are left out (default: no limit); of the architecture span, tokens of a row",
      wholeNumber,
    )
    .option(
      "--target-length <tokens>",
      "most tokens of a target; longer pairs are left out (default: no limit)",
      wholeNumber,
    )
    .option(
      "--batch-tokens <n>",
      "most tokens of the longer side of a batch; 0: no limit",
      wholeOrZero,
      pairDefaults.batchTokens,
    )
    .option(
      "--shapes <n>",
      "shapes of batches: more of them leave less padding, and each is compiled",
      wholeNumber,
      pairDefaults.shapes,
    )
    .option(
      "--label-smoothing <share>",
      "share of each target token that is spread over the vocabulary",
      numberOrZero,
      pairDefaults.labelSmoothing,
    );
}
