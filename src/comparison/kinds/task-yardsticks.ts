/**
 * What guessing reaches on the samples that models on a task are judged on.
 *
 * @module
 */
import { exactMatch } from "../../measures/exact-match.ts";
import { mean } from "../../measures/estimate.ts";
import { valuesOf } from "../../measures/measure.ts";
import { tokenAccuracy } from "../../measures/token-accuracy.ts";
import { random } from "../../random/random.ts";
import { heldOutSamples } from "../../tasks/batches.ts";
import { guessAfterToken, guessByPlace, uniformGuess } from "../../tasks/guesses.ts";
import type { Answered } from "../../tasks/guesses.ts";
import type { Sample, Task } from "../../tasks/task.ts";
import type { Yardstick, YardstickValue } from "../yardstick.ts";
import { answeredItems } from "./task-data.ts";

/** Samples whose answers are counted, at each length under each condition. */
export const countedSamples = 1000;

/** A task, and what models are judged on. */
export interface TaskToMeasure {
  readonly task: Task;
  readonly testLengths: readonly number[];
  readonly seeds: readonly number[];
  readonly evaluationSamples: number;
}

/** A way to answer without reading the question. */
interface Guess {
  readonly id: string;
  readonly name: string;
  readonly reaches: (
    counted: readonly Sample[],
    judged: readonly Sample[],
  ) => Readonly<Record<string, number>>;
}

const guesses: readonly Guess[] = [
  {
    id: "uniform guess",
    name: "guessing among the symbols of answers, each as likely",
    reaches: (counted, judged) => {
      const { tokens, samples } = uniformGuess(counted, judged);
      return { [exactMatch.id]: samples, [tokenAccuracy.id]: tokens };
    },
  },
  {
    id: "most frequent",
    name: "the most frequent symbol at each place of the answer",
    reaches: (counted, judged) => valuesOfAnswers(guessByPlace(counted, judged)),
  },
  {
    id: "after last symbol",
    name: "the most frequent symbol at each place after the symbol before it",
    reaches: (counted, judged) => valuesOfAnswers(guessAfterToken(counted, judged)),
  },
];

/**
 * Guesses that know the length, the condition and, at most, the symbol before, from counts over samples that nobody is
 * judged on.
 */
export function taskYardsticks(given: TaskToMeasure): readonly Yardstick[] {
  const { task, testLengths, seeds, evaluationSamples: count } = given;
  const places = task.conditions.flatMap(({ id: protocol }) =>
    testLengths.map((length) => {
      const stream = random(0, "counted answers", task.id, protocol, length);
      const counted = Array.from({ length: countedSamples }, () =>
        task.sample(stream, length, protocol),
      );
      const judged = seeds.map((seed) =>
        heldOutSamples(task, { length, condition: protocol, count, seed }),
      );
      return { length, protocol, counted, judged };
    }),
  );
  return guesses.map(({ id, name, reaches }) => ({
    id,
    name,
    reached: places.map(({ length, protocol, counted, judged }): YardstickValue => {
      const bySeed = judged.map((samples) => reaches(counted, samples));
      const values = Object.keys(bySeed[0]!).map((measure) => [
        measure,
        mean(bySeed.map((ofSeed) => ofSeed[measure]!)),
      ]);
      return { length, protocol, values: Object.fromEntries(values) as Record<string, number> };
    }),
  }));
}

function valuesOfAnswers(answered: Answered): Record<string, number> {
  return valuesOf([exactMatch, tokenAccuracy], answeredItems(answered));
}
