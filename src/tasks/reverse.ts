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
 *            are drawn afresh. The second reference asks an encoder for all answers at once; here a decoder
 *            writes them one after the other.
 *
 * @module
 */
import { lengthGeneralization } from "./papers.ts";
import { questionTask } from "./question-task.ts";
import { drawSymbols, names } from "./symbols.ts";
import { optionsOf } from "./task.ts";
import type { TaskDefinition } from "./task.ts";

const options = {
  alphabet: { words: "kinds of symbols", default: 26, least: 2, most: 100 },
} as const;

/** The task of reversing. */
export const reverse: TaskDefinition = {
  id: "reverse",
  summary: "Write the question backwards.",
  length: "symbols to reverse",
  paper: lengthGeneralization,
  options,
  example: { seed: 3, length: 5, text: "> c c o q q = (q) (q) (o) (c) (c) (.)" },
  create(chosen) {
    const symbols = names(optionsOf("reverse", options, chosen).alphabet);
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
};
