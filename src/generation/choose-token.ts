/**
 * The next token of a text: the likeliest, or one that is drawn.
 *
 * @module
 */
import type { Random } from "../random/random.ts";
import { softmax } from "./score-filters.ts";

/** The token with the highest score; of equal ones, the first. */
export function likeliest(scores: Float32Array): number {
  let best = 0;
  for (let id = 1; id < scores.length; id++) if (scores[id]! > scores[best]!) best = id;
  return best;
}

/** A token drawn with the probabilities of the scores. */
export function draw(scores: Float32Array, stream: Random): number {
  const probabilities = softmax(scores);
  let left = stream.uniform();
  let last = 0;
  for (let id = 0; id < probabilities.length; id++) {
    const probability = probabilities[id]!;
    if (probability === 0) continue;
    last = id;
    left -= probability;
    if (left < 0) return id;
  }
  return last; // rounding left a rest
}
