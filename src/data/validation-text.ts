/**
 * What is trained on and what is validated on: a text and its end, or two texts.
 *
 * @module
 */
import { InputError } from "../errors.ts";
import type { Corpus } from "./corpus.ts";
import { encodeExactly, givesBack } from "./exact-encoding.ts";
import { splitText } from "./split.ts";
import type { Cut } from "./split.ts";
import type { Tokenizer } from "./tokenizer.ts";

/** The two texts. */
export interface TrainingTexts {
  readonly train: string;
  readonly validation: string;
  /** Where the validation text is from, for reports. */
  readonly description: string;
}

/**
 * The whole of `corpus` to train on where there is a validation text of its own; without one, its end is held back.
 *
 * @throws {InputError} both are the same text, or the text is too short to be split
 */
export function trainingTexts(
  corpus: Corpus,
  own: Corpus | undefined,
  { cut = "paragraph" }: { readonly cut?: Cut } = {},
): TrainingTexts {
  if (own === undefined) return splitText(corpus.text, { cut });
  if (own.sha256 === corpus.sha256)
    throw new InputError(
      `the validation text ${own.name} is the training text: a loss on it would say nothing of unseen text. ` +
        `Give another, or leave --validation out to hold back the end of the training text.`,
    );
  return {
    train: corpus.text,
    validation: own.text,
    description: `a text of its own, ${own.name}`,
  };
}

/**
 * The tokens of a text, see `encodeExactly`; a message names the text.
 *
 * @throws {InputError} a character is unknown, or the tokens do not give the text back
 */
export function encodeNamed(tokenizer: Tokenizer, text: string, name: string): Int32Array {
  try {
    return encodeExactly(tokenizer, text, "the text");
  } catch (cause) {
    if (!(cause instanceof InputError)) throw cause;
    throw new InputError(`${name}: ${cause.message}`, { cause });
  }
}

/** The tokens of a text, and how many of its bytes they are. */
export interface CountedTokens {
  readonly tokens: Int32Array;
  /** NaN where the tokenizer does not give the text back to the byte. */
  readonly byteLength: Tokenizer["byteLength"];
}

/**
 * The tokens of a text for a model that has its tokenizer already, which may change the text: lowercase it, or drop white
 * space.
 *
 * @throws {InputError} a character is unknown; the message names the text
 */
export function encodeCounted(tokenizer: Tokenizer, text: string, name: string): CountedTokens {
  let tokens: Int32Array;
  try {
    tokens = tokenizer.encode(text);
  } catch (cause) {
    if (!(cause instanceof InputError)) throw cause;
    throw new InputError(`${name}: ${cause.message}`, { cause });
  }
  const exact = givesBack(tokenizer, tokens, text);
  return { tokens, byteLength: (ids) => (exact ? tokenizer.byteLength(ids) : NaN) };
}
