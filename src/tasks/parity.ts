/**
 * Parity: whether the number of ones is odd.
 *
 *     length 6:   > 1 0 1 1 1 1 = (1)
 *
 * Source:    Kazemnejad et al. 2023, https://arxiv.org/abs/2305.19466
 * Reference: McGill-NLP/length-generalization, scripts/dataset_builders/make_parity_dataset.py
 * Differs:   samples are generated anew. The answer is alone, without "The answer is".
 *
 * @module
 */
import { defineTask } from "./define-task.ts";
import { lengthGeneralization } from "./papers.ts";
import { questionTask } from "./question-task.ts";
import { digits, drawSymbols } from "./symbols.ts";

/** The task of telling odd from even. */
export const parity = defineTask({
  id: "parity",
  summary: "Say whether the number of ones is odd (1) or even (0).",
  length: "bits",
  paper: lengthGeneralization,
  example: { seed: 1, length: 6, text: "> 1 0 1 1 1 1 = (1)" },
  create() {
    const symbols = digits(2);
    return questionTask({
      id: "parity",
      symbols,
      ended: false,
      longest: (length) => length + 1,
      draw(random, length) {
        const question = drawSymbols(random, symbols, length);
        const ones = question.filter((symbol) => symbol === "1").length;
        return { question, answer: [String(ones % 2)] };
      },
    });
  },
});
