/**
 * Accuracy by token: the share of scored tokens that are right, each given the right tokens before it.
 *
 * @module
 */
import type { RankingMeasure } from "./measure.ts";
import { sampleUncertainty } from "./uncertainty.ts";

/** Right tokens over scored tokens; an item is a sample, which contributes both counts. */
export const tokenAccuracy: RankingMeasure = {
  id: "tokenAccuracy",
  better: "higher",
  unit: "",
  range: [0, 1],
  contributes: {
    right: { meaning: "scored tokens of the sample that are right", values: "count" },
    scored: { meaning: "scored tokens of the sample", values: "count", ofItem: true },
  },
  value: ({ right, scored }) => right! / scored!,
  uncertainty: sampleUncertainty(0.65),
  tolerance: { absolute: 0.05 },
  printed: {
    name: "Accuracy by token",
    digits: 3,
    phrase: (value) => `accuracy by token ${value}`,
    superlative: "highest",
    best: "most tokens right",
    leads: "answers most tokens right",
    broken: "accuracy by token has certainly fallen by more than 0.050",
  },
};
