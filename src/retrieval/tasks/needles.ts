/**
 * Needles in a haystack: sentences with a number each, in a text that has nothing to do with them.
 *
 *     needle        one sentence, one number                       RULER's niah_single_2
 *     multi-key     four sentences, one of them is asked for       RULER's niah_multikey_1
 *     multi-value   four numbers of one name, all are asked for    RULER's niah_multivalue
 *     multi-query   four names with a number each, all asked for   RULER's niah_multiquery
 *
 *     A special magic number is hidden within the following text. Make sure to memorize it. I will quiz you about the number
 *     afterwards. / … One of the special magic numbers for plain-eagle is: 3405612. … / What is the special magic number for
 *     plain-eagle mentioned in the provided text? The special magic number for plain-eagle mentioned in the provided text is
 *     → 3405612
 *
 * With the short wording there are two needles in place of four, with four digits: "The number of eagle is 3405."
 *
 * The first needle that is asked for is at the depth of the sample, the others anywhere, further numbers of its name behind it.
 *
 * Source:    Hsieh et al. 2024 (RULER), https://arxiv.org/abs/2404.06654, section 3 and appendix B
 * Reference: NVIDIA/RULER, scripts/data/synthetic/niah.py
 * Differs:   where the likeliest tokens are judged, several numbers are expected in the order of the text or of the question,
 *            joined by ", ". The text is not Paul Graham's essays but what the caller gives
 *
 * @module
 */
import type { Random } from "../../random/random.ts";
import { different, valueCount, valueOf } from "../draw.ts";
import type { DrawRequest, Insertion, RetrievalTask, RetrievalTaskName, Wording } from "../task.ts";
import { adjectives, nouns } from "../words.ts";

interface Kind {
  readonly name: RetrievalTaskName;
  readonly summary: string;
  /** Of the several needles: names, numbers of each, names that are asked for. */
  readonly several: { readonly keys: boolean; readonly values: boolean; readonly queries: boolean };
}

const needles = { published: 4, short: 2 } as const;
const digits = { published: 7, short: 4 } as const;

function needleTask({ name, summary, several }: Kind): RetrievalTask {
  const countOf = (which: boolean, wording: Wording): number => (which ? needles[wording] : 1);
  return {
    name,
    summary,
    placed: true,
    writtenTokens: 128,
    space: (wording, values) => ({
      answers: countOf(several.queries, wording) * countOf(several.values, wording),
      possible: valueCount(values, digits[wording]),
      repeat: true,
    }),
    draft(request) {
      const { hidden, wording, values, random } = request;
      const keys = keysOf(random, wording, countOf(several.keys, wording));
      const numbers = keys.map(() =>
        Array.from({ length: countOf(several.values, wording) }, () =>
          valueOf(hidden, values, digits[wording]),
        ),
      );
      const places = placesOf(request, keys.length * numbers[0]!.length, several.values);
      const insertions = keys.flatMap((key, at) =>
        numbers[at]!.map((value, n): Insertion => ({
          text: sentenceOf(key, value, wording, values),
          depth: places[at * numbers[0]!.length + n]!,
        })),
      );
      const asked = keys.slice(0, countOf(several.queries, wording));
      const answers = asked.flatMap((_, at) => numbers[at]!);
      return {
        ...wordsAround(asked, answers.length, wording, values),
        long: { kind: "text", filler: "prose", insertions },
        answers,
      };
    },
  };
}

function keysOf(random: Random, wording: Wording, count: number): string[] {
  if (wording === "short") return different(random, nouns, count);
  const first = different(random, adjectives, count);
  return different(random, nouns, count).map((noun, at) => `${first[at]!}-${noun}`);
}

/** The depth of each needle, of which the first has that of the sample; in order: the others behind it, ascending. */
function placesOf({ random, depth }: DrawRequest, count: number, inOrder: boolean): number[] {
  const others = Array.from({ length: count - 1 }, () => random.uniform());
  if (!inOrder) return [depth, ...others];
  return [depth, ...others.map((place) => depth + place * (1 - depth)).sort((a, b) => a - b)];
}

function sentenceOf(key: string, value: string, wording: Wording, values: string): string {
  return wording === "short"
    ? `The ${values === "numbers" ? "number" : "word"} of ${key} is ${value}.`
    : `One of the special magic ${values} for ${key} is: ${value}.`;
}

function wordsAround(
  keys: readonly string[],
  count: number,
  wording: Wording,
  values: string,
): { readonly introduction: string; readonly question: string } {
  const one = values.slice(0, -1);
  const listed =
    keys.length === 1 ? keys[0]! : `${keys.slice(0, -1).join(", ")}, and ${keys.at(-1)!}`;
  if (wording === "short")
    return {
      introduction: "",
      question: count === 1 ? ` The ${one} of ${listed} is` : ` The ${values} of ${listed} are`,
    };
  const [quantity, noun, verb, all] =
    count === 1 ? ["A", one, "is", ""] : ["Some", values, "are", "all "];
  return {
    introduction:
      `${quantity} special magic ${noun} ${verb} hidden within the following text. Make sure to memorize it. ` +
      `I will quiz you about the ${noun} afterwards.\n`,
    question:
      `\nWhat ${verb} ${all}the special magic ${noun} for ${listed} mentioned in the provided text? ` +
      `The special magic ${noun} for ${listed} mentioned in the provided text ${verb}`,
  };
}

export const needle = needleTask({
  name: "needle",
  summary: "a number in a sentence of another text",
  several: { keys: false, values: false, queries: false },
});
export const multiKey = needleTask({
  name: "multi-key",
  summary: "one of several names, each with a number",
  several: { keys: true, values: false, queries: false },
});
export const multiValue = needleTask({
  name: "multi-value",
  summary: "all numbers of one name",
  several: { keys: false, values: true, queries: false },
});
export const multiQuery = needleTask({
  name: "multi-query",
  summary: "the numbers of several names",
  several: { keys: true, values: false, queries: true },
});
