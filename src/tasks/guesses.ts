/**
 * What can be answered without reading the question: guesses from counts over other samples of the same length and
 * condition. A model that does no better has learned nothing but how answers look.
 *
 * @module
 */
import type { Sample } from "./task.ts";

/** Which scored tokens of each sample are right, as `AnswerEvaluator.answer` gives it. */
export type Answered = readonly (readonly boolean[])[];

/** Answers by the most frequent token at each place of the answer, as counted over the samples `counted`. */
export function guessByPlace(counted: readonly Sample[], judged: readonly Sample[]): Answered {
  const best = mostFrequent(counted, (_, place) => String(place));
  return judged.map((sample) =>
    sample.scored.map((at, place) => best(String(place)) === sample.tokens[at]),
  );
}

/**
 * Answers by the most frequent token at each place after the token before it, which is given even where the guess before
 * was wrong, as it is to a model. Where that pair was never counted, by place alone.
 */
export function guessAfterToken(counted: readonly Sample[], judged: readonly Sample[]): Answered {
  const after = (sample: Sample, place: number): string =>
    `${place} ${sample.tokens[sample.scored[place]! - 1]}`;
  const byPlace = mostFrequent(counted, (_, place) => String(place));
  const byToken = mostFrequent(counted, after);
  return judged.map((sample) =>
    sample.scored.map((at, place) => {
      const guess = byToken(after(sample, place)) ?? byPlace(String(place));
      return guess === sample.tokens[at];
    }),
  );
}

/**
 * What guessing among all symbols that occur in answers, each as likely as the others, reaches on average: the share of
 * tokens, and of samples all of whose tokens are right.
 */
export function uniformGuess(
  counted: readonly Sample[],
  judged: readonly Sample[],
): { readonly tokens: number; readonly samples: number } {
  const symbols = new Set(counted.flatMap(({ tokens, scored }) => scored.map((at) => tokens[at])));
  const tokens = 1 / symbols.size;
  const right = judged.reduce((sum, { scored }) => sum + tokens ** scored.length, 0);
  return { tokens, samples: right / judged.length };
}

/** Looks up the most frequent scored token under a key; of several the lowest id, undefined where there is none. */
function mostFrequent(
  samples: readonly Sample[],
  keyOf: (sample: Sample, place: number) => string,
): (key: string) => number | undefined {
  const counts = new Map<string, Map<number, number>>();
  for (const sample of samples)
    sample.scored.forEach((at, place) => {
      const key = keyOf(sample, place);
      const ofKey = counts.get(key) ?? new Map<number, number>();
      const token = sample.tokens[at]!;
      ofKey.set(token, (ofKey.get(token) ?? 0) + 1);
      counts.set(key, ofKey);
    });
  const best = new Map(
    [...counts].map(([key, ofKey]) => {
      const order = [...ofKey].sort(([a, n], [b, m]) => m - n || a - b);
      return [key, order[0]![0]] as const;
    }),
  );
  return (key) => best.get(key);
}
