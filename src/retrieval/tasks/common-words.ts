/**
 * Common words: which words of a numbered list appear often?
 *
 *     Below is a numbered list of words. In these words, some appear more often than others. Memorize the ones that appear most
 *     often. / 1. river 2. anchor 3. river … / Question: What are the 10 most common words in the above list? Answer: The top 10
 *     words that appear most often in the list are: → river, …
 *
 * Ten common words appear six times each, the others once, as RULER has it for lists below 4,096 tokens; with the short wording
 * two common words appear three times each. The list has as many other words as its length allows.
 *
 * Source:    Hsieh et al. 2024 (RULER), https://arxiv.org/abs/2404.06654, section 3 and appendix B
 * Reference: NVIDIA/RULER, scripts/data/synthetic/common_words_extraction.py
 * Differs:   no solved example is shown first. Longer lists have six repetitions too, there thirty, and other words once, there
 *            three times. Where the likeliest tokens are judged, the words are expected in the order in which they first appear,
 *            joined by ", "
 *
 * @module
 */
import type { Random } from "../../random/random.ts";
import { different } from "../draw.ts";
import type { RetrievalTask } from "../task.ts";
import { adjectives, nouns } from "../words.ts";

const common = { published: 10, short: 2 } as const;
const repeats = { published: 6, short: 3 } as const;

export const commonWords: RetrievalTask = {
  name: "common-words",
  summary: "the words that a list has most often",
  placed: false,
  writtenTokens: 120,
  space: (wording) => ({ answers: common[wording], possible: nouns.length, repeat: false }),
  draft({ random, hidden, wording }) {
    const words = different(hidden, nouns, common[wording]);
    const often = words.flatMap((word) => Array.from({ length: repeats[wording] }, () => word));
    const shuffled = Array.from(
      random.split("order").permutation(often.length),
      (at) => often[at]!,
    );
    const numbered = wording === "published";
    return {
      introduction: numbered
        ? "Below is a numbered list of words. In these words, some appear more often than others. Memorize the ones that " +
          "appear most often.\n"
        : "",
      long: {
        kind: "list",
        list: (further) =>
          mixed(random.split("places"), shuffled, further)
            .map((word, at) => (numbered ? `${at + 1}. ${word}` : word))
            .join(" "),
      },
      question: numbered
        ? `\nQuestion: What are the ${words.length} most common words in the above list? Answer: The top ${words.length} words ` +
          `that appear most often in the list are:`
        : ". Most common:",
      answers: [...new Set(shuffled)],
    };
  },
};

/** The words in their order, with others between them; one word more changes the places of none. */
function mixed(random: Random, words: readonly string[], further: number): readonly string[] {
  const between = words.map((): string[] => []);
  const start: string[] = [];
  for (let n = 0; n < further; n++) {
    const other = otherWord(random, n);
    const place = random.integer(words.length + 1);
    (place === 0 ? start : between[place - 1]!).push(other);
  }
  return [...start, ...words.flatMap((word, at) => [word, ...between[at]!])];
}

/** A word that is no answer: answers are nouns, and this is an adjective or two joined. Each is drawn about equally often. */
function otherWord(random: Random, n: number): string {
  const first = adjectives[random.integer(adjectives.length)]!;
  return n < adjectives.length ? adjectives[n]! : `${first}${adjectives[n % adjectives.length]!}`;
}
