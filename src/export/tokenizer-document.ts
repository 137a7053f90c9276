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

/** Tokens that a document gets behind its own. */
export interface AddedTokens {
  /** What a target begins and ends with; absent: nothing. */
  readonly symbols?: { readonly begin: number; readonly end: number } | undefined;
  /** The id of padding; absent: none is added. */
  readonly padding?: number;
  /** Whether a text is a source of an encoder-decoder, which ends with `end`; else it is continued behind `begin`. */
  readonly pair: boolean;
}

/** A document, and its tokens by the keys of `tokenizer_config.json`. */
export interface ChangedDocument {
  readonly text: string;
  readonly names: Readonly<Record<string, string>>;
}

/** A document with tokens behind all others. */
export function withTokens(
  document: string,
  { symbols, padding, pair }: AddedTokens,
): ChangedDocument {
  const values = JSON.parse(document) as DocumentTokens;
  const known = new Set([
    ...(values.added_tokens ?? []).map(({ content }) => content),
    ...vocabularyOf(values),
  ]);
  const tokens: { readonly key: string; readonly id: number; readonly content: string }[] = [];
  const addToken = (key: string, word: string, id: number | undefined): void => {
    if (id === undefined) return;
    let content = `<|${word}|>`;
    while (known.has(content)) content = `<|${content.slice(2, -2)}_|>`;
    tokens.push({ key, id, content });
  };
  addToken("bos_token", "begin", symbols?.begin);
  addToken("eos_token", "end", symbols?.end);
  addToken("pad_token", "padding", padding);
  if (tokens.length === 0) return { text: document, names: {} };
  const behind = tokens.find(({ key }) => key === (pair ? "eos_token" : "bos_token"));
  const added_tokens = [
    ...(values.added_tokens ?? []),
    ...tokens.map(({ id, content }) => ({
      ...{ id, content, single_word: false, lstrip: false, rstrip: false },
      ...{ normalized: false, special: true },
    })),
  ];
  const changed = {
    ...{ ...values, added_tokens },
    ...(behind && { post_processor: endingWith(behind) }),
  };
  const names = Object.fromEntries(tokens.map(({ key, content }) => [key, content]));
  // A model has no row for padding, which a mask hides and which ends a target that has ended.
  if (pair && padding === undefined) names["pad_token"] = names["eos_token"]!;
  return { text: `${JSON.stringify(changed)}\n`, names };
}

/** What is read of a document. */
interface DocumentTokens {
  readonly added_tokens?: readonly { readonly content?: string }[] | null;
  readonly model?: { readonly vocab?: unknown };
}

/** The tokens of its model: the keys of an object, or a list with scores. */
function vocabularyOf({ model }: DocumentTokens): readonly string[] {
  const { vocab } = model ?? {};
  if (Array.isArray(vocab)) return vocab.map((entry) => String((entry as unknown[])[0]));
  return Object.keys(vocab ?? {});
}

/** Puts a token behind each text, in place of what the document puts around one, which training did not. */
function endingWith({ id, content }: { readonly id: number; readonly content: string }): Part {
  const text = (name: "A" | "B"): object => ({ Sequence: { id: name, type_id: 0 } });
  const end = { SpecialToken: { id: content, type_id: 0 } };
  return {
    type: "TemplateProcessing",
    single: [text("A"), end],
    pair: [text("A"), text("B"), end],
    special_tokens: { [content]: { id: content, ids: [id], tokens: [content] } },
  };
}
