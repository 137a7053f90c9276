/**
 * Token ids against a model's vocabulary, before a run: a device takes −1 as the last token and may read beyond others.
 *
 * @module
 */
import { firstOutside } from "../tensor/indices.ts";

/**
 * Checks token ids.
 *
 * @param where the place of the id at an index, as the beginning of a sentence: `evaluation: token 3 of window 0`
 * @param remedy how to mend it; default: to encode the text with the model's own tokenizer
 * @throws {RangeError} an id is no whole number from 0 to `vocab` − 1; the message has the id, its place and `vocab`
 */
export function checkTokenIds(
  ids: ArrayLike<number>,
  vocab: number,
  where: (at: number) => string,
  remedy = "Encode the text with the model's own tokenizer.",
): void {
  const at = firstOutside(ids, vocab);
  if (at >= 0)
    throw new RangeError(
      `${where(at)} is ${ids[at]}; ids are whole numbers from 0 to ${vocab - 1}. ${remedy} ` +
        `The model's vocabulary has ${vocab}.`,
    );
}
