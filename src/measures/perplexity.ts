/**
 * Perplexity: 2 to the mean bits a token. It depends on the tokenizer.
 *
 * @module
 */
import type { Measure } from "./measure.ts";

/** 2 to the power of all bits over all tokens; an item is a stretch of text. It is shown, not ranked by. */
export const perplexity: Measure = {
  id: "perplexity",
  better: "lower",
  unit: "",
  range: [1, Infinity],
  contributes: {
    bits: { meaning: "bits of the stretch's judged tokens", values: "number" },
    tokens: { meaning: "judged tokens of the stretch", values: "count", ofItem: true },
  },
  value: ({ bits, tokens }) => 2 ** (bits! / tokens!),
  tolerance: { relative: 0.05 },
  printed: {
    name: "Perplexity",
    digits: 3,
    phrase: (value) => `perplexity ${value}`,
    superlative: "lowest",
    best: "lowest perplexity",
    leads: "has the lowest perplexity",
    broken: "perplexity has certainly grown by more than 5 %",
  },
};
