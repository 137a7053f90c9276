/**
 * Counting: a short program sets variables to 0 and increments them, amid steps that do nothing; say what
 * one of them is in the end.
 *
 *     length 13, 3 variables:
 *         > pass ; b =0 pass ; a =0 pass ; a ++ c =0 c ++ c ++ pass ; pass ; c ++ pass ; print c = (3)
 *
 * So that a length, and an option, changes nothing but what it says:
 *
 *     every variable is set, whatever the length
 *     the answer is each of 0 … `highest` equally often, whatever the length
 *     of `length` steps, length · 8 / (8 + `passes`) set or increment, whatever the answer
 *
 * The steps from the last time that the asked variable is set are its answer's increments, in random places among
 * those of the other variables. All other steps that do something set with weight 1 and increment with weight 7, among
 * them earlier ones of the asked variable, which its last setting makes void. A length that cannot hold the highest
 * answer does not exist.
 *
 * Source:    Golovneva et al. 2024, https://arxiv.org/abs/2405.18719, with 1, 3 and 5 variables; there are 512 steps,
 *            of which `passes` 50 leaves one of seven to do something, and values end at 10
 * Reference: facebookresearch/RAM, projects/cope/scripts/count_data_gen.py
 * Differs:   the reference draws every step by the weights alone, so that short programs set one variable and count
 *            to 0 or 1, whatever the options; at 512 steps the answers of both are spread. Every step is two tokens
 *            (`a =0`, `a ++`, `pass ;`), where the reference has five, two and one, so that programs of one
 *            length are equally long. The condition `passes` has twice as many steps that do nothing, and is as much
 *            longer.
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
const active = weights.set + weights.increment;

/** What a program is made of. */
interface Sizes {
  /** Names of the variables, all of which are set. */
  readonly variables: readonly string[];
  /** The largest value. */
  readonly highest: number;
  /** Steps that set or increment. */
  readonly acting: number;
  /** Steps that do nothing. */
  readonly idle: number;
}

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
    highest: option("The largest value of a variable.", whole({ least: 1, most: 50 }), {
      default: 4,
    }),
    passes: option(
      "Weight of a step that does nothing, where one that does something has 8.",
      whole({ least: 0, most: 1000 }),
      { default: 8 },
    ),
  },
  example: {
    seed: 6,
    length: 13,
    text: "> pass ; b =0 pass ; a =0 pass ; a ++ c =0 c ++ c ++ pass ; pass ; c ++ pass ; print c = (3)",
  },
  create({ variables, highest, passes }) {
    const variable = names(variables);
    const actingAt = (length: number): number => Math.round((length * active) / (active + passes));
    const least = variables + highest;
    let shortest = least;
    while (actingAt(shortest) < least) shortest++;
    const idleAt = (length: number, condition: string): number =>
      (length - actingAt(length)) * (condition === "passes" ? 2 : 1);
    return questionTask({
      id: "counting",
      symbols: [...variable, "=0", "++", "pass", ";", "print", ...digits(highest + 1)],
      shortest,
      ended: false,
      conditions: [trained, { id: "passes", summary: "Twice as many steps that do nothing." }],
      longest: (length, condition) => 2 * (actingAt(length) + idleAt(length, condition)) + 3,
      draw: (random, length, condition) =>
        program(random, {
          ...{ variables: variable, highest },
          ...{ acting: actingAt(length), idle: idleAt(length, condition) },
        }),
    });
  },
});

function program(random: Random, { variables, highest, acting, idle }: Sizes): Asked {
  const asked = variables[random.integer(variables.length)]!;
  const answer = random.integer(highest + 1);
  const steps = actingSteps(random, { variables, highest, acting, asked, answer });
  const places = random
    .permutation(acting + idle)
    .slice(0, acting)
    .sort();
  const question: string[] = Array.from({ length: acting + idle }, () => ["pass", ";"]).flat();
  places.forEach((place, n) => question.splice(2 * place, 2, ...steps[n]!));
  return { question: [...question, "print", asked], answer: [String(answer)] };
}

/** Steps after which `asked` has the value `answer` and every variable has been set. */
function actingSteps(
  random: Random,
  given: Omit<Sizes, "idle"> & { readonly asked: string; readonly answer: number },
): (readonly [variable: string, what: "=0" | "++"])[] {
  const { variables, highest, acting, asked, answer } = given;
  const others = variables.filter((name) => name !== asked);
  const free = acting - (1 + answer);
  // Where the asked variable is set for the last time, and its increments after that. Without other variables, nothing
  // else can be done after it.
  const own =
    others.length === 0
      ? Int32Array.from({ length: 1 + answer }, (_, n) => free + n)
      : random
          .permutation(acting)
          .slice(0, 1 + answer)
          .sort();
  // Which of the free steps set each of the others for the first time, at the latest.
  const due = random.permutation(free).slice(0, others.length).sort();
  const values = new Map<string, number>();
  const steps: (readonly [string, "=0" | "++"])[] = [];
  let [ownDone, freeDone, firstDone] = [0, 0, 0];
  const order = random.permutation(others.length);
  const set = (name: string): void => {
    values.set(name, 0);
    steps.push([name, "=0"]);
  };
  const increment = (name: string): void => {
    values.set(name, values.get(name)! + 1);
    steps.push([name, "++"]);
  };
  while (steps.length < acting) {
    if (own[ownDone] === steps.length) {
      if (ownDone === 0) set(asked);
      else increment(asked);
      ownDone++;
      continue;
    }
    const isDue = due[firstDone] === freeDone;
    freeDone++;
    if (isDue) {
      set(others[order[firstDone++]!]!);
      continue;
    }
    const open = ownDone === 0 ? variables : others;
    const countable = open.filter((name) => (values.get(name) ?? highest) < highest);
    const counts = countable.length > 0 && random.integer(active) >= weights.set;
    if (counts) increment(countable[random.integer(countable.length)]!);
    else set(open[random.integer(open.length)]!);
  }
  return steps;
}
