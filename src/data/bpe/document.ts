/**
 * A trained byte-pair model as the text of a Hugging Face `tokenizer.json`.
 *
 * @module
 */
import type { Pieces } from "./pieces.ts";
import type { BpeModel } from "./train.ts";

/**
 * The document, with its keys in the order in which Hugging Face's library writes them.
 *
 * @param specialTokens tokens that stand for themselves wherever they are in a text; the model has them
 */
export function tokenizerDocument(
  { tokens, merges }: BpeModel,
  { document, byteFallback }: Pieces,
  specialTokens: readonly string[],
): string {
  const added = specialTokens.map((content) => ({
    id: tokens.indexOf(content),
    content,
    single_word: false,
    lstrip: false,
    rstrip: false,
    normalized: false,
    special: true,
  }));
  const head = {
    version: "1.0",
    truncation: null,
    padding: null,
    added_tokens: added,
    normalizer: null,
    pre_tokenizer: document.pre_tokenizer,
    post_processor: null,
    decoder: document.decoder,
  };
  const model = {
    type: "BPE",
    dropout: null,
    unk_token: null,
    continuing_subword_prefix: null,
    end_of_word_suffix: null,
    fuse_unk: false,
    byte_fallback: byteFallback,
    ignore_merges: false,
  };
  // By hand: an object would put tokens that are numbers, such as "7", before all others.
  const vocab = tokens.map((token, id) => `      ${JSON.stringify(token)}: ${id}`);
  const pairs = merges.map(
    ([left, right]) => `      ${JSON.stringify([tokens[left], tokens[right]])}`,
  );
  return (
    `${JSON.stringify(head, null, 2).slice(0, -2)},\n` +
    `  "model": ${JSON.stringify(model, null, 2).slice(0, -2).replaceAll("\n", "\n  ")},\n` +
    `    "vocab": {${block(vocab, "    ")}},\n    "merges": [${block(pairs, "    ")}]\n  }\n}\n`
  );
}

function block(lines: readonly string[], indent: string): string {
  return lines.length === 0 ? "" : `\n${lines.join(",\n")}\n${indent}`;
}
