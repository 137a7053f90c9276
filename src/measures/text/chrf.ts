/**
 * chrF and chrF++ as sacreBLEU 2.6 computes them, of a corpus or of a sentence: how many n-grams of characters, and for
 * chrF++ of words, an answer and its reference share.
 *
 * Popović, "chrF: character n-gram F-score for automatic MT evaluation", WMT 2015. https://aclanthology.org/W15-3049
 * Popović, "chrF++: words helping character n-grams", WMT 2017. https://aclanthology.org/W17-4770
 *
 * Reference:  mjpost/sacrebleu 2.6.0, sacrebleu/metrics/chrf.py
 * Differs:    the version in the signature is relpos's own, since it is relpos that computed the value. References are
 *             given by answer. An answer without a reference is refused.
 *
 * @module
 */
import { InputError, refuseUnknownNames } from "../../errors.ts";
import type { NamesOf } from "../../errors.ts";
import { version } from "../../version.ts";
import type { Column } from "../items.ts";
import { chrFScore, epsilonChrFScore } from "./chrf-score.ts";
import type { OrderCounts } from "./chrf-score.ts";
import { matchCount, ngramCount, occurrences } from "./ngram-counts.ts";
import type { NgramOccurrences } from "./ngram-counts.ts";
import { scoreWords } from "./score-words.ts";
import type { TextMeasure } from "./text-measure.ts";
import { splitWords } from "./whitespace.ts";

/** Choices of chrF. */
export interface ChrFOptions {
  /** The longest n-gram of characters. Default 6. */
  readonly characterOrder?: number;
  /** The longest n-gram of words: 2 for chrF++. Default 0. */
  readonly wordOrder?: number;
  /** How much more recall counts than precision. Default 2. */
  readonly beta?: number;
  /** Whether capital letters count as small ones. Default false. */
  readonly lowercase?: boolean;
  /** Whether n-grams of characters contain white space. Default false. */
  readonly whitespace?: boolean;
  /**
   * Whether an order that a text has no n-gram of counts, with a share of 1e-16, as in the author's program. Default
   * false: it is left out.
   */
  readonly epsilonSmoothing?: boolean;
}

const names: NamesOf<ChrFOptions> = {
  characterOrder: true,
  wordOrder: true,
  beta: true,
  lowercase: true,
  whitespace: true,
  epsilonSmoothing: true,
};

/**
 * chrF, or chrF++ with `wordOrder: 2`. Its id is "chrF" or "chrF++", and names the other choices that are not the
 * default. Of several references, an answer is compared with the one that gives it the highest score.
 *
 * @throws {InputError} an order or beta cannot be
 */
