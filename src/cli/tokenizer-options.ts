/**
 * `relpos tokenizer`: its subcommand and the options. The command itself is in `tokenizer.ts`, which is loaded when it is
 * called.
 *
 * @module
 */
import { Command, Option } from "commander";
import { trainableKinds } from "../data/bpe/pieces.ts";
import { defaultTokenizerSettings as defaults } from "../data/bpe/settings.ts";
import type { TokenizerSettings } from "../data/bpe/settings.ts";
import { fileName, wholeNumber, words } from "./option-values.ts";

/** The options of a call, with defaults. */
export interface TokenizerTrainOptions extends Omit<TokenizerSettings, "specialTokens"> {
  readonly text?: readonly string[];
  readonly corpus?: string;
  readonly specialTokens?: readonly string[];
  readonly out: string;
  readonly json?: boolean;
}

/** The command with its subcommand; `train` runs that. Its description is in `commands.ts`. */
export function tokenizerCommand(
  train: (options: TokenizerTrainOptions) => Promise<void>,
): Command {
  return new Command("tokenizer").addCommand(
    new Command("train")
      .description("train a byte-pair tokenizer and write it as a Hugging Face tokenizer.json")
      .option("--text <files...>", "text files in UTF-8, which may be larger than memory")
      .addOption(
        new Option("--corpus <name>", "a corpus by name; this or --text must be given").conflicts(
          "text",
        ),
      )
      .addOption(
        new Option(
          "--kind <name>",
          "bpe is byte-level; bpe-metaspace has ▁ for spaces, and bytes for characters not met",
        )
          .choices(trainableKinds)
          .default(defaults.kind),
      )
      .option("--vocab <n>", "tokens in all", wholeNumber, defaults.vocab)
      .option(
        "--min-frequency <n>",
        "merge no pair that occurs less often",
        wholeNumber,
        defaults.minFrequency,
      )
      .option(
        "--special-tokens <list>",
        "tokens such as <pad>,<s> with the first ids (default: none)",
        words,
      )
      .option("--out <file>", "the file to write; it must not exist", fileName, "tokenizer.json")
      .option("--json", "print the result as JSON on standard output")
      .addHelpText(
        "after",
        `
Example:
  $ relpos tokenizer train --text book.txt --vocab 8000 --out tokenizer.json
  $ relpos train --text book.txt --tokenizer tokenizer.json --out runs/book

Each line is a text of its own: nothing is merged across its end.`,
      )
      .action(train),
  );
}
