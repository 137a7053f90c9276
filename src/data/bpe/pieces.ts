/**
 * The two ways in which text is cut into pieces, across which nothing is merged: what trains a model, and what its
 * `tokenizer.json` says.
 *
 * @module
 */
import { byteCharacters, toByteCharacters } from "./byte-characters.ts";

/** The kinds of tokenizer that can be trained, the default first. */
export const trainableKinds = ["bpe", "bpe-metaspace"] as const;
/** A kind of tokenizer that can be trained. */
export type TrainableKind = (typeof trainableKinds)[number];

/** A way of cutting text. */
export interface Pieces {
  /** The pieces of a line, with its line break. */
  readonly of: (line: string) => readonly string[];
  /** A piece in the characters of tokens. */
  readonly inTokenCharacters: (piece: string) => string;
  /** Tokens that must exist, so that every text can be encoded: each a name of a byte. */
  readonly byteTokens: readonly string[];
  /** Characters that must be tokens, for the same reason. */
  readonly alphabet: readonly string[];
  /** What `tokenizer.json` says under these names. */
  readonly document: { readonly pre_tokenizer: object; readonly decoder: object };
  /** Whether characters without a token become the tokens of their bytes. */
  readonly byteFallback: boolean;
}

/** U+2581, which stands for a space. */
export const METASPACE = "▁";

/** GPT-2's pattern: contractions, words, numbers and signs, each with the space before it, and white space. */
const GPT2 =
  /'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\p{White_Space}\p{L}\p{N}]+|\p{White_Space}+(?!\P{White_Space})|\p{White_Space}+/gu;
/** The same as `tokenizer.json` has it, where \s is Unicode's white space. */
const GPT2_IN_DOCUMENT = String.raw`'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`;

const byteLevel: Pieces = {
  of: (line) => line.match(GPT2) ?? [],
  inTokenCharacters: toByteCharacters,
  byteTokens: [],
  alphabet: byteCharacters,
  document: {
    // "ByteLevel" has the same pattern, but @huggingface/tokenizers reads its \s as JavaScript's, which has other characters.
    pre_tokenizer: {
      type: "Sequence",
      pretokenizers: [
        {
          type: "Split",
          pattern: { Regex: GPT2_IN_DOCUMENT },
          behavior: "Isolated",
          invert: false,
        },
        { type: "ByteLevel", add_prefix_space: false, trim_offsets: true, use_regex: false },
      ],
    },
    decoder: { type: "ByteLevel", add_prefix_space: true, trim_offsets: true, use_regex: true },
  },
  byteFallback: false,
};

const metaspace: Pieces = {
  of(line) {
    const spaced = line.replaceAll(" ", METASPACE);
    const prefixed = spaced.startsWith(METASPACE) ? spaced : METASPACE + spaced;
    return prefixed.match(/▁[^▁]*/g) ?? [];
  },
  inTokenCharacters: (piece) => piece,
  byteTokens: Array.from({ length: 256 }, (_, byte) => byteToken(byte)),
  alphabet: [],
  document: {
    pre_tokenizer: {
      type: "Sequence",
      pretokenizers: [
        { type: "Metaspace", replacement: METASPACE, prepend_scheme: "always", split: true },
        // Metaspace has cut here already, except that @huggingface/tokenizers leaves out the cut.
        {
          type: "Split",
          pattern: { Regex: `${METASPACE}[^${METASPACE}]*` },
          behavior: "Isolated",
          invert: false,
        },
      ],
    },
    decoder: {
      type: "Sequence",
      decoders: [
        { type: "ByteFallback" },
        { type: "Metaspace", replacement: METASPACE, prepend_scheme: "always", split: true },
      ],
    },
  },
  byteFallback: true,
};

/** How each kind cuts text. */
export const piecesOf: Readonly<Record<TrainableKind, Pieces>> = {
  bpe: byteLevel,
  "bpe-metaspace": metaspace,
};

/** The name of a byte as a token: `<0x0A>`. */
export function byteToken(byte: number): string {
  return `<0x${byte.toString(16).toUpperCase().padStart(2, "0")}>`;
}
