/**
 * From counted pieces of text to the text of a `tokenizer.json`.
 *
 * @module
 */
import { InputError } from "../../errors.ts";
import { tokenizerDocument } from "./document.ts";
import { piecesOf } from "./pieces.ts";
import type { TokenizerSettings } from "./settings.ts";
import { trainingOfBpe } from "./train.ts";

/** A trained tokenizer. */
export interface TrainedDocument {
  /** The text of its `tokenizer.json`. */
  readonly text: string;
  readonly vocab: number;
  readonly merges: number;
  /** Tokens of the whole training text. */
  readonly tokens: number;
}

/**
 * Trains on the pieces of a text and how often each occurs, see `WordCounts`. Yields the number of tokens after each merge.
 *
 * @throws {InputError} the vocabulary has no room for the single characters, or special tokens that are empty, equal, or
 *   names of bytes
 */
export function* trainingOfTokenizer(
  words: ReadonlyMap<string, number>,
  settings: TokenizerSettings,
): Generator<number, TrainedDocument> {
  const { kind, vocab, minFrequency, specialTokens } = settings;
  const pieces = piecesOf[kind];
  checkSpecialTokens(specialTokens);
  const model = yield* trainingOfBpe(words, {
    ...{ vocab, minFrequency },
    reserved: [...specialTokens, ...pieces.byteTokens],
    alphabet: pieces.alphabet,
  });
  return {
    text: tokenizerDocument(model, pieces, specialTokens),
    vocab: model.tokens.length,
    merges: model.merges.length,
    tokens: model.length,
  };
}

function checkSpecialTokens(specialTokens: readonly string[]): void {
  for (const [at, token] of specialTokens.entries()) {
    const fault = faultOf(token, specialTokens.slice(0, at));
    if (fault !== undefined)
      throw new InputError(
        `special token ${JSON.stringify(token)} ${fault}. Give names such as <pad>, each once.`,
      );
  }
}

function faultOf(token: string, earlier: readonly string[]): string | undefined {
  if (earlier.includes(token)) return "was given twice";
  if (/^<0x[0-9A-F]{2}>$/.test(token)) return "is the name of a byte";
  // A single character would be a token of the text as well.
  return [...token].length < 2 ? "has fewer than two characters" : undefined;
}
