/**
 * The ids that a `tokenizer.json` gives its tokens, checked before they become places in arrays: an id of 2³² + 1 would
 * become 1, one of 0.5 would become 0, and one of 2³¹ would take hours.
 *
 * @module
 */
import { InputError } from "../errors.ts";

/** As many positions as there may be; the largest published vocabularies have some 300,000 tokens. */
const mostIds = 2 ** 24;

/**
 * Checks the ids of the document's vocabulary and of its added tokens. Ids may be missing.
 *
 * @throws {InputError} an id is no whole number of 0 or more, is 2²⁴ or more, or two tokens of the vocabulary have it
 */
export function checkVocabularyIds(document: unknown, path: string): void {
  const { model, added_tokens: added } = parts(document);
  const { vocab } = parts(model);
  const tokens = new Map<unknown, string>();
  const check = (token: string, id: unknown): void => {
    if (!(Number.isSafeInteger(id) && (id as number) >= 0 && (id as number) < mostIds))
      throw new InputError(
        `${path}: the token ${JSON.stringify(token)} has ${id === undefined ? "no id" : `the id ${JSON.stringify(id)}`}. ` +
          `Ids are whole numbers from 0 to ${mostIds - 1}.`,
      );
  };
  // Unigram has a list, in which the place is the id.
  if (!Array.isArray(vocab))
    for (const [token, id] of Object.entries(parts(vocab))) {
      check(token, id);
      const other = tokens.get(id);
      if (other !== undefined)
        throw new InputError(
          `${path}: the tokens ${JSON.stringify(other)} and ${JSON.stringify(token)} have the same id, ${String(id)}. ` +
            `Give each an id of its own.`,
        );
      tokens.set(id, token);
    }
  if (Array.isArray(added))
    for (const [at, token] of added.entries()) {
      const { content, id } = parts(token);
      if (typeof content !== "string")
        throw new InputError(
          `${path}: entry ${at + 1} of "added_tokens" has no text under "content". Restore the file from a copy.`,
        );
      check(content, id);
    }
}

/** The members of an object; none of what is no object, which the reader of the document refuses. */
function parts(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}
