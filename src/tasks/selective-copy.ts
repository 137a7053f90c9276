/**
 * Selective copy: copy the symbols among blanks, and leave the blanks out.
 *
 *     length 4:   > - i - k - - c a = (i) (k) (c) (a) (.)
 *
 * As many blanks as symbols, in random places; half as many when `dense`, twice as many when `sparse`.
 *
 * Source:    Golovneva et al. 2024, https://arxiv.org/abs/2405.18719, with 128 symbols and 128 blanks, judged
 *            with 64 and 256 blanks besides; after Gu and Dao 2023, https://arxiv.org/abs/2312.00752
 * Reference: none published
 * Differs:   sizes are options. The end of the answer is scored too.
 *
 * @module
 */
import { option } from "../options/option.ts";
import { whole } from "../options/value.ts";
import { defineTask } from "./define-task.ts";
import { contextualPositions } from "./papers.ts";
import { questionTask } from "./question-task.ts";
import { drawSymbols, names } from "./symbols.ts";
import { trained } from "./task.ts";

const blank = "-";

/** Blanks among `length` symbols. */
function blanksOf(length: number, condition: string): number {
  if (condition === "dense") return Math.floor(length / 2);
  return condition === "sparse" ? 2 * length : length;
}

/** The task of copying what is not blank. */
export const selectiveCopy = defineTask({
  id: "selective-copy",
  summary: "Copy the symbols among blanks.",
  length: "symbols to copy",
  paper: contextualPositions,
  options: {
    alphabet: option("Kinds of symbols.", whole({ least: 2, most: 52 }), { default: 16 }),
  },
  example: { seed: 3, length: 4, text: "> - i - k - - c a = (i) (k) (c) (a) (.)" },
  create({ alphabet }) {
    const symbols = names(alphabet);
    return questionTask({
      id: "selective-copy",
      symbols: [...symbols, blank],
      training: "exactly",
      conditions: [
        trained,
        { id: "dense", summary: "Half as many blanks." },
        { id: "sparse", summary: "Twice as many blanks." },
      ],
      longest: (length, condition) => 2 * length + blanksOf(length, condition),
      draw(random, length, condition) {
        const answer = drawSymbols(random, symbols, length);
        const places = random.permutation(length + blanksOf(length, condition)).slice(0, length);
        const question = new Array<string>(length + blanksOf(length, condition)).fill(blank);
        places.sort().forEach((place, n) => (question[place] = answer[n]!));
        return { question, answer };
      },
    });
  },
});
