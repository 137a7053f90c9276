/**
 * ROUGE-1, ROUGE-2, ROUGE-L and ROUGE-Lsum as rouge-score 0.1.2 computes them.
 *
 * Words are runs of a to z and 0 to 9 in small letters: a text in another script has none, and its ROUGE is 0. Of several
 * references, an answer is compared with the one that gives it the highest F, each kind of ROUGE by itself. The value
 * of all answers is the mean of their F. The package's aggregator gives the median of resampled means instead, which
 * differs from run to run.
 *
 * Reference:  google-research/google-research, rouge (rouge-score 0.1.2)
 * Differs:    ROUGE-Lsum splits at line breaks only, the package's default; its option `split_summaries`, which
 *             finds sentences with NLTK, is left out.
 *
 * @module
 */
import { InputError, refuseUnknownNames } from "../../errors.ts";
import type { NamesOf } from "../../errors.ts";
import { version } from "../../version.ts";
import { oneOf } from "./one-of.ts";
import { porterStem } from "./porter-stemmer.ts";
import { rougeL, rougeLsum, rougeN } from "./rouge-score.ts";
import type { RougeScore } from "./rouge-score.ts";
import { scoreWords } from "./score-words.ts";
import type { TextMeasure } from "./text-measure.ts";

/** The kinds of ROUGE. */
export const rougeKinds = ["rouge1", "rouge2", "rougeL", "rougeLsum"] as const;

/** A kind of ROUGE. */
export type RougeKind = (typeof rougeKinds)[number];

/** Choices of ROUGE. */
export interface RougeOptions {
  /** Whether words of more than three letters are stemmed. Default false. */
  readonly stemmer?: boolean;
}

const names: NamesOf<RougeOptions> = { stemmer: true };

/**
 * A kind of ROUGE. Its id is the kind, with "-stem" where words are stemmed.
 *
 * @throws {InputError} the kind is unknown
 */
export function rouge(kind: RougeKind, options: RougeOptions = {}): TextMeasure {
  refuseUnknownNames("rouge", options, names, (message) => new InputError(message));
  const { stemmer = false } = options;
  oneOf("ROUGE", kind, rougeKinds);
  const id = stemmer ? `${kind}-stem` : kind;
  const name = `ROUGE-${kind.slice("rouge".length)}`;
  const mean = (what: string) => ({
    meaning: `${what} of the answer, 0 to 1`,
    values: "number" as const,
  });
  return {
    id,
    range: [0, 1],
    ...scoreWords({ name, digits: 4, tolerance: 0.05, part: "word" }),
    contributes: {
      [`${id}F`]: mean(`F of ${name}`),
      [`${id}Precision`]: mean(`precision of ${name}`),
      [`${id}Recall`]: mean(`recall of ${name}`),
    },
    contribution(answer, references) {
      const best = references
        .map((reference) => scoreRouge(kind, answer, reference, stemmer))
        .reduce((a, b) => (b.f > a.f ? b : a));
      return {
        [`${id}F`]: best.f,
        [`${id}Precision`]: best.precision,
        [`${id}Recall`]: best.recall,
      };
    },
    value: (totals, count) => totals[`${id}F`]! / count,
    signature: (references) =>
      `nrefs:${references}|stemmer:${stemmer ? "porter" : "none"}|version:relpos-${version}`,
  };
}

function scoreRouge(kind: RougeKind, answer: string, reference: string, stem: boolean): RougeScore {
  const words = (text: string): string[] => rougeWords(text, stem);
  const lines = (text: string): string[][] => text.split("\n").map(words);
  switch (kind) {
    case "rouge1":
      return rougeN(words(answer), words(reference), 1);
    case "rouge2":
      return rougeN(words(answer), words(reference), 2);
    case "rougeL":
      return rougeL(words(answer), words(reference));
    case "rougeLsum":
      return rougeLsum(lines(answer), lines(reference));
  }
}

/** The words of a text as ROUGE sees them, stemmed or not. */
export function rougeWords(text: string, stem = false): string[] {
  const words = text.toLowerCase().match(/[a-z0-9]+/g) ?? [];
  return stem ? words.map((word) => (word.length > 3 ? porterStem(word) : word)) : words;
}
