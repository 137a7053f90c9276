/**
 * Exact match: the share of samples all of whose scored tokens are right.
 *
 * @module
 */
import type { RankingMeasure } from "./measure.ts";
import { sampleUncertainty } from "./uncertainty.ts";

/** A fall of the share that counts as none. */
export const exactMatchTolerance = { absolute: 0.05 } as const;

/** Right samples over all samples; an item is a sample. */
export const exactMatch: RankingMeasure = {
  id: "exactMatch",
  better: "higher",
  unit: "",
  range: [0, 1],
  contributes: {
    correct: { meaning: "1 where every scored token is right, 0 elsewhere", values: "zero or one" },
  },
  value: ({ correct }, count) => correct! / count,
  uncertainty: sampleUncertainty(1),
  tolerance: exactMatchTolerance,
  printed: exactMatchWords("sample"),
};

/** The words of a share of items that are answered right; an item is a "sample", say. */
export function exactMatchWords(item: string): RankingMeasure["printed"] {
  return {
    name: "Exact match",
    digits: 3,
    phrase: (value) => `exact match ${value}`,
    superlative: "highest",
    best: `most ${item}s right`,
    leads: `answers most ${item}s right`,
    broken: `exact match has certainly fallen by more than ${exactMatchTolerance.absolute.toFixed(3)}`,
    nothing: {
      alone: (encoding) => `${encoding} answers no ${item} right.`,
      all: `No encoding answers a single ${item} right.`,
    },
  };
}
