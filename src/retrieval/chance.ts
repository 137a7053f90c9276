/**
 * What guessing reaches.
 *
 * @module
 */
import type { AnswerSpace, RetrievalJudge } from "./task.ts";

/**
 * The expected score of as many guesses as a sample has answers, each drawn among all possible ones: by `likeliest`, the
 * probability that all are right and in order; by `written`, the share of the answers among them.
 */
export function chanceOf(
  { answers, possible, repeat }: AnswerSpace,
  judge: RetrievalJudge,
): number {
  if (judge === "written")
    return repeat ? -Math.expm1(answers * Math.log1p(-1 / possible)) : answers / possible;
  let chance = 1;
  for (let n = 0; n < answers; n++) chance /= repeat ? possible : possible - n;
  return chance;
}
