/**
 * The tokenizers that have no `tokenizer.json` of their own, as the text of one: a token for each byte, each character or
 * each word. Every text that they encode gets the same ids from it.
 *
 * Model:  byte-pair encoding without merges, which leaves the pieces of the pre-tokenizer as they are.
 * Differs: a character or word outside the vocabulary is an error here, and left out by other programs.
 *
 * @module
 */
import { byteCharacters } from "../data/bpe/byte-characters.ts";
import type { TokenizerConfig } from "../data/tokenizer.ts";

/** The token of padding where a tokenizer has none. */
export const paddingToken = "<|padding|>";

/** A part of a document: its type, and its options. */
type Part = Readonly<Record<string, unknown>> & { readonly type: string };

/** What differs between kinds. */
interface Kind {
  /** In the order of their ids. */
  readonly tokens: readonly string[];
  readonly normalizer: Part | null;
  readonly pieces: Part;
  readonly decoder: Part;
}

/** The document of a tokenizer that is no file. */
export function tokenizerDocumentOf(config: Exclude<TokenizerConfig, { id: "file" }>): string {
  const { tokens, normalizer, pieces, decoder } = kindOf(config);
  const head = {
    ...{ version: "1.0", truncation: null, padding: null, added_tokens: [] },
    ...{ normalizer, pre_tokenizer: pieces, post_processor: null, decoder },
  };
  const model = {
    ...{ type: "BPE", dropout: null, unk_token: null, continuing_subword_prefix: null },
    ...{ end_of_word_suffix: null, fuse_unk: false, byte_fallback: false, ignore_merges: true },
  };
  const vocab = Object.fromEntries(tokens.map((token, id) => [token, id]));
  return `${JSON.stringify({ ...head, model: { ...model, vocab, merges: [] } })}\n`;
}

function kindOf(config: Exclude<TokenizerConfig, { id: "file" }>): Kind {
  const joined: Part = { type: "Fuse" };
  switch (config.id) {
    case "byte": {
      const byteLevel = { type: "ByteLevel", add_prefix_space: false, trim_offsets: false };
      return {
        ...{ tokens: byteCharacters, normalizer: null },
        pieces: { ...byteLevel, use_regex: true },
        decoder: { ...byteLevel, use_regex: true },
      };
    }
    case "char":
      return {
        ...{ tokens: [...config.characters], normalizer: null },
        ...{ pieces: matches("[\\s\\S]"), decoder: joined },
      };
    case "word":
      return {
        tokens: config.words,
        // A text is read as if a space were before it.
        normalizer: { type: "Prepend", prepend: " " },
        pieces: matches(" ?\\S+|\\s"),
        decoder: {
          type: "Sequence",
          decoders: [joined, { type: "Strip", content: " ", start: 1, stop: 0 }],
        },
      };
  }
}

/** Each match of a pattern is a piece. */
function matches(pattern: string): Part {
  return { type: "Split", pattern: { Regex: pattern }, behavior: "Isolated", invert: false };
}

/**
 * A document with a token of padding behind all others.
 *
 * @param id the number of ids that the document has
 */
export function withPadding(document: string, id: number): string {
  const values = JSON.parse(document) as { readonly added_tokens?: readonly object[] | null };
  const token = {
    ...{ id, content: paddingToken, single_word: false, lstrip: false, rstrip: false },
    ...{ normalized: false, special: true },
  };
  return `${JSON.stringify({ ...values, added_tokens: [...(values.added_tokens ?? []), token] })}\n`;
}
