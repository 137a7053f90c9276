/**
 * Exact match: the share of samples all of whose scored tokens are right.
 *
 * @module
 */
import type { RankingMeasure } from "./measure.ts";
import { sampleUncertainty } from "./uncertainty.ts";

const tolerance = { absolute: 0.05 } as const;

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
  tolerance,
  printed: {
    name: "Exact match",
    digits: 3,
    phrase: (value) => `exact match ${value}`,
    superlative: "highest",
    best: "most samples right",
    leads: "answers most samples right",
    broken: `exact match has certainly fallen by more than ${tolerance.absolute.toFixed(3)}`,
    nothing: {
      alone: (encoding) => `${encoding} answers no sample right.`,
      all: "No encoding answers a single sample right.",
    },
  },
};
