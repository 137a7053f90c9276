/**
 * Missing duplicate: a string is written twice, with one symbol hidden; say which it was.
 *
 *     length 8:   > 0 0 ? 1 0 0 1 1 = (1)
 *
 * `?` hides one place of the doubled string, any with equal chance. An odd length ends with `-`.
 *
 * Source:    Ruoss et al. 2023, https://arxiv.org/abs/2305.16843
 * Reference: google-deepmind/randomized_positional_encodings, tasks/cs/missing_duplicate_string.py
 * Differs:   length 1, for which the reference has a constant, does not exist. The reference writes 2 for `?`
 *            and 3 for `-`.
 *
 * @module
 */
import { defineTask } from "./define-task.ts";
import { randomizedPositions } from "./papers.ts";
import { questionTask } from "./question-task.ts";
import { digits, drawSymbols } from "./symbols.ts";

const hidden = "?";
const filler = "-";

/** The task of finding the hidden symbol. */
export const missingDuplicate = defineTask({
  id: "missing-duplicate",
  summary: "Say which symbol of a doubled string is hidden.",
  length: "symbols of the doubled string",
  paper: randomizedPositions,
  example: { seed: 2, length: 8, text: "> 0 0 ? 1 0 0 1 1 = (1)" },
  create() {
    const symbols = digits(2);
    return questionTask({
      id: "missing-duplicate",
      symbols: [...symbols, hidden, filler],
      shortest: 2,
      ended: false,
      longest: (length) => length + 1,
      draw(random, length) {
        const half = drawSymbols(random, symbols, Math.floor(length / 2));
        const doubled = [...half, ...half];
        const place = random.integer(doubled.length);
        const question = doubled.with(place, hidden);
        return {
          question: length % 2 === 0 ? question : [...question, filler],
          answer: [doubled[place]!],
        };
      },
    });
  },
});
