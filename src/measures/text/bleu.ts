/**
 * BLEU as sacreBLEU 2.6 computes it, of a corpus or of a sentence.
 *
 * Reference:  mjpost/sacrebleu 2.6.0, sacrebleu/metrics/bleu.py
 * Differs:    the version in the signature is relpos's own, since it is relpos that computed the value. References are
 *             given by answer. An answer without a reference is refused. A score is at most 100, where the reference
 *             gives 100.00000000000004.
 *
 * @module
 */
import { InputError, refuseUnknownNames } from "../../errors.ts";
import type { NamesOf } from "../../errors.ts";
import { version } from "../../version.ts";
import type { Column, Totals } from "../items.ts";
import { bleuScore, bleuSmoothings } from "./bleu-score.ts";
import type { BleuRule, BleuScore, BleuSmoothing } from "./bleu-score.ts";
import { bleuTokenizers, bleuWords } from "./bleu-tokenizers.ts";
import type { BleuTokenizer } from "./bleu-tokenizers.ts";
import { halfEven } from "./half-even.ts";
import { matchCount, mostOccurrences, ngramCount, occurrences } from "./ngram-counts.ts";
import { oneOf } from "./one-of.ts";
import { scoreWords } from "./score-words.ts";
import type { TextMeasure } from "./text-measure.ts";

/** Choices of BLEU; the defaults are those of WMT. */
export interface BleuOptions {
  /** Default "13a". */
  readonly tokenizer?: BleuTokenizer;
  /** Whether capital letters count as small ones. Default false. */
  readonly lowercase?: boolean;
  /** Default "exp". */
  readonly smoothing?: BleuSmoothing;
  /** Of smoothing "floor", default 0.1, and "add-k", default 1. */
  readonly smoothValue?: number;
  /** Whether orders are left out that a sentence is too short for; for single sentences. Default false. */
  readonly effectiveOrder?: boolean;
}

const names: NamesOf<BleuOptions> = {
  tokenizer: true,
  lowercase: true,
  smoothing: true,
  smoothValue: true,
  effectiveOrder: true,
};

/** BLEU with its parts. */
export interface Bleu extends TextMeasure {
  /** The parts of a value: precisions, brevity penalty, lengths. */
  readonly parts: (totals: Totals) => BleuScore;
}

const ORDERS = [1, 2, 3, 4];
const defaultSmoothValue = { exp: 0, floor: 0.1, "add-k": 1, none: 0 } as const;

/**
 * BLEU. Its id is "bleu", and names the choices that are not the default: "bleu-zh-lc".
 *
 * @throws {InputError} a tokenizer or a smoothing is unknown, or a smoothing value is not a positive number or has no use
 */
export function bleu(options: BleuOptions = {}): Bleu {
  refuseUnknownNames("bleu", options, names, (message) => new InputError(message));
  const tokenizer = oneOf("tokenizer of BLEU", options.tokenizer ?? "13a", bleuTokenizers);
  const smoothing = oneOf("smoothing of BLEU", options.smoothing ?? "exp", bleuSmoothings);
  const { lowercase = false, effectiveOrder = false } = options;
  const hasValue = smoothing === "floor" || smoothing === "add-k";
  const smoothValue = options.smoothValue ?? defaultSmoothValue[smoothing];
  if (options.smoothValue !== undefined && !hasValue)
    throw new InputError(
      `smoothing ${smoothing} of BLEU has no value, got ${smoothValue}. Leave it out, or choose floor or add-k.`,
    );
  if (hasValue && !(smoothValue > 0 && smoothValue < Infinity))
    throw new InputError(
      `the value of BLEU's smoothing ${smoothing} must be a positive number, got ${smoothValue}.`,
    );

  const smooth = hasValue ? `${smoothing}[${halfEven(smoothValue, 2)}]` : smoothing;
  const id = [
    "bleu",
    ...(tokenizer === "13a" ? [] : [tokenizer]),
    ...(lowercase ? ["lc"] : []),
    ...(smoothing === "exp" ? [] : ["smooth", smoothing, ...(hasValue ? [smoothValue] : [])]),
    ...(effectiveOrder ? ["eff"] : []),
  ].join("-");
  const rule: BleuRule = { smoothing, smoothValue, effectiveOrder };
  const parts = (totals: Totals): BleuScore =>
    bleuScore(
      {
        answerWords: totals[`${id}AnswerWords`]!,
        referenceWords: totals[`${id}ReferenceWords`]!,
        matches: ORDERS.map((n) => totals[`${id}Matches${n}`]!),
        ngrams: ORDERS.map((n) => totals[`${id}Ngrams${n}`]!),
      },
      rule,
    );
  return {
    id,
    range: [0, 100],
    ...scoreWords({ name: "BLEU", digits: 2, tolerance: 5, part: "word" }),
    contributes: columns(id),
    contribution(answer, references) {
      const words = (text: string): string[] =>
        bleuWords(lowercase ? text.toLowerCase() : text, tokenizer);
      return contribution(id, words(answer), references.map(words));
    },
    value: (totals) => parts(totals).score,
    parts,
    signature: (references) =>
      [
        `nrefs:${references}`,
        `case:${lowercase ? "lc" : "mixed"}`,
        `eff:${effectiveOrder ? "yes" : "no"}`,
        `tok:${tokenizer}`,
        `smooth:${smooth}`,
        `version:relpos-${version}`,
      ].join("|"),
  };
}

/** The parts of BLEU in sacreBLEU's layout: "67.3/41.2/27.0/18.1 (BP = 1.000 ratio = 1.002 hyp_len = 12973 ref_len = 12953)". */
export function printBleuParts({ precisions, brevityPenalty, counts }: BleuScore): string {
  const { answerWords, referenceWords } = counts;
  const ratio = referenceWords > 0 ? answerWords / referenceWords : 0;
  return (
    `${precisions.map((each) => halfEven(each, 1)).join("/")} (BP = ${halfEven(brevityPenalty, 3)} ` +
    `ratio = ${halfEven(ratio, 3)} hyp_len = ${answerWords} ref_len = ${referenceWords})`
  );
}

function columns(id: string): Record<string, Column> {
  const all: Record<string, Column> = {
    [`${id}AnswerWords`]: { meaning: "words of the answer", values: "count" },
    [`${id}ReferenceWords`]: { meaning: "words of the nearest reference", values: "count" },
  };
  for (const n of ORDERS) {
    all[`${id}Matches${n}`] = { meaning: `matched ${n}-grams of the answer`, values: "count" };
    all[`${id}Ngrams${n}`] = { meaning: `${n}-grams of the answer`, values: "count" };
  }
  return all;
}

function contribution(
  id: string,
  answer: readonly string[],
  references: readonly (readonly string[])[],
): Record<string, number> {
  const numbers: Record<string, number> = {
    [`${id}AnswerWords`]: answer.length,
    [`${id}ReferenceWords`]: nearestLength(answer.length, references),
  };
  for (const n of ORDERS) {
    const allowed = mostOccurrences(references.map((words) => occurrences(words, n, " ")));
    numbers[`${id}Matches${n}`] = matchCount(occurrences(answer, n, " "), allowed);
    numbers[`${id}Ngrams${n}`] = ngramCount(answer.length, n);
  }
  return numbers;
}

/** The length of the reference nearest in length; of two, the shorter. */
function nearestLength(length: number, references: readonly (readonly string[])[]): number {
  const distance = (other: number): number => Math.abs(other - length);
  return references
    .map((words) => words.length)
    .reduce((a, b) =>
      distance(b) < distance(a) || (distance(b) === distance(a) && b < a) ? b : a,
    );
}
