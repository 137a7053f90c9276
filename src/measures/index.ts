/**
 * All measures.
 *
 * @module
 */
import { unknownName } from "../errors.ts";
import { bitsPerByte } from "./bits-per-byte.ts";
import { exactMatch } from "./exact-match.ts";
import type { Measure } from "./measure.ts";
import { perplexity } from "./perplexity.ts";
import { tokenAccuracy } from "./token-accuracy.ts";

/** The measures that there are. */
export const measures: readonly Measure[] = [bitsPerByte, perplexity, exactMatch, tokenAccuracy];

/**
 * The measure of an id.
 *
 * @throws {InputError} there is none; the message suggests the nearest id
 */
export function measureById(id: string): Measure {
  const found = measures.find((measure) => measure.id === id);
  if (found === undefined)
    throw unknownName(
      "measure",
      id,
      measures.map((measure) => measure.id),
    );
  return found;
}
