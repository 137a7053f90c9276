/**
 * Exact match and F1 of short answers, as the scripts of SQuAD 1.1 and 2.0 compute them, in per cent.
 *
 * Rajpurkar, Zhang, Lopyrev and Liang, "SQuAD: 100,000+ Questions for Machine Comprehension of Text", EMNLP 2016.
 * https://aclanthology.org/D16-1264
 *
 * Texts are compared in small letters, without ASCII punctuation and without the words a, an and the. F1 is that of the words
 * that both have. Of several right answers, the one that gives the higher value counts, each measure by itself.
 *
 * Reference:  rajpurkar/SQuAD-explorer, evaluate-v1.1.py and evaluate-v2.0.py, the latter without a threshold for
 *             "no answer"
 * Differs:    nothing in the numbers, but for letters that Unicode has had since version 14. A question that was not answered must
 *             be given as an empty answer.
 *
 * @module
 */
import { version } from "../../version.ts";
import { matchCount, occurrences } from "./ngram-counts.ts";
import { oneOf } from "./one-of.ts";
import type { TextMeasure } from "./text-measure.ts";
import { splitWords } from "./whitespace.ts";

/**
 * Versions of the script, the default first. In "2.0" a question may have no answer: its right answer is the empty text. An
 * empty answer to it has F1 100, and 0 in "1.1"; right answers of articles and punctuation alone are left out.
 */
export const squadVersions = ["1.1", "2.0"] as const;

/** A version of the script. */
export type SquadVersion = (typeof squadVersions)[number];

/**
 * Exact match of normalised texts, 0 to 100. Its id is "squadExactMatch", with "-2.0" for that version.
 *
 * @throws {InputError} the version is unknown
 */
export function squadExactMatch(script: SquadVersion = "1.1"): TextMeasure {
  return squadMeasure("squadExactMatch", "Exact match", script, (answer, reference) =>
    answer.join(" ") === reference.join(" ") ? 1 : 0,
  );
}

/**
 * F1 of the words of normalised texts, 0 to 100. Its id is "squadF1", with "-2.0" for that version.
 *
 * @throws {InputError} the version is unknown
 */
export function squadF1(script: SquadVersion = "1.1"): TextMeasure {
  return squadMeasure("squadF1", "F1", script, (answer, reference) => {
    if (script === "2.0" && (answer.length === 0 || reference.length === 0))
      return answer.length === reference.length ? 1 : 0;
    const matches = matchCount(occurrences(answer, 1, " "), occurrences(reference, 1, " "));
    if (matches === 0) return 0;
    const precision = matches / answer.length;
    const recall = matches / reference.length;
    return (2 * precision * recall) / (precision + recall);
  });
}

const PUNCTUATION = /[!-/:-@[-`{-~]/gu;
/** The articles as words; a letter or digit of any script, or a low line, beside them makes them part of a word. */
const ARTICLES = /(?<![\p{L}\p{N}_])(?:a|an|the)(?![\p{L}\p{N}_])/gu;

/** The words of an answer that are compared. */
export function squadWords(text: string): string[] {
  return splitWords(text.toLowerCase().replace(PUNCTUATION, "").replace(ARTICLES, " "));
}

function squadMeasure(
  kind: string,
  name: string,
  script: SquadVersion,
  compare: (answer: readonly string[], reference: readonly string[]) => number,
): TextMeasure {
  oneOf("version of SQuAD's script", script, squadVersions);
  const id = script === "1.1" ? kind : `${kind}-${script}`;
  return {
    id,
    better: "higher",
    unit: "%",
    range: [0, 100],
    contributes: {
      [id]: { meaning: `${name} of the answer, 0 to 1`, values: "number" },
    },
    contribution(answer, references) {
      const own = squadWords(answer);
      const right = references.map(squadWords);
      const told = script === "2.0" ? right.filter((words) => words.length > 0) : right;
      return {
        [id]: Math.max(...(told.length > 0 ? told : [[]]).map((each) => compare(own, each))),
      };
    },
    value: (totals, count) => (100 * totals[id]!) / count,
    signature: (references) => `nrefs:${references}|squad:${script}|version:relpos-${version}`,
    tolerance: { absolute: 5 },
    printed: {
      name,
      digits: 2,
      phrase: (value) => `${name} ${value} %`,
      superlative: "highest",
      best: `highest ${name}`,
      leads: "has the highest score",
      broken: `${name} has certainly fallen by more than 5 %`,
      nothing: {
        alone: (encoding) => `${encoding} answers no question right.`,
        all: "No encoding answers a single question right.",
      },
    },
  };
}
