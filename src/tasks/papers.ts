/**
 * The papers whose tasks these are.
 *
 * @module
 */
import type { TaskDefinition } from "./task.ts";

type Paper = TaskDefinition["paper"];

/** Kazemnejad et al.: ten tasks, trained up to length 20 (8 where numbers are long), judged up to twice that. */
export const lengthGeneralization: Paper = {
  title: "The Impact of Positional Encoding on Length Generalization in Transformers",
  year: 2023,
  url: "https://arxiv.org/abs/2305.19466",
};

/** Ruoss et al.: fifteen tasks, trained up to length 40, judged up to 500. */
export const randomizedPositions: Paper = {
  title: "Randomized Positional Encodings Boost Length Generalization of Transformers",
  year: 2023,
  url: "https://arxiv.org/abs/2305.16843",
};

/** Golovneva et al.: flip-flop, selective copy and counting. */
export const contextualPositions: Paper = {
  title: "Contextual Position Encoding: Learning to Count What's Important",
  year: 2024,
  url: "https://arxiv.org/abs/2405.18719",
};

/** Liu et al.: the flip-flop language. */
export const flipFlops: Paper = {
  title: "Exposing Attention Glitches with Flip-Flop Language Modeling",
  year: 2023,
  url: "https://arxiv.org/abs/2306.00946",
};
