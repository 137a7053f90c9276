/**
 * The methods of remapped-methods.ts for a trained model: their numbers follow from its length of training and the factor
 * where they are not given.
 *
 * @module
 */
import { option } from "../../options/option.ts";
import type { OptionFields } from "../../options/option.ts";
import { flag, number, whole, word } from "../../options/value.ts";
import type { Choice } from "../compose/composition.ts";
import { remappedMethods } from "./remapped-methods.ts";

/** A trained rope, and how long texts are to become; see methods.ts. */
export interface RemappedGiven {
  readonly factor: number;
  readonly length: number;
  readonly settings: Readonly<Record<string, unknown>>;
}

/** A method and how its numbers follow. */
export interface RemappedChoice {
  readonly id: string;
  readonly summary: string;
  readonly options: OptionFields;
  /** The options of the encoding beside those of rope. */
  readonly numbers: (given: RemappedGiven) => object;
}

const positive = whole({ least: 1 });
const half = option("Distances below it are as trained.", positive, {
  otherwise: "half the length of training",
});
const grows = option(
  "Whether queries beyond the length of training grow with the logarithm of their position.",
  flag,
  { default: true },
);
const logLengthOf = (length: number, logN: unknown): object =>
  logN === true ? { logLength: length } : {};
const summaryOf = (id: string): string => remappedMethods.find((each) => each.id === id)!.summary;

/** Numbers of each method. */
export const remappedChoices: readonly RemappedChoice[] = [
  {
    id: "self-extend",
    summary: summaryOf("self-extend"),
    options: {
      window: option("Distances below it are as trained; a multiple of the group.", positive, {
        otherwise: "half the length of training",
      }),
      group: option("Positions in a group.", positive, {
        otherwise: "the smallest that holds the longer texts",
      }),
      logN: option(grows.sentence, flag, { default: false }),
    },
    numbers({ factor, length, settings }) {
      const { window = Math.floor(length / 2), logN } = settings as {
        window?: number;
        logN: boolean;
      };
      if (window >= length)
        throw new RangeError(
          `extend: self-extend: a window of ${window} leaves none of the ${length} distances of training to groups. ` +
            `Give a smaller window.`,
        );
      // (L − W) · G + W tokens are held.
      const least = Math.max(1, Math.ceil((length * factor - window) / (length - window)));
      const group = (settings["group"] as number | undefined) ?? least;
      const whole = settings["window"] === undefined ? Math.floor(window / group) * group : window;
      if (whole === 0)
        throw new RangeError(
          `extend: self-extend: groups of ${group} do not fit into a window of ${window}. Lower the factor, or give group ` +
            `and window.`,
        );
      return { window: whole, group, ...logLengthOf(length, logN) };
    },
  },
  {
    id: "jet-long",
    summary: summaryOf("jet-long"),
    options: {
      near: option("Distances up to it are as trained.", positive, {
        otherwise: "half the length of training, at most 2048 as in the authors' configurations",
      }),
    },
    numbers({ length, settings }) {
      const near =
        (settings["near"] as number | undefined) ?? Math.min(2048, Math.floor(length / 2));
      if (near >= length)
        throw new RangeError(
          `extend: jet-long: distances up to ${near} as trained are more than the ${length} of training. Give a smaller near.`,
        );
      return { near, length };
    },
  },
  {
    id: "rerope",
    summary: summaryOf("rerope"),
    options: { window: half, logN: grows },
    numbers: ({ length, settings: { window, logN } }) => ({
      window: window ?? Math.floor(length / 2),
      ...logLengthOf(length, logN),
    }),
  },
  {
    id: "leaky-rerope",
    summary: summaryOf("leaky-rerope"),
    options: {
      window: half,
      slower: option("How many times slower distances beyond it grow.", number({ least: 1 }), {
        otherwise: "so that the longer texts have the distances of training",
      }),
      logN: grows,
    },
    numbers({ factor, length, settings }) {
      const window = (settings["window"] as number | undefined) ?? Math.floor(length / 2);
      if (window >= length - 1)
        throw new RangeError(
          `extend: leaky-rerope: a window of ${window} leaves no distance of the ${length} of training. Give a smaller one.`,
        );
      const slower = settings["slower"] ?? (length * factor - 1 - window) / (length - 1 - window);
      return { window, slower, ...logLengthOf(length, settings["logN"]) };
    },
  },
  {
    id: "dca",
    summary: summaryOf("dca"),
    options: {
      chunk: option("Positions in a chunk.", positive, {
        otherwise: "5/8 of the length of training",
      }),
      size: option("No distance is larger.", positive, {
        otherwise: "3/4 of the length of training",
      }),
      cap: option(
        "The largest position of queries: the size as in the authors' code, or one less as in their paper.",
        word("code", "paper"),
        { default: "code" },
      ),
    },
    numbers: ({ length, settings: { chunk, size, cap } }) => ({
      chunk: chunk ?? Math.max(1, Math.floor((5 * length) / 8)),
      size: size ?? Math.max(1, Math.floor((3 * length) / 4)),
      cap,
    }),
  },
  {
    id: "streaming-llm",
    summary: summaryOf("streaming-llm"),
    options: {
      sinks: option("First tokens that are always seen.", positive, { default: 4 }),
      recent: option("Last tokens that are seen.", positive, {
        otherwise: "the length of training without the first",
      }),
    },
    numbers: ({ length, settings: { sinks, recent } }) => ({
      sinks,
      recent: recent ?? Math.max(1, length - (sinks as number)),
    }),
  },
  {
    id: "lm-infinite",
    summary: summaryOf("lm-infinite"),
    options: {
      global: option("First tokens that are always seen.", positive, { default: 10 }),
    },
    numbers: ({ length, settings: { global } }) => ({ global, length }),
  },
];

/** The encoding of a layer with a trained rope. */
export function remappedChoice(
  { id, numbers }: RemappedChoice,
  trained: object,
  given: RemappedGiven,
): Choice {
  const definition = remappedMethods.find((each) => each.id === id)!;
  return { definition, options: { ...trained, ...numbers(given) } };
}
