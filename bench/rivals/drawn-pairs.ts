/**
 * Pairs for the benchmarks of encoder-decoders: random tokens with lengths like those of Multi30k in byte-pair tokens.
 *
 * Lengths are rounded normal numbers of 15 ± 5 for a source, and of its length ± 2 for a target, from 4 to 48.
 */
import { pairSymbols } from "../../src/data/pairs/pair-tokens.ts";
import type { EncodedPair, PairSymbols } from "../../src/data/pairs/pair-tokens.ts";
import { seededRandom } from "./gpt-values.ts";
import type { Random } from "./gpt-values.ts";

/** Tokens of the tokenizer; a model has two symbols more. */
export function symbolsOf(tokens: number): PairSymbols {
  return pairSymbols({ vocab: tokens });
}

/** Pairs, the same for the same seed; both sides end with the end symbol, which their lengths count. */
export function drawnPairs(count: number, tokens: number, seed = 5): EncodedPair[] {
  const random = seededRandom(seed);
  const { end } = symbolsOf(tokens);
  const side = (length: number): Int32Array =>
    Int32Array.from({ length }, (_, at) =>
      at === length - 1 ? end : Math.floor(random() * tokens),
    );
  return Array.from({ length: count }, () => {
    const source = bounded(15 + 5 * normal(random));
    const target = bounded(source + 2 * normal(random));
    return { source: side(source), target: side(target) };
  });
}

function bounded(length: number): number {
  return Math.min(48, Math.max(4, Math.round(length)));
}

/** About a standard normal number: twelve uniform ones. */
function normal(random: Random): number {
  return Array.from({ length: 12 }, random).reduce((sum, one) => sum + one, -6);
}
