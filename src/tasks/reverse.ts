/**
 * Reverse: write the question backwards.
 *
 *     length 5:   > c c o q q = (q) (q) (o) (c) (c) (.)
 *
 * Source:    Kazemnejad et al. 2023, https://arxiv.org/abs/2305.19466; also in Ruoss et al. 2023 with two
 *            symbols (`alphabet` 2)
 * Reference: McGill-NLP/length-generalization, scripts/dataset_builders/make_reverse_dataset.py;
 *            google-deepmind/randomized_positional_encodings, tasks/dcf/reverse_string.py
 * Differs:   an alphabet of 26 by default (`alphabet`), where the first reference has 100 word pieces. Samples
 *            are generated anew. The second reference has an encoder give all answers at once; here a decoder
 *            writes them one after the other.
 *
 * @module
 */
import { option } from "../options/option.ts";
import { whole } from "../options/value.ts";
import { defineTask } from "./define-task.ts";
import { lengthGeneralization } from "./papers.ts";
import { questionTask } from "./question-task.ts";
import { drawSymbols, names } from "./symbols.ts";

/** The task of reversing. */
export const reverse = defineTask({
  id: "reverse",
  summary: "Write the question backwards.",
  length: "symbols to reverse",
  paper: lengthGeneralization,
  options: {
    alphabet: option("Kinds of symbols.", whole({ least: 2, most: 100 }), { default: 26 }),
  },
  example: { seed: 3, length: 5, text: "> c c o q q = (q) (q) (o) (c) (c) (.)" },
  create({ alphabet }) {
    const symbols = names(alphabet);
    return questionTask({
      id: "reverse",
      symbols,
      longest: (length) => 2 * length,
      draw(random, length) {
        const question = drawSymbols(random, symbols, length);
        return { question, answer: question.toReversed() };
      },
    });
  },
});