export function chrF(options: ChrFOptions = {}): TextMeasure {
  refuseUnknownNames("chrF", options, names, (message) => new InputError(message));
  const { characterOrder = 6, wordOrder = 0, beta = 2 } = options;
  const { lowercase = false, whitespace = false, epsilonSmoothing = false } = options;
  checkWhole("the character order of chrF", characterOrder, 1);
  checkWhole("the word order of chrF", wordOrder, 0);
  checkWhole("beta of chrF", beta, 1);

  const id = [
    `chrF${"+".repeat(wordOrder)}`,
    ...(characterOrder === 6 ? [] : [`nc${characterOrder}`]),
    ...(beta === 2 ? [] : [`beta${beta}`]),
    ...(lowercase ? ["lc"] : []),
    ...(whitespace ? ["space"] : []),
    ...(epsilonSmoothing ? ["eps"] : []),
  ].join("-");
  const orders = [
    ...Array.from({ length: characterOrder }, (_, at) => `Characters${at + 1}`),
    ...Array.from({ length: wordOrder }, (_, at) => `Words${at + 1}`),
  ];
  const score = (counts: readonly OrderCounts[]): number =>
    epsilonSmoothing ? epsilonChrFScore(counts, beta) : chrFScore(counts, beta);
  const ngrams = (text: string): readonly Ngrams[] => {
    const line = lowercase ? text.toLowerCase() : text;
    const characters = [...(whitespace ? line : splitWords(line).join(""))];
    const words = wordOrder > 0 ? wordsAndPunctuation(line) : [];
    return [
      ...Array.from({ length: characterOrder }, (_, at) => ngramsOf(characters, at + 1, "")),
      ...Array.from({ length: wordOrder }, (_, at) => ngramsOf(words, at + 1, " ")),
    ];
  };

  return {
    id,
    range: [0, 100],
    ...scoreWords({
      name: `chrF${beta}${"+".repeat(wordOrder)}`,
      digits: 2,
      tolerance: 5,
      part: "character",
    }),
    contributes: columns(id, orders),
    contribution(answer, references) {
      const own = ngrams(answer);
      const best = references
        .map((reference) => compare(own, ngrams(reference)))
        .reduce((a, b) => (score(b) > score(a) ? b : a));
      const numbers: Record<string, number> = {};
      orders.forEach((order, at) => {
        parts.forEach((part, which) => (numbers[`${id}${order}${part}`] = best[at]![which]!));
      });
      return numbers;
    },
    value: (totals) =>
      score(
        orders.map((order) => {
          const [answer, reference, matches] = parts.map((part) => totals[`${id}${order}${part}`]!);
          return [answer!, reference!, matches!];
        }),
      ),
    signature: (references) =>
      [
        `nrefs:${references}`,
        `case:${lowercase ? "lc" : "mixed"}`,
        `eff:${epsilonSmoothing ? "no" : "yes"}`,
        `nc:${characterOrder}`,
        `nw:${wordOrder}`,
        `space:${whitespace ? "yes" : "no"}`,
        `version:relpos-${version}`,
      ].join("|"),
  };
}

function checkWhole(what: string, value: number, least: number): void {
  if (!Number.isSafeInteger(value) || value < least)
    throw new InputError(`${what} must be a whole number from ${least} on, got ${value}.`);
}

/** The columns of an order, in the order of `OrderCounts`. */
const parts = ["Answer", "Reference", "Matches"] as const;

function columns(id: string, orders: readonly string[]): Record<string, Column> {
  const all: Record<string, Column> = {};
  for (const order of orders) {
    const [, unit, n] = /^(\D+)(\d+)$/.exec(order)!;
    const ngrams = `${n}-grams of ${unit!.toLowerCase()}`;
    all[`${id}${order}Answer`] = { meaning: `${ngrams} of the answer`, values: "count" };
    all[`${id}${order}Reference`] = { meaning: `${ngrams} of its reference`, values: "count" };
    all[`${id}${order}Matches`] = { meaning: `${ngrams} that both have`, values: "count" };
  }
  return all;
}

interface Ngrams {
  readonly count: number;
  readonly occurrences: NgramOccurrences;
}

function ngramsOf(units: readonly string[], n: number, joint: string): Ngrams {
  return { count: ngramCount(units.length, n), occurrences: occurrences(units, n, joint) };
}

function compare(answer: readonly Ngrams[], reference: readonly Ngrams[]): readonly OrderCounts[] {
  return answer.map(({ count, occurrences }, at) => {
    const other = reference[at]!;
    // The answer's n-grams do not count where the reference is too short to have any.
    const judged = other.count > 0 ? count : 0;
    return [judged, other.count, matchCount(occurrences, other.occurrences)];
  });
}

const PUNCTUATION = new Set("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~");

/** Words, with one mark of ASCII punctuation apart: the last of a word, or else its first. "(hi)" is "(hi" and ")". */
function wordsAndPunctuation(line: string): string[] {
  return splitWords(line).flatMap((word) => {
    const characters = [...word];
    if (characters.length === 1) return [word];
    if (PUNCTUATION.has(characters.at(-1)!)) return [word.slice(0, -1), word.slice(-1)];
    if (PUNCTUATION.has(characters[0]!)) return [word.slice(0, 1), word.slice(1)];
    return [word];
  });
}
