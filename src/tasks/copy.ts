/**
 * Copy: write the question again.
 *
 *     length 5:   > c c o q q = (c) (c) (o) (q) (q) (.)
 *
 * Source:    Kazemnejad et al. 2023, https://arxiv.org/abs/2305.19466; copies of several symbols
 * Reference: McGill-NLP/length-generalization, scripts/dataset_builders/make_copy_dataset.py
 * Differs:   symbols come from an alphabet of 26 by default (`alphabet`), the reference's from 100 word
 *            pieces. Samples are generated anew instead of from a stored set.
 *
 * @module
 */
import { option } from "../options/option.ts";
import { whole } from "../options/value.ts";
import { defineTask } from "./define-task.ts";
import { lengthGeneralization } from "./papers.ts";
import { questionTask } from "./question-task.ts";
import { drawSymbols, names } from "./symbols.ts";

/** The task of copying. */
export const copy = defineTask({
  id: "copy",
  summary: "Write the question again.",
  length: "symbols to copy",
  paper: lengthGeneralization,
  options: {
    alphabet: option("Kinds of symbols.", whole({ least: 2, most: 100 }), { default: 26 }),
  },
  example: { seed: 3, length: 5, text: "> c c o q q = (c) (c) (o) (q) (q) (.)" },
  create({ alphabet }) {
    const symbols = names(alphabet);
    return questionTask({
      id: "copy",
      symbols,
      longest: (length) => 2 * length,
      draw(random, length) {
        const question = drawSymbols(random, symbols, length);
        return { question, answer: question };
      },
    });
  },
});
