/**
 * Drawing of pairs in parts: for training, validation, the test "within" with sources as long as those of the training, and
 * the test "longer".
 *
 * @module
 */
import { InputError } from "../../errors.ts";
import { random as stream } from "../../random/random.ts";
import type { Random } from "../../random/random.ts";
import type { PairTest, TextPair } from "./pair.ts";

/** What a date or number is used for. */
export type Part = "train" | "validation" | "test";

/** The drawn pairs in their parts. */
export interface DrawnPairs {
  readonly train: readonly TextPair[];
  readonly validation: readonly TextPair[];
  readonly tests: readonly PairTest[];
}

/** How many pairs are drawn, and the seed. */
export interface DrawSizes {
  readonly train: number;
  readonly test: number;
  readonly seed: number;
}

/** Draws a pair whose dates or numbers are all of one part; `longer` asks for a source longer than any of the training. */
export type DrawPair = (random: Random, part: Part, longer: boolean) => TextPair;

/** Draws in a row that may give nothing new before there is held to be nothing new. */
const MOST_REPEATED = 1_000;

/**
 * The same pairs for the same seed and options. Sources of the validation and of a test differ from one another.
 *
 * @param who whose pairs they are, the first word of messages
 * @throws {InputError} there are too few different sources, or two targets of one source
 */
export function drawPairs(who: string, sizes: DrawSizes, draw: DrawPair): DrawnPairs {
  const { train, test, seed } = sizes;
  const targets = new Map<string, string>();
  const checked: DrawPair = (...how) => {
    const pair = draw(...how);
    const known = targets.get(pair.source);
    if (known !== undefined && known !== pair.target)
      throw new InputError(
        `${who}: "${pair.source}" is written for both "${known}" and "${pair.target}", in different languages. Remove one of ` +
          `them from locales.`,
      );
    targets.set(pair.source, pair.target);
    return pair;
  };
  const different = (part: Part, name: string, longer: boolean): readonly TextPair[] => {
    const random = stream(seed, "pairs", who, name);
    const found = new Map<string, TextPair>();
    for (let repeated = 0; found.size < test;) {
      const pair = checked(random, part, longer);
      repeated = found.has(pair.source) ? repeated + 1 : 0;
      found.set(pair.source, pair);
      if (repeated === MOST_REPEATED)
        throw new InputError(
          `${who}: test ${test} asks for more different sources than there are; about ${found.size} were found. Ask for fewer.`,
        );
    }
    return [...found.values()];
  };
  const random = stream(seed, "pairs", who, "train");
  return {
    train: Array.from({ length: train }, () => checked(random, "train", false)),
    validation: different("validation", "validation", false),
    tests: [
      { id: "within", pairs: different("test", "within", false) },
      { id: "longer", pairs: different("test", "longer", true) },
    ],
  };
}

/** Draws until something is of the part. The seed and the text alone decide the part: two tenths are for judging. */
export function drawInPart<Item>(
  seed: number,
  part: Part,
  textOf: (item: Item) => string,
  draw: () => Item,
): Item {
  for (;;) {
    const item = draw();
    if (partOf(seed, textOf(item)) === part) return item;
  }
}

function partOf(seed: number, text: string): Part {
  const tenth = stream(seed, "pairs", "part", text).integer(10);
  return tenth === 0 ? "validation" : tenth === 1 ? "test" : "train";
}
