/**
 * Sum: the last digit of the sum of single digits.
 *
 *     length 5:   > 6 8 3 8 6 = (1)
 *
 * Each remainder is the answer equally often at every length: with a modulus that does not divide 10, the digits are
 * those below its largest multiple up to 10 (0 to 8 for 3).
 *
 * Source:    Kazemnejad et al. 2023, https://arxiv.org/abs/2305.19466; summation modulo 10
 * Reference: McGill-NLP/length-generalization, configs/data/sum_mod.jsonnet
 * Differs:   other moduli than 10. Samples are generated anew. The answer is alone, without "The answer is".
 *
 * @module
 */
import { option } from "../options/option.ts";
import { whole } from "../options/value.ts";
import { defineTask } from "./define-task.ts";
import { lengthGeneralization } from "./papers.ts";
import { questionTask } from "./question-task.ts";
import { digits, drawSymbols } from "./symbols.ts";

/** The task of adding up digits. */
export const sum = defineTask({
  id: "sum",
  summary: "Add up single digits, modulo 10.",
  length: "digits",
  paper: lengthGeneralization,
  options: {
    modulus: option("The sum is taken modulo this.", whole({ least: 2, most: 10 }), {
      default: 10,
    }),
  },
  example: { seed: 6, length: 5, text: "> 6 8 3 8 6 = (1)" },
  create({ modulus }) {
    const symbols = digits(modulus * Math.floor(10 / modulus));
    return questionTask({
      id: "sum",
      symbols: digits(10),
      ended: false,
      longest: (length) => length + 1,
      draw(random, length) {
        const question = drawSymbols(random, symbols, length);
        const total = question.reduce((sum, digit) => sum + Number(digit), 0);
        return { question, answer: [String(total % modulus)] };
      },
    });
  },
});
