/**
 * `relpos compare`: its options. The command itself is in `compare.ts`, which is loaded when it is called.
 *
 * @module
 */
import { Command, Option } from "commander";
import {
  pairsMultiples,
  defaultPairsSettings as pairs,
  answerEnds,
  pairMeasureNames,
} from "../comparison/kinds/pairs-settings.ts";
import { taskMultiples, defaultTaskSettings as task } from "../comparison/kinds/task-settings.ts";
import { textEncodings, textMultiples } from "../comparison/kinds/text-settings.ts";
import { defaultSettings as text } from "../comparison/kinds/text-settings.ts";
import type { ModelDefaults } from "../comparison/kinds/kind.ts";
import { defaultCorpus } from "../data/corpus.ts";
import { listed } from "../format.ts";
import type { CompareOptions } from "./compare-choices.ts";
import {
  fileName,
  folderName,
  positiveNumber,
  positiveNumbers,
  seedList,
  threadCount,
  wholeNumber,
  wholeNumbers,
  wholeOrZero,
  encodingList,
} from "./option-values.ts";

/** The default of a setting on text, and on a task and on pairs where it is another: "default: 600, on a task 1000, on pairs 400". */
function byKind(name: keyof ModelDefaults, ...without: readonly "on pairs"[]): string {
  const onText = String(text[name]);
  const others = [
    ["on a task", String(task[name])],
    ["on pairs", String(pairs[name])],
  ] as const;
  const different = others.filter(
    ([on, value]) => value !== onText && !without.includes(on as "on pairs"),
  );
  return `default: ${[onText, ...different.map(([on, value]) => `${on} ${value}`)].join(", ")}`;
}

/** `[1, 2, 4]` as "1, 2 and 4 times the train length". */
function times(multiples: readonly number[]): string {
  return `${listed(multiples.map(String))} times the train length`;
}

