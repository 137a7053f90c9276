/**
 * What changes the scores of the next token before one is chosen, in the order of Hugging Face transformers:
 * penalties, temperature, then what removes unlikely tokens. A token that is removed has the score −Infinity.
 *
 * @module
 */
import type { GenerationSettings } from "./generation-options.ts";

/** Changes the scores of one row in place; `ids` are the row's tokens so far, the prompt among them. */
export type ScoreFilter = (scores: Float32Array, ids: readonly number[]) => void;

/** Tokens that stand at known places of a text, as some pretrained encoder-decoders have them. */
export interface ForcedTokens {
  /** The first token that is generated; absent: the model chooses it. */
  readonly first?: number | undefined;
  /** The last token of a text that reaches the most tokens; absent: the model chooses it. */
  readonly last?: number | undefined;
}

/**
 * Leaves one token where one is forced, with the score 0.
 *
 * @param prompt tokens before the first that is generated
 * @param maxTokens the most that are generated
 */
export function forceTokens(
  { first, last }: ForcedTokens,
  prompt: number,
  maxTokens: number,
): ScoreFilter {
  return (scores, ids) => {
    const count = ids.length - prompt;
    const ending = count === maxTokens - 1 ? last : undefined;
    const id = ending ?? (count === 0 ? first : undefined);
    if (id === undefined) return;
    scores.fill(-Infinity);
    scores[id] = 0;
  };
}

/** The filters that options ask for, in their order. */
export function scoreFilters(options: GenerationSettings): readonly ScoreFilter[] {
  const { repetitionPenalty, noRepeatNgram, temperature = 0, topK, topP, minP } = options;
  const { suppressTokens = [] } = options;
  return [
    ...(repetitionPenalty !== 1 ? [penaltyOfRepetition(repetitionPenalty)] : []),
    ...(noRepeatNgram > 0 ? [withoutRepeatedNgrams(noRepeatNgram)] : []),
    ...(suppressTokens.length > 0 ? [withoutTokens(suppressTokens)] : []),
    ...(temperature > 0 && temperature !== 1 ? [divideBy(temperature)] : []),
    ...(topK === undefined ? [] : [keepLikeliest(topK)]),
    ...(topP === undefined ? [] : [keepShare(topP)]),
    ...(minP === undefined ? [] : [keepAbove(minP)]),
  ];
}

/**
 * Scores of tokens that occurred are divided by the penalty if they are positive and multiplied if they are not (Keskar
 * et al. 2019, arXiv 1909.05858).
 */
export function penaltyOfRepetition(penalty: number): ScoreFilter {
  return (scores, ids) => {
    for (const id of new Set(ids)) {
      const score = scores[id]!;
      scores[id] = score < 0 ? score * penalty : score / penalty;
    }
  };
}

/** Removes each token that would complete a sequence of `size` tokens that occurred before. */
export function withoutRepeatedNgrams(size: number): ScoreFilter {
  return (scores, ids) => {
    const last = ids.length - size + 1;
    for (let start = 0; start < last; start++) {
      let same = true;
      for (let k = 0; same && k < size - 1; k++) same = ids[start + k] === ids[last + k];
      if (same) scores[ids[start + size - 1]!] = -Infinity;
    }
  };
}

/** Removes tokens wherever they are. */
export function withoutTokens(ids: readonly number[]): ScoreFilter {
  return (scores) => {
    for (const id of ids) scores[id] = -Infinity;
  };
}

/** Divides by the temperature: above 1 evens the probabilities out, below 1 sharpens them. */
export function divideBy(temperature: number): ScoreFilter {
  return (scores) => {
    for (let at = 0; at < scores.length; at++) scores[at]! /= temperature;
  };
}

/** Keeps the `count` highest scores, and those equal to the lowest of them. */
export function keepLikeliest(count: number): ScoreFilter {
  return (scores) => {
    if (count >= scores.length) return;
    const least = Float32Array.from(scores).sort().at(-count)!;
    remove(scores, (score) => score < least);
  };
}

/** Keeps the fewest tokens whose probabilities together are `share` or more (Holtzman et al. 2020, arXiv 1904.09751). */
export function keepShare(share: number): ScoreFilter {
  return (scores) => {
    const probabilities = softmax(scores);
    // All tokens below this are together less than what is removed, so they need not be sorted, and are nearly all there are.
    const least = (1 - share) / scores.length;
    const order: number[] = [];
    let below = 0;
    probabilities.forEach((probability, id) => {
      if (probability >= least) return void order.push(id);
      below += probability;
      scores[id] = -Infinity;
    });
    order.sort((a, b) => scores[a]! - scores[b]! || a - b);
    order.pop(); // the likeliest stays
    for (const id of order) {
      below += probabilities[id]!;
      if (below > 1 - share) break;
      scores[id] = -Infinity;
    }
  };
}

/** Keeps tokens whose probability is at least `share` of the highest (Nguyen et al. 2024, arXiv 2407.01082). */
export function keepAbove(share: number): ScoreFilter {
  return (scores) => {
    const least = highest(scores) + Math.log(share);
    remove(scores, (score) => score < least);
  };
}

/** Probabilities of scores. */
export function softmax(scores: Float32Array): Float64Array {
  const top = highest(scores);
  const result = new Float64Array(scores.length);
  let sum = 0;
  for (let at = 0; at < scores.length; at++) sum += result[at] = Math.exp(scores[at]! - top);
  for (let at = 0; at < scores.length; at++) result[at]! /= sum;
  return result;
}

/** The logarithms of the probabilities of scores. */
export function logSoftmax(scores: Float32Array): Float32Array {
  const top = highest(scores);
  let sum = 0;
  for (let at = 0; at < scores.length; at++) sum += Math.exp(scores[at]! - top);
  const logSum = Math.log(sum);
  const result = new Float32Array(scores.length);
  for (let at = 0; at < scores.length; at++) result[at] = scores[at]! - top - logSum;
  return result;
}

function highest(scores: Float32Array): number {
  let top = -Infinity;
  for (let at = 0; at < scores.length; at++) if (scores[at]! > top) top = scores[at]!;
  return top;
}

function remove(scores: Float32Array, unlikely: (score: number) => boolean): void {
  for (let at = 0; at < scores.length; at++) if (unlikely(scores[at]!)) scores[at] = -Infinity;
}
