/**
 * Pairs for the validation, taken out of those to train on.
 *
 * @module
 */
import { InputError } from "../../errors.ts";
import { random } from "../../random/random.ts";
import type { TextPair } from "./pair.ts";

const SHARE = 1 / 20;
const MOST_HELD = 1_000;

/**
 * Divides pairs into those to train on and those for the validation: every pair of one in twenty of the sources, at most 1,000
 * sources. So no source is in both, although files such as Tatoeba's have several targets of one source. The choice depends on
 * the number of sources alone.
 *
 * @throws {InputError} all pairs have the same source
 */
export function holdOut(
  pairs: readonly TextPair[],
): readonly [train: readonly TextPair[], validation: readonly TextPair[]] {
  const sources = [...new Set(pairs.map(({ source }) => source))];
  if (sources.length < 2)
    throw new InputError(
      `there are ${pairs.length} pairs with ${sources.length} sources, and none can be kept back for the validation. Name more pairs, or ` +
        `validation files.`,
    );
  const count = Math.min(MOST_HELD, Math.ceil(SHARE * sources.length));
  const order = random(0, "pairs", "validation").permutation(sources.length);
  const held = new Set([...order.subarray(0, count)].map((at) => sources[at]!));
  return [
    pairs.filter(({ source }) => !held.has(source)),
    pairs.filter(({ source }) => held.has(source)),
  ];
}
