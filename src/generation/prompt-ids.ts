/**
 * Prompts as token ids.
 *
 * @module
 */
import type { Tokenizer } from "../data/tokenizer.ts";
import { InputError } from "../errors.ts";
import type { TokenRows } from "./token-rows.ts";

/** Texts, or the token ids of each. */
export type Prompts = readonly string[] | TokenRows;

/**
 * The token ids of each prompt.
 *
 * @param begin ids before each prompt that is text
 * @throws {InputError} there is no prompt, one is empty, one is text and there is no tokenizer, or it has a character that
 *   the tokenizer lacks
 */
export function promptIds(
  prompts: Prompts,
  tokenizer: Pick<Tokenizer, "encode"> | undefined,
  begin: readonly number[] = [],
): number[][] {
  if (!isList(prompts) || prompts.length === 0)
    throw new InputError(
      'generate: prompts must be a list of one text or more, such as ["Call me"].',
    );
  return Array.from<string | ArrayLike<number>, number[]>(prompts, (prompt, at) => {
    const which = prompts.length > 1 ? `prompt ${at + 1}` : "the prompt";
    if (typeof prompt === "string" && tokenizer === undefined)
      throw new InputError(
        `generate: ${which} is text, and this model has no tokenizer. Give the ids of its tokens.`,
      );
    if (typeof prompt !== "string" && !isList(prompt))
      throw new InputError(
        `generate: ${which} must be a text or a list of token ids, got ${JSON.stringify(prompt) ?? typeof prompt}.`,
      );
    const ids = typeof prompt === "string" ? encoded(prompt, which, tokenizer!) : prompt;
    if (ids.length === 0)
      throw new InputError(`generate: ${which} is empty. Give it one character at least.`);
    return typeof prompt === "string" ? [...begin, ...Array.from(ids)] : Array.from(ids);
  });
}

function encoded(text: string, which: string, tokenizer: Pick<Tokenizer, "encode">): Int32Array {
  try {
    return tokenizer.encode(text);
  } catch (cause) {
    if (!(cause instanceof InputError)) throw cause;
    throw new InputError(`generate: ${which}: ${cause.message}`, { cause });
  }
}

/** Whether a value, which a program without types may give, is a list. */
function isList(value: unknown): boolean {
  return Array.isArray(value) || ArrayBuffer.isView(value);
}
