/**
 * n-grams with Kneser-Ney smoothing, against their definition written out over lists of substrings.
 */
import { describe, expect, test } from "vitest";
import { countNgrams } from "../../src/evaluation/ngrams.ts";
import { random } from "../../src/random/random.ts";

const vocab = 5;

/** A text whose tokens depend on the two before them, so that orders differ. */
function text(seed: number, length: number): Int32Array {
  const stream = random(seed, "ngrams");
  const tokens = new Int32Array(length);
  for (let at = 0; at < length; at++)
    tokens[at] =
      at < 2 || stream.integer(4) === 0
        ? stream.integer(vocab - 1) // the last id never occurs
        : (tokens[at - 1]! + 2 * tokens[at - 2]!) % (vocab - 1);
  return tokens;
}

/** p(w | h) from the formula: every count is taken from the list of all substrings. */
function byDefinition(training: readonly number[], order: number) {
  const grams = (n: number): string[] =>
    training.slice(0, training.length - n + 1).map((_, at) => training.slice(at, at + n).join());
  const unique = (list: readonly string[]): string[] => [...new Set(list)];
  /** Counts of n-grams as the level below `order` and the highest level see them. */
  const countsOf = (n: number, highest: boolean): Map<string, number> => {
    const list = highest
      ? grams(n)
      : unique(grams(n + 1)).map((gram) => gram.split(",").slice(1).join());
    const counts = new Map<string, number>();
    for (const gram of list) counts.set(gram, (counts.get(gram) ?? 0) + 1);
    return counts;
  };
  const probability = (word: number, history: readonly number[], highest: boolean): number => {
    const n = history.length + 1;
    const counts = countsOf(n, highest);
    const values = [...counts.values()];
    const [ones, twos] = [1, 2].map((times) => values.filter((count) => count === times).length);
    const discount = ones! > 0 && twos! > 0 ? ones! / (ones! + 2 * twos!) : 0.5;
    const lower = history.length === 0 ? 1 / vocab : probability(word, history.slice(1), false);
    const after = Array.from(
      { length: vocab },
      (_, next) => counts.get([...history, next].join()) ?? 0,
    );
    const total = after.reduce((a, b) => a + b, 0);
    if (total === 0) return lower;
    const kinds = after.filter((count) => count > 0).length;
    return (Math.max(after[word]! - discount, 0) + discount * kinds * lower) / total;
  };
  return (word: number, history: readonly number[]): number =>
    probability(word, history.slice(-(order - 1) || history.length), true);
}

describe("bits", () => {
  const training = text(1, 120);
  const judged = Int32Array.from([...text(2, 24), 4, 0, 1]);
  const counts = countNgrams(training, vocab, 4);
  const bits = counts.bits(judged);

  test.each([1, 2, 3, 4])("order %d is the formula's", (order) => {
    const probability = byDefinition([...training], order);
    for (let at = 1; at < judged.length; at++) {
      const history = [...judged.subarray(Math.max(0, at - order + 1), at)];
      expect(2 ** -bits[order - 1]![at - 1]!).toBeCloseTo(probability(judged[at]!, history), 12);
    }
  });

  test.each([1, 2, 3, 4])("order %d: the probabilities of all tokens add up to 1", (order) => {
    for (const history of [[0], [4], [1, 3], [2, 4], [0, 1, 2], [3, 3, 3]]) {
      const each = Array.from({ length: vocab }, (_, next) => {
        const read = counts.bits(Int32Array.from([...history, next]));
        return 2 ** -read[order - 1]!.at(-1)!;
      });
      expect(each.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12);
      expect(Math.min(...each)).toBeGreaterThan(0);
    }
  });

  test("more context is better on a text that has it, and a text is its own best model", () => {
    const long = countNgrams(text(1, 4000), vocab, 3);
    const of = (other: Int32Array): number[] =>
      long.bits(other).map((each) => each.reduce((a, b) => a + b, 0) / each.length);
    const [one, two, three] = of(text(3, 2000));
    expect(one! - two!).toBeGreaterThan(0.01);
    expect(two! - three!).toBeGreaterThan(0.2);
    expect(of(text(1, 4000))[2]!).toBeLessThan(three!);
  });

  test("the length of a text's own counts bounds nothing: an empty text knows all tokens alike", () => {
    const none = countNgrams(new Int32Array(0), 8, 3).bits(Int32Array.of(1, 2, 3));
    for (const each of none) expect([...each]).toEqual([3, 3]);
    expect(countNgrams(Int32Array.of(1), 8, 2).bits(Int32Array.of(1))[1]).toHaveLength(0);
  });
});

test.each([
  [
    () => countNgrams(Int32Array.of(0, 5), 5, 2),
    "ngrams: token 1 is 5; the vocabulary has the ids",
  ],
  [() => countNgrams(Int32Array.of(0, -1), 5, 2), "ngrams: token 1 is -1; the vocabulary has the"],
  [
    () => countNgrams(Int32Array.of(0), 5, 2).bits(Int32Array.of(7)),
    "token 0 is 7; the vocabulary has the ids 0 to 4. Encode the text with the tokenizer",
  ],
  [() => countNgrams(Int32Array.of(0), 0, 2), "vocab must be a whole number of 1 or more, got 0"],
  [
    () => countNgrams(Int32Array.of(0), 5, 1.5),
    "order must be a whole number of 1 or more, got 1.5",
  ],
])("refused", (call, message) => {
  expect(call).toThrow(RangeError);
  expect(call).toThrow(message);
});
