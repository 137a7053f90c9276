/**
 * Small tokenizers for tests, trained on a text that is given.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { piecesOf } from "../../src/data/bpe/pieces.ts";
import { defaultTokenizerSettings } from "../../src/data/bpe/settings.ts";
import type { TokenizerSettings } from "../../src/data/bpe/settings.ts";
import { trainingOfTokenizer } from "../../src/data/bpe/train-tokenizer.ts";
import { WordCounts } from "../../src/data/bpe/word-counts.ts";
import { fileTokenizer } from "../../src/data/file-tokenizer.ts";
import type { Tokenizer } from "../../src/data/tokenizer.ts";

/** The text of the `tokenizer.json` that is trained on a text. */
export function trainedDocument(text: string, settings: Partial<TokenizerSettings> = {}): string {
  const all = { ...defaultTokenizerSettings, ...settings };
  const counts = new WordCounts(piecesOf[all.kind]);
  for (const [line] of text.matchAll(/[^\n]*\n|[^\n]+$/g)) counts.add(line);
  const training = trainingOfTokenizer(counts.words(), all);
  for (;;) {
    const { done, value } = training.next();
    if (done) return value.text;
  }
}

/** The tokenizer of a document, as if it were in the file `tokenizer.json`. */
export function tokenizerOf(document: string): Tokenizer {
  const sha256 = createHash("sha256").update(document).digest("hex");
  return fileTokenizer(document, { id: "file", path: "tokenizer.json", sha256 });
}

/** A tokenizer.json of WordPiece, which lowercases: it does not give a text back. */
export const wordPiece = JSON.stringify({
  version: "1.0",
  truncation: null,
  padding: null,
  added_tokens: [],
  normalizer: { type: "Lowercase" },
  pre_tokenizer: { type: "BertPreTokenizer" },
  post_processor: null,
  decoder: { type: "WordPiece", prefix: "##", cleanup: false },
  model: {
    ...{ type: "WordPiece", unk_token: "[UNK]", continuing_subword_prefix: "##" },
    max_input_chars_per_word: 100,
    vocab: { "[UNK]": 0, the: 1, cat: 2, "##s": 3, sat: 4, "😀": 5 },
  },
});
