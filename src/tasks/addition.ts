/**
 * Addition: the sum of two numbers, digit by digit, the highest digit first.
 *
 *     length 3:   > 3 6 2 + 2 8 9 = (6) (5) (1) (.)
 *
 * One of the two numbers has as many digits as the length says, the other as many or fewer. No number
 * begins with 0 but the number 0. With `reversed=1` all three have the lowest digit first, which small
 * models learn sooner: a carry is then known when it is needed.
 *
 * Source:    Kazemnejad et al. 2023, https://arxiv.org/abs/2305.19466
 * Reference: McGill-NLP/length-generalization, scripts/dataset_builders/make_addition_dataset.py
 * Differs:   samples are generated anew; the reference has equally many of each pair of digit counts, of which
 *            at least one is new in its test. The answer is alone, without "The answer is".
 *
 * @module
 */
import type { Random } from "../random/random.ts";
import { option } from "../options/option.ts";
import { whole } from "../options/value.ts";
import { defineTask } from "./define-task.ts";
import { lengthGeneralization } from "./papers.ts";
import { questionTask } from "./question-task.ts";
import { digits } from "./symbols.ts";

/** The task of adding. */
export const addition = defineTask({
  id: "addition",
  summary: "Add two numbers, written digit by digit.",
  length: "digits of the longer number",
  paper: lengthGeneralization,
  options: {
    reversed: option(
      "1 writes numbers with the lowest digit first.",
      whole({ least: 0, most: 1 }),
      { default: 0 },
    ),
  },
  example: { seed: 5, length: 3, text: "> 3 6 2 + 2 8 9 = (6) (5) (1) (.)" },
  create({ reversed }) {
    const write = (digits: readonly number[]): string[] =>
      (reversed ? digits.toReversed() : digits).map(String);
    return questionTask({
      id: "addition",
      symbols: [...digits(10), "+"],
      longest: (length) => 3 * length + 2,
      draw(random, length) {
        const whole = number(random, length);
        const other = number(random, 1 + random.integer(length));
        const [a, b] = random.integer(2) === 0 ? [whole, other] : [other, whole];
        return { question: [...write(a), "+", ...write(b)], answer: write(sum(a, b)) };
      },
    });
  },
});

/** A number of that many digits, the highest first; only a single digit may be 0. */
function number(random: Random, count: number): number[] {
  return Array.from({ length: count }, (_, place) =>
    place === 0 && count > 1 ? 1 + random.integer(9) : random.integer(10),
  );
}

/** Digits of `a + b`, as one adds by hand. */
function sum(a: readonly number[], b: readonly number[]): number[] {
  const result: number[] = [];
  let carry = 0;
  for (let place = 1; place <= Math.max(a.length, b.length); place++) {
    const column = (a.at(-place) ?? 0) + (b.at(-place) ?? 0) + carry;
    result.unshift(column % 10);
    carry = column >= 10 ? 1 : 0;
  }
  return carry === 1 ? [1, ...result] : result;
}
