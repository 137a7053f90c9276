/**
 * Counting: a short program sets variables to 0 and increments them, amid steps that do nothing; say what
 * one of them is in the end.
 *
 *     length 8, 3 variables:   > b =0 pass ; b =0 pass ; pass ; b ++ b ++ pass ; print b = (2)
 *
 * A step is sampled with weights 1 to set, 7 to increment and `passes` for none, 50 by default, and again where
 * it cannot be done: nothing is incremented that was never set, nor beyond 10. The variable in the question is one
 * that was set.
 *
 * Source:    Golovneva et al. 2024, https://arxiv.org/abs/2405.18719, with 1, 3 and 5 variables
 * Reference: facebookresearch/RAM, projects/cope/scripts/count_data_gen.py
 * Differs:   every step is two tokens (`a =0`, `a ++`, `pass ;`), where the reference has five, two and one, so
 *            that programs of one length are equally long. The first step sets a variable; the reference
 *            generates another program if nothing is set in it. The condition `passes` has twice as many steps
 *            that do nothing to each that does something.
 *
 * @module
 */
import type { Random } from "../random/random.ts";
import { option } from "../options/option.ts";
import { whole } from "../options/value.ts";
import { defineTask } from "./define-task.ts";
import { contextualPositions } from "./papers.ts";
import { questionTask } from "./question-task.ts";
import type { Asked } from "./question-task.ts";
import { digits, names } from "./symbols.ts";
import { trained } from "./task.ts";

const weights = { set: 1, increment: 7 } as const;
const highest = 10;

/** The task of counting. */
export const counting = defineTask({
  id: "counting",
  summary: "Say what a variable is after steps that set and increment.",
  length: "steps",
  paper: contextualPositions,
  options: {
    variables: option("How many variables there are.", whole({ least: 1, most: 26 }), {
      default: 3,
    }),
    passes: option("Weight of a step that does nothing.", whole({ least: 0, most: 1000 }), {
      default: 50,
    }),
  },
  example: {
    seed: 6,
    length: 8,
    text: "> b =0 pass ; b =0 pass ; pass ; b ++ b ++ pass ; print b = (2)",
  },
  create({ variables, passes }) {
    const variable = names(variables);
    return questionTask({
      id: "counting",
      symbols: [...variable, "=0", "++", "pass", ";", "print", ...digits(highest + 1)],
      ended: false,
      conditions: [trained, { id: "passes", summary: "Twice as many steps that do nothing." }],
      longest: (length) => 2 * length + 3,
      draw: (random, length, condition) =>
        program(random, variable, length, condition === "passes" ? 2 * passes : passes),
    });
  },
});

function program(
  random: Random,
  variable: readonly string[],
  length: number,
  passes: number,
): Asked {
  const values = new Map<string, number>();
  const any = (): string => [...values.keys()][random.integer(values.size)]!;
  const question: string[] = [];
  while (question.length < 2 * length) {
    const drawn = random.integer(weights.set + weights.increment + passes);
    if (values.size === 0 || drawn < weights.set) {
      const name = variable[random.integer(variable.length)]!;
      values.set(name, 0);
      question.push(name, "=0");
    } else if (drawn < weights.set + weights.increment) {
      const name = any();
      const value = values.get(name)! + 1;
      if (value > highest) continue;
      values.set(name, value);
      question.push(name, "++");
    } else question.push("pass", ";");
  }
  const asked = any();
  return { question: [...question, "print", asked], answer: [String(values.get(asked)!)] };
}
