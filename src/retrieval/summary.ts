/**
 * The result at one length and depth, from how a model predicted the answers and what it wrote.
 *
 * @module
 */
import { intervalOf } from "../comparison/statistics/intervals.ts";
import { mean, pairedSeeds } from "../measures/estimate.ts";
import { wilsonInterval } from "../measures/wilson.ts";
import { tokensOf } from "./fit.ts";
import type { MeasuredCell, WrittenAnswer } from "./result.ts";
import type { PairedSample } from "./samples.ts";
import type { AnswerScore } from "./scorer.ts";

/**
 * Sums up samples.
 *
 * @param scores of each sample, and of the same answer behind a prompt that hides another one
 * @param written what the model wrote behind each prompt; absent: right is what the scores say
 */
export function summaryOf(
  drawn: readonly PairedSample[],
  scores: readonly { readonly sample: AnswerScore; readonly without: AnswerScore }[],
  written: readonly WrittenAnswer[] | undefined,
): MeasuredCell {
  const shares = written
    ? written.map(({ found, answers }) => found / answers.length)
    : scores.map(({ sample }) => Number(sample.right));
  const nats = (of: "sample" | "without"): number[] => scores.map((score) => mean(score[of].nats));
  const gain = pairedSeeds(nats("without"), nats("sample"));
  const sizes = drawn.flatMap(({ sample, without }) => [sample, without].map(tokensOf));
  return {
    ...{ samples: drawn.length, right: shares.filter((share) => share === 1).length },
    accuracy: mean(shares),
    // Shares vary less than samples that are right or wrong, so the interval is wide enough for them too.
    interval: wilsonInterval(sum(shares), drawn.length),
    ...{ nats: mean(nats("sample")), natsWithout: mean(nats("without")) },
    gain: { mean: gain.mean, interval: intervalOf(gain) },
    tokens: { least: Math.min(...sizes), most: Math.max(...sizes) },
    answerTokens: mean(scores.map(({ sample }) => sample.nats.length)),
    ...(written && { written }),
  };
}

/** Rounding leaves no sum above the number of terms. */
function sum(shares: readonly number[]): number {
  return Math.min(
    shares.length,
    shares.reduce((total, share) => total + share, 0),
  );
}