/** The command with its options and example; `action` runs it. Its description is in `commands.ts`. */
export function compareCommand(action: (options: CompareOptions) => Promise<void>): Command {
  return new Command("compare")
    .addOption(
      new Option(
        "--task <name>",
        "train on a task instead of text, with options as in counting(variables=5), see relpos tasks; or to translate, " +
          "summarise or answer, on pairs of texts (default: text)",
      ).conflicts(["text", "corpus", "validation", "stride", "evaluationTokens"]),
    )
    .option(
      "--data <files>",
      "pairs of texts: dates, numbers(digits=5), two files of lines such as train.de,train.en, or a .tsv or .jsonl file (default: dates)",
    )
    .option(
      "--columns <source,target>",
      "where source and target are in files of pairs: columns of a .tsv such as 2,1, or keys of a .jsonl such as document,summary (default: 1,2, and source,target)",
    )
    .option(
      "--validation-data <files>",
      "pairs to judge on, in the same format (default: some of the training pairs, which are then not trained on)",
    )
    .option("--text <files...>", "text files to train and judge on")
    .addOption(
      new Option("--corpus <name>", `a corpus by name (default: ${defaultCorpus})`).conflicts(
        "text",
      ),
    )
    .option(
      "--validation <files...>",
      "text files to judge on (default: the last tenth of the text)",
    )
    .option(
      "--tokenizer <name>",
      `byte, char, word, or a file such as tokenizer.json (default: ${text.tokenizer}; for pairs in files bpe:8000, trained on them, and char for others)`,
    )
    .addOption(
      new Option(
        "--measure <name>",
        "what encodings of models on pairs are ranked by (default: exact for built-in pairs and answers, bleu for translations, rouge for summaries)",
      ).choices(pairMeasureNames),
    )
    .option(
      "--encodings <list>",
      `ids, compositions or files such as ./mine.ts or ./mine.ts(length=3)+rope, with commas, or all (default: ${textEncodings.join(",")})`,
      encodingList,
    )
    .option(
      "--decoder-encoding <name>",
      "on pairs, the encoding of all decoders (default: that of the encoder)",
    )
    .option(
      "--target-length <tokens>",
      "on pairs, the most tokens of a target of the training; longer ones are judged apart (default: no limit)",
      wholeNumber,
    )
    .addOption(
      new Option(
        "--answer-end <where>",
        "on pairs, where an answer ends: at the end symbol that the model writes, or at the length of the right answer, without a symbol to learn (default: symbol)",
      ).choices(answerEnds),
    )
    .option(
      "--train-length <tokens>",
      `length of training windows, of a task's samples, or of the sources of pairs (${byKind("trainLength", "on pairs")}, or twice ` +
        `the task's shortest; on pairs that of the longest source, in files that nine of ten sources have)`,
      wholeNumber,
    )
    .option(
      "--test-lengths <list>",
      `lengths to judge at (default: ${times(textMultiples)}; on a task ${times(taskMultiples)}; on pairs ${times(pairsMultiples)}, as far as there are such sources)`,
      wholeNumbers,
    )
    .option(
      "--seeds <list>",
      `one model per encoding and seed, as in 1,2 or 1-5 (${byKind("seeds")})`,
      seedList,
    )
    .option("--steps <n>", `training steps (${byKind("steps")})`, wholeNumber)
    .option(
      "--batch <n>",
      `windows, samples or pairs in a training step (${byKind("batch")})`,
      wholeNumber,
    )
    .option("--width <n>", `width of the model (${byKind("width")})`, wholeNumber)
    .option("--heads <n>", `attention heads (${byKind("heads")})`, wholeNumber)
    .option(
      "--layers <n>",
      `blocks, on pairs those of each half (${byKind("layers")})`,
      wholeNumber,
    )
    .option("--learning-rate <x>", `the highest rate (${byKind("learningRate")})`, positiveNumber)
    .addOption(
      new Option(
        "--learning-rates <list>",
        "rates of which each encoding gets the one with the lowest loss on a validation part (default: one rate for all)",
      )
        .argParser(positiveNumbers)
        .conflicts("learningRate"),
    )
    .addOption(
      new Option(
        "--optimiser <name>",
        `what trains the matrices of blocks (${byKind("optimiser")})`,
      ).choices(["adamw", "muon"]),
    )
    .option(
      "--warmup <steps>",
      `steps of rising rate (${byKind("warmup")}, and at most a tenth of the steps)`,
      wholeOrZero,
    )
    .option(
      "--stride <tokens>",
      "step of the sliding windows (default: the train length)",
      wholeNumber,
    )
    .option(
      "--evaluation-tokens <n>",
      `validation tokens judged at most (default: ${text.evaluationTokens})`,
      wholeNumber,
    )
    .option(
      "--evaluation-samples <n>",
      `samples or pairs judged at each length (default: on a task ${task.evaluationSamples}, on pairs ${pairs.evaluationSamples})`,
      wholeNumber,
    )
    .option("--device <name>", `cpu, webgpu or cuda (${byKind("device")})`)
    .option("--threads <n>", "threads of one trial (default: 1)", threadCount)
    .option("--processes <n>", "trials at once (default: one per core)", wholeNumber)
    .option("--out <folder>", "where results go (default: runs/compare-<settings>)", folderName)
    .option(
      "--settings <file>",
      "a JSON file with options by their long names; those given here win (default: none)",
      fileName,
    )
    .option("--json", "print results.json on standard output instead of the table")
    .addHelpText(
      "after",
      `
Example:
  $ relpos compare --encodings rope,alibi,t5 --text book.txt --seeds 1,2,3 --out runs/book
  $ relpos compare --encodings none,rope,t5 --task copy --seeds 1,2,3
  $ relpos compare --encodings rope,t5 --task translate --data train.de,train.en --validation-data val.de,val.en

Interrupted with Ctrl-C, the same command goes on where it was.`,
    )
    .action(action);
}
