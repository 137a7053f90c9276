/**
 * Duplicate: write the question twice.
 *
 *     length 4:   > 0 0 1 1 = (0) (0) (1) (1) (0) (0) (1) (1) (.)
 *
 * Source:    Ruoss et al. 2023, https://arxiv.org/abs/2305.16843
 * Reference: google-deepmind/randomized_positional_encodings, tasks/cs/duplicate_string.py
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
import { digits, drawSymbols } from "./symbols.ts";

/** The task of writing twice. */
export const duplicate = defineTask({
  id: "duplicate",
  summary: "Write the question twice.",
  length: "symbols of the question",
  paper: randomizedPositions,
  options: {
    alphabet: option("Kinds of symbols.", whole({ least: 2, most: 10 }), { default: 2 }),
    times: option("How often the question is written.", whole({ least: 1, most: 8 }), {
      default: 2,
    }),
  },
  example: { seed: 2, length: 4, text: "> 0 0 1 1 = (0) (0) (1) (1) (0) (0) (1) (1) (.)" },
  create({ alphabet, times }) {
    const symbols = digits(alphabet);
    return questionTask({
      id: "duplicate",
      symbols,
      longest: (length) => (1 + times) * length,
      draw(random, length) {
        const question = drawSymbols(random, symbols, length);
        const answer = Array.from({ length: times }, () => question).flat();
        return { question, answer };
      },
    });
  },
});
