/**
 * Polynomial evaluation: the value of a polynomial in one variable, modulo 10.
 *
 *     length 3:   > x -2 -2 x^2 0 x^3 3 x^3 = (8)
 *
 * The variable's value is from −2 to 2, each term's coefficient from −3 to 3 and its power from 0 to 3. The
 * answer is the last digit that a clock of ten hours shows: −3 gives 7.
 *
 * Each of the ten answers is equally frequent, at every length and for every value of the variable: one is sampled
 * first, and then terms until they give it. One term cannot give 5, so the least is two.
 *
 * Source:    Kazemnejad et al. 2023, https://arxiv.org/abs/2305.19466
 * Reference: McGill-NLP/length-generalization, scripts/dataset_builders/make_poly_dataset.py, modular
 * Differs:   a number, and a power of x, is one token. Samples are generated anew, from two terms on; the
 *            reference begins with four. In the reference every term is sampled alone, so that the answer is 0 the
 *            more often the shorter the polynomial is, and the less of x it has.
 *
 * @module
 */
import { defineTask } from "./define-task.ts";
import { lengthGeneralization } from "./papers.ts";
import { questionTask } from "./question-task.ts";
import { digits } from "./symbols.ts";

const powers = ["x^0", "x^1", "x^2", "x^3"] as const;

/** The task of evaluating a polynomial. */
export const polynomial = defineTask({
  id: "polynomial",
  summary: "Evaluate a polynomial in one variable, modulo 10.",
  length: "terms",
  paper: lengthGeneralization,
  example: { seed: 5, length: 3, text: "> x -2 -2 x^2 0 x^3 3 x^3 = (8)" },
  create() {
    return questionTask({
      id: "polynomial",
      symbols: ["x", ...powers, "-3", "-2", "-1", ...digits(10)],
      shortest: 2,
      ended: false,
      longest: (length) => 2 + 2 * length + 1,
      draw(random, length) {
        const x = random.integer(5) - 2;
        const answer = random.integer(10);
        for (;;) {
          const question = ["x", String(x)];
          let value = 0;
          for (let term = 0; term < length; term++) {
            const coefficient = random.integer(7) - 3;
            const power = random.integer(4);
            question.push(String(coefficient), powers[power]!);
            value += coefficient * x ** power;
          }
          if (((value % 10) + 10) % 10 === answer) return { question, answer: [String(answer)] };
        }
      },
    });
  },
});
