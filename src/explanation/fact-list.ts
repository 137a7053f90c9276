/**
 * The facts of an encoding as names and words, in the order in which they are read.
 *
 * @module
 */
import type { EncodingFacts } from "./facts.ts";
import { cacheInWords, learntInWords, limitInWords, parameterInWords } from "./words.ts";

/** One line of a list of facts. */
export interface Fact {
  readonly name: string;
  readonly words: string;
  /** Where the words lead. */
  readonly url?: string;
}

/** Every fact but summary and formula. */
export function factList(facts: EncodingFacts): readonly Fact[] {
  const { family, paper, actsOn, parameters, cache, shiftInvariant } = facts;
  const year = paper.year === undefined ? "" : ` (${paper.year})`;
  return [
    { name: "Family", words: family },
    {
      name: "Paper",
      words: `${paper.title}${year}`,
      ...(paper.url === undefined ? {} : { url: paper.url }),
    },
    { name: "Acts on", words: actsOn.join("; ") || "nothing" },
    { name: "Learns", words: learntInWords(facts) },
    ...parameters.map((spec) => ({ name: "", words: parameterInWords(spec) })),
    { name: "Longest text", words: limitInWords(facts) },
    { name: "Shift-invariant", words: shiftInvariant ? "yes" : "no" },
    { name: "Cached", words: cacheInWords(cache) },
  ];
}
