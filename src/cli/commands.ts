/**
 * The list of commands. A command's options and its code are loaded when it is called, so that `--help` answers at
 * once.
 *
 * @module
 */
import type { Command } from "commander";

/** A command as the list shows it. */
export interface CommandEntry {
  readonly name: string;
  /** What follows the name in the list. */
  readonly usage: string;
  readonly description: string;
  /** The command with its options; its action loads the code that runs it. */
  readonly load: () => Promise<Command>;
}

/** All commands, in the order of the list. */
export const commands: readonly CommandEntry[] = [
  {
    name: "compare",
    usage: "[options]",
    description:
      "train the same Transformer once per encoding and seed, and evaluate each at lengths it never saw",
    async load() {
      const { compareCommand } = await import("./compare-options.ts");
      return compareCommand(async (options) => (await import("./compare.ts")).compare(options));
    },
  },
  {
    name: "train",
    usage: "[options]",
    description: "train one model; a run that was stopped or killed goes on with the same command",
    async load() {
      const { trainCommand } = await import("./train-options.ts");
      return trainCommand(async (options) => (await import("./train.ts")).train(options));
    },
  },
  {
    name: "evaluate",
    usage: "[options] [run]",
    description:
      "measure how well a run or a pretrained model predicts text at any length, or translates, summarises, answers",
    async load() {
      const { evaluateCommand } = await import("./evaluate-options.ts");
      return evaluateCommand(async (...call) => (await import("./evaluate.ts")).evaluate(...call));
    },
  },
  {
    name: "retrieve",
    usage: "[options]",
    description:
      "ask a model for what is hidden in long texts: pass keys, needles, variables, common words",
    async load() {
      const { retrieveCommand } = await import("./retrieve-options.ts");
      return retrieveCommand(async (options) => (await import("./retrieve.ts")).retrieve(options));
    },
  },
  {
    name: "generate",
    usage: "[options]",
    description: "continue texts with a trained run: greedily, by drawing, or by beam search",
    async load() {
      const { generateCommand } = await import("./generate-options.ts");
      return generateCommand(async (options) =>
        (await import("./generate.ts")).generateText(options),
      );
    },
  },
  {
    name: "translate",
    usage: "[options] [texts...]",
    description: "translate texts, a file or standard input with a run that was trained to",
    async load() {
      const { targetsCommand } = await import("./targets-options.ts");
      return targetsCommand("translate", async (...call) =>
        (await import("./targets.ts")).writeTargets(...call),
      );
    },
  },
  {
    name: "summarise",
    usage: "[options] [texts...]",
    description: "summarise texts, a file or standard input with a run that was trained to",
    async load() {
      const { targetsCommand } = await import("./targets-options.ts");
      return targetsCommand("summarise", async (...call) =>
        (await import("./targets.ts")).writeTargets(...call),
      );
    },
  },
  {
    name: "answer",
    usage: "[options]",
    description: "answer questions about texts with a run that was trained to",
    async load() {
      const { targetsCommand } = await import("./targets-options.ts");
      return targetsCommand("answer", async (...call) =>
        (await import("./targets.ts")).writeTargets(...call),
      );
    },
  },
  {
    name: "attention",
    usage: "[options]",
    description: "show what a trained encoder-decoder attends to in one pair of texts",
    async load() {
      const { attentionCommand } = await import("./attention-options.ts");
      return attentionCommand(async (options) =>
        (await import("./attention.ts")).showAttention(options),
      );
    },
  },
  {
    name: "extend",
    usage: "[options]",
    description: "fit a trained model to longer texts, and show what that changed",
    async load() {
      const { extendCommand } = await import("./extend-options.ts");
      return extendCommand(async (options) => (await import("./extend.ts")).extendModel(options));
    },
  },
  {
    name: "export",
    usage: "[options]",
    description: "write a trained model for other programs, such as transformers.js",
    async load() {
      const { exportCommand } = await import("./export-options.ts");
      return exportCommand(async (options) => (await import("./export.ts")).exportTrained(options));
    },
  },
  {
    name: "encodings",
    usage: "[options]",
    description: "list the position encodings: what each acts on, learns and can do",
    async load() {
      const { encodingsCommand } = await import("./encodings-options.ts");
      return encodingsCommand(async (options) =>
        (await import("./encodings.ts")).listEncodings(options),
      );
    },
  },
  {
    name: "explain",
    usage: "[options] <encoding>",
    description: "describe one encoding: formula, paper, properties, options, and its picture",
    async load() {
      const { explainCommand } = await import("./explain-options.ts");
      return explainCommand(async (...call) =>
        (await import("./explain.ts")).explainEncoding(...call),
      );
    },
  },
  {
    name: "tasks",
    usage: "[options]",
    description: "list the tasks that compare --task can train on, each with a worked example",
    async load() {
      const { tasksCommand } = await import("./tasks-options.ts");
      return tasksCommand(async (options) => (await import("./tasks.ts")).listTasks(options));
    },
  },
  {
    name: "tokenizer",
    usage: "[options] [command]",
    description: "train a tokenizer on text, as a tokenizer.json for train and compare",
    async load() {
      const { tokenizerCommand } = await import("./tokenizer-options.ts");
      return tokenizerCommand(async (options) =>
        (await import("./tokenizer.ts")).trainTokenizerCommand(options),
      );
    },
  },
  {
    name: "check",
    usage: "[options] <encoding>",
    description: "check an encoding against the contract: a file of your own, or one of the list",
    async load() {
      const { checkCommand } = await import("./check-options.ts");
      return checkCommand(async (...call) => (await import("./check.ts")).check(...call));
    },
  },
  {
    name: "clean",
    usage: "[options] [folder]",
    description: "list old runs below a folder, and remove them with --yes",
    async load() {
      const { cleanCommand } = await import("./clean-options.ts");
      return cleanCommand(async (...call) => (await import("./clean.ts")).clean(...call));
    },
  },
];
