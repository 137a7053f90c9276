/**
 * The text on which an extension is shown: the user's, or the beginning of a corpus by name.
 *
 * @module
 */
import { loadCorpus } from "../data/corpus-files.ts";
import type { Tokenizer } from "../data/tokenizer.ts";
import { InputError } from "../errors.ts";
import { proofLength, proofPositions } from "./text-logits.ts";
import type { ProofText } from "./text-logits.ts";

/** What is read of a text. */
export interface ProofTextRequest {
  readonly tokenizer: Tokenizer;
  /** Before the text. */
  readonly beginTokens: readonly number[];
  /** Of training, in tokens. */
  readonly length: number;
  /** Of the longer texts. */
  readonly longer: number;
  /** Files of the text. Default: the corpus of relpos. */
  readonly text?: readonly string[];
}

/** More characters than most tokenizers read into a token: a text is not encoded to its end. */
const charactersPerToken = 16;

/**
 * The tokens of the text.
 *
 * @throws {InputError} the text has too few tokens to show a position beyond the length of training, or cannot be read
 */
export async function proofText(request: ProofTextRequest): Promise<ProofText> {
  const { tokenizer, beginTokens, length, longer, text } = request;
  const { name, text: whole } = await loadCorpus(text === undefined ? {} : { text });
  const wanted = proofLength(length, longer);
  const beginning = whole.slice(0, (wanted + 1) * charactersPerToken);
  const all = [...beginTokens, ...encoded(tokenizer, beginning, name)].slice(0, wanted + 1);
  const read = all.length - 1;
  if (read <= length)
    throw new InputError(
      `extend: ${name} has ${all.length} tokens, and the model was trained on texts of ${length}: no position of it is far. ` +
        `Give a text of ${length + 2} tokens or more.`,
    );
  return { name, tokens: Int32Array.from(all), positions: proofPositions(length, read) };
}

function encoded(tokenizer: Tokenizer, text: string, name: string): Int32Array {
  try {
    return tokenizer.encode(text);
  } catch (cause) {
    if (!(cause instanceof InputError)) throw cause;
    throw new InputError(`${name}: ${cause.message}`, { cause });
  }
}
