/**
 * Bucket sort: sort symbols of a small alphabet, so that counting is enough.
 *
 *     length 8:   > 0 3 4 3 2 1 2 2 = (0) (1) (2) (2) (2) (3) (3) (4) (.)
 *
 * Source:    Ruoss et al. 2023, https://arxiv.org/abs/2305.16843
 * Reference: google-deepmind/randomized_positional_encodings, tasks/cs/bucket_sort.py
 * Differs:   in the reference an encoder gives all answers at once; here a decoder writes them one after the
 *            other and says where they end.
 *
 * @module
 */
import { option } from "../options/option.ts";
import { whole } from "../options/value.ts";
import { defineTask } from "./define-task.ts";
import { randomizedPositions } from "./papers.ts";
import { questionTask } from "./question-task.ts";
import { sorted } from "./sort.ts";
import { digits, drawSymbols } from "./symbols.ts";

/** The task of sorting by counting. */
export const bucketSort = defineTask({
  id: "bucket-sort",
  summary: "Sort symbols of a small alphabet.",
  length: "symbols to sort",
  paper: randomizedPositions,
  options: {
    alphabet: option("Kinds of symbols.", whole({ least: 2, most: 10 }), { default: 5 }),
  },
  example: { seed: 5, length: 8, text: "> 0 3 4 3 2 1 2 2 = (0) (1) (2) (2) (2) (3) (3) (4) (.)" },
  create({ alphabet }) {
    const symbols = digits(alphabet);
    return questionTask({
      id: "bucket-sort",
      symbols,
      longest: (length) => 2 * length,
      draw: (random, length) => sorted(drawSymbols(random, symbols, length), symbols),
    });
  },
});
