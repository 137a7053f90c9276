/**
 * Sort: write the question's symbols in the order of the alphabet, repeated ones as often as they occur.
 *
 *     length 6:   > Q E c u E Q = (c) (u) (E) (E) (Q) (Q) (.)
 *
 * Source:    Kazemnejad et al. 2023, https://arxiv.org/abs/2305.19466; sorting of single tokens
 * Reference: McGill-NLP/length-generalization, scripts/dataset_builders/make_sort_dataset.py, single_digit
 * Differs:   samples are generated anew. The answer is alone, without "The sorted list is".
 *
 * @module
 */
import { option } from "../options/option.ts";
import { whole } from "../options/value.ts";
import { defineTask } from "./define-task.ts";
import { lengthGeneralization } from "./papers.ts";
import { questionTask } from "./question-task.ts";
import { drawSymbols, names } from "./symbols.ts";

/** The task of sorting. */
export const sort = defineTask({
  id: "sort",
  summary: "Write the question's symbols in the order of the alphabet.",
  length: "symbols to sort",
  paper: lengthGeneralization,
  options: {
    alphabet: option("Kinds of symbols.", whole({ least: 2, most: 100 }), { default: 50 }),
  },
  example: { seed: 3, length: 6, text: "> Q E c u E Q = (c) (u) (E) (E) (Q) (Q) (.)" },
  create({ alphabet }) {
    const symbols = names(alphabet);
    return questionTask({
      id: "sort",
      symbols,
      longest: (length) => 2 * length,
      draw: (random, length) => sorted(drawSymbols(random, symbols, length), symbols),
    });
  },
});

/** A question with its symbols in the order of `symbols`. */
export function sorted(
  question: readonly string[],
  symbols: readonly string[],
): { question: readonly string[]; answer: readonly string[] } {
  const place = (symbol: string): number => symbols.indexOf(symbol);
  return { question, answer: question.toSorted((a, b) => place(a) - place(b)) };
}
