/**
 * The tokenizer of an exported model as files: `tokenizer.json`, `tokenizer_config.json`, and what else a pretrained model
 * has beside them.
 *
 * @module
 */
import path from "node:path";
import { namesIn } from "../files/folder-files.ts";
import { readBytes } from "../files/files.ts";
import { tokenizerFileName } from "../runs/run-tokenizer.ts";
import { isEncoder, isPair, isPretrained } from "./export-source.ts";
import type { Exportable } from "./export-source.ts";
import { tokenizerDocumentOf, withTokens } from "./tokenizer-document.ts";

/** Files to write by name, and files to copy. */
export interface TokenizerFiles {
  readonly written: Readonly<Record<string, string>>;
  /** Names in the folder of the model. */
  readonly copied: readonly string[];
  /** The id of padding, where one was added behind the ids of the model. */
  readonly padding?: number;
}

const configName = "tokenizer_config.json";

/** What a folder of transformers may have of its tokenizer. */
const known = new Set([
  ...[tokenizerFileName, configName, "special_tokens_map.json", "added_tokens.json"],
  ...["vocab.json", "vocab.txt", "merges.txt", "tokenizer.model", "spiece.model"],
  ...["chat_template.jinja", "chat_template.json"],
]);

/**
 * The files of a model's tokenizer; none where it has no tokenizer.
 *
 * @param padded whether a tokenizer that has no token of padding gets one, with the id behind all others
 */
export async function tokenizerFilesOf(
  source: Exportable,
  padded: boolean,
): Promise<TokenizerFiles> {
  const { tokenizer, folder, model, symbols } = source;
  if (tokenizer === undefined) return { written: {}, copied: [] };
  if (isPretrained(source)) {
    const copied = [...(await namesIn(source.folder))].filter((name) => known.has(name)).sort();
    return {
      copied,
      // transformers.js asks for it.
      written: copied.includes(configName) ? {} : { [configName]: json(genericTokenizer) },
    };
  }
  const { config } = tokenizer;
  const pair = isPair(source);
  const document =
    config.id === "file"
      ? new TextDecoder().decode(
          await readBytes(
            folder === undefined ? config.path : path.join(folder, tokenizerFileName),
          ),
        )
      : tokenizerDocumentOf(config);
  // Behind all ids of the model, which has rows for those of a run of pairs.
  const id = model.config.vocab;
  const changed = withTokens(document, { symbols, ...(padded && { padding: id }), pair });
  return {
    copied: [],
    written: {
      [tokenizerFileName]: changed.text,
      [configName]: json({
        ...genericTokenizer,
        ...changed.names,
        ...(padded && { padding_side: pair || isEncoder(source) ? "right" : "left" }),
      }),
    },
    ...(padded && { padding: id }),
  };
}

/** No spaces are cleaned up when tokens are decoded, so that they give the text back. */
const genericTokenizer = {
  tokenizer_class: "PreTrainedTokenizerFast",
  clean_up_tokenization_spaces: false,
};

/** JSON as it is written to files. */
export function json(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
