/**
 * `relpos evaluate`: its options. The command itself is in `evaluate.ts`, which is loaded when it is called.
 *
 * @module
 */
import { Command, Option } from "commander";
import { generationOptions } from "../generation/generation-options.ts";
import type { GenerationOptions } from "../generation/generation-options.ts";
import { addGenerationOption } from "./generation-flags.ts";
import { weightsList } from "./weights-types.ts";
import type { WeightsType } from "./weights-types.ts";
import {
  encodingList,
  fileName,
  folderName,
  positiveNumber,
  threadCount,
  wholeNumber,
  wholeNumbers,
} from "./option-values.ts";

/** How a run of pairs writes what is judged; nothing is drawn, so that the values are the same each time. */
export const searchOptions = ["beams", "lengthPenalty", "earlyStopping", "noRepeatNgram"] as const;
type SearchOption = (typeof searchOptions)[number] | "maxTokens";

/** Options by their names in a call that only runs of pairs have. */
export const pairEvaluationOptions = [
  ...["data", "columns", "examples", "lossOnly", "batchSize", "out", "maxTokens"],
  ...searchOptions,
] as const;

/** Options by their names in a call that only language models have. */
export const textEvaluationOptions = [
  ...["text", "corpus", "lengths", "evaluationTokens", "encodingFile"],
  ...["extend", "factor", "originalLength", "weights", "report"],
] as const;

/** The options of a call; what was not given is absent. */
export interface EvaluateOptions extends Pick<GenerationOptions, SearchOption> {
  readonly model?: readonly string[];
  readonly extend?: readonly string[];
  readonly factor?: number;
  readonly originalLength?: number;
  readonly weights?: readonly WeightsType[];
  readonly report?: string;
  readonly text?: readonly string[];
  readonly corpus?: string;
  readonly data?: string;
  readonly columns?: string;
  readonly lengths?: readonly number[];
  readonly evaluationTokens?: number;
  readonly encodingFile?: string;
  readonly adapter?: string;
  readonly examples?: number;
  readonly lossOnly?: boolean;
  readonly batchSize?: number;
  readonly out?: string;
  readonly device: string;
  readonly threads: number;
  readonly json?: boolean;
}

/** The command with its options and example; `action` runs it. Its description is in `commands.ts`. */
export function evaluateCommand(
  action: (run: string | undefined, options: EvaluateOptions) => Promise<void>,
): Command {
  const command = new Command("evaluate")
    .argument("[run]", "the folder of a training run, or of a trial of a comparison")
    .option(
      "--model <folder>",
      "the folder of a pretrained model or of a run; given several times, models are compared",
      (text: string, before: readonly string[] = []) => [...before, folderName(text)],
    )
    .option(
      "--extend <methods>",
      "compare the model with itself extended, by methods as of relpos extend: yarn,pi (default: none)",
      encodingList,
    )
    .option(
      "--factor <x>",
      "with --extend: new length / length of training (default: none, it is to be chosen)",
      positiveNumber,
    )
    .option(
      "--original-length <n>",
      "with --extend: tokens of the texts of training (default: by the configuration or the run)",
      wholeNumber,
    )
    .option(
      "--weights <list>",
      "compare the model with itself with weights in few bits, as of relpos generate: int8,int4 (default: none)",
      weightsList,
    )
    .option(
      "--text <files...>",
      "text files (default: the validation part of the run's own text; of a pretrained model moby-dick)",
    )
    .addOption(new Option("--corpus <name>", "a corpus by name").conflicts("text"))
    .option(
      "--data <files>",
      "of a run with --task: pairs as in relpos train (default: the run's validation and test pairs)",
    )
    .option(
      "--columns <source,target>",
      "where source and target are in the files of --data: columns of a .tsv such as 2,1, or keys of a .jsonl such as document,summary (default: 1,2, and source,target)",
    )
    .option(
      "--lengths <list>",
      "lengths of windows (default: the train length; of a pretrained model 1/2, 1 and 2 times its longest text)",
      wholeNumbers,
    )
    .option(
      "--evaluation-tokens <n>",
      "tokens predicted at most (default: as in the run's own evaluation)",
      wholeNumber,
    )
    .option(
      "--adapter <folder>",
      "of a pretrained model: an adapter in PEFT's format, added to its weights (default: none)",
      folderName,
    )
    .option("--encoding-file <file>", "the run's own encoding, if its file was moved", fileName)
    .option(
      "--examples <n>",
      "of a run with --task: the first pairs of each part are judged (default: all)",
      wholeNumber,
    )
    .option("--loss-only", "of a run with --task: write no targets, and give the loss alone");
  for (const name of searchOptions) addGenerationOption(command, name, generationOptions[name]);
  return command
    .option(
      "--max-tokens <n>",
      "the most tokens that are written (default: twice the longest target of the training, 100 at least)",
      wholeNumber,
    )
    .option("--batch-size <n>", "sources that are read together (default: 32)", wholeNumber)
    .option(
      "--report <file>",
      "of language models: write perplexity by length and loss by position as a new page (default: none)",
      fileName,
    )
    .option(
      "--out <file>",
      "a new file with what was written, a JSON object for each source (default: none)",
      fileName,
    )
    .option("--device <name>", "cpu, webgpu or cuda", "cpu")
    .option("--threads <n>", "threads (0: the runtime chooses)", threadCount, 0)
    .option("--json", "print the result as JSON on standard output")
    .addHelpText(
      "after",
      `
Example:
  $ relpos evaluate runs/book --lengths 128,256,512
  $ relpos evaluate --model models/llama --text book.txt --lengths 512,1024,2048
  $ relpos evaluate --model models/llama --extend yarn,ntk-aware,pi --factor 4 --lengths 512,2048 --report longer.html
  $ relpos evaluate --model models/llama --weights int8,int4
  $ relpos evaluate runs/german --data test.de,test.en --beams 5`,
    )
    .action(action);
}
