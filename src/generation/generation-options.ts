/**
 * How text is generated: the options, with their defaults and bounds.
 *
 * @module
 */
import { InputError } from "../errors.ts";
import { option } from "../options/option.ts";
import type { GivenOptions, OptionCondition, ReadOptions } from "../options/option.ts";
import { readOptions } from "../options/read.ts";
import { anyWord, flag, listOf, number, whole } from "../options/value.ts";

const sampled: OptionCondition = {
  option: "temperature",
  words: "a temperature above 0",
  holds: ({ temperature }) => Number(temperature ?? 0) > 0,
};
const searched: OptionCondition = {
  option: "beams",
  words: "2 or more beams",
  holds: ({ beams }) => Number(beams) > 1,
};

/** Options of generation. Names and meanings are those of Hugging Face transformers, spelt as relpos spells. */
export const generationOptions = {
  maxTokens: option("The most tokens that are generated.", whole({ least: 1 }), { default: 100 }),
  beams: option(
    "Texts that beam search keeps at each step; 1 is no search.",
    whole({ least: 1, most: 1000 }),
    {
      default: 1,
    },
  ),
  lengthPenalty: option(
    "Beam search divides a text's log-probability by its length to this power.",
    number({ least: -100, most: 100 }),
    { default: 1, only: searched },
  ),
  earlyStopping: option(
    "Whether beam search ends as soon as it has as many finished texts as beams.",
    flag,
    { default: false, only: searched },
  ),
  temperature: option(
    "Scores are divided by it before a token is drawn; 0 takes the likeliest token.",
    number({ least: 0 }),
    {
      default: 0,
      only: {
        option: "beams",
        words: "1 beam",
        holds: ({ beams, temperature }) => beams === 1 || temperature === 0,
      },
    },
  ),
  topK: option("Draws from this many of the likeliest tokens.", whole({ least: 1 }), {
    otherwise: "all tokens",
    only: sampled,
  }),
  topP: option(
    "Draws from the fewest tokens whose probabilities together reach this share.",
    number({ above: 0, most: 1 }),
    { otherwise: "all tokens", only: sampled },
  ),
  minP: option(
    "Draws from tokens that have at least this share of the likeliest token's probability.",
    number({ above: 0, most: 1 }),
    { otherwise: "all tokens", only: sampled },
  ),
  repetitionPenalty: option(
    "Makes tokens that occurred less likely: positive scores are divided by it, negative ones multiplied.",
    number({ above: 0 }),
    { default: 1 },
  ),
  noRepeatNgram: option(
    "No sequence of this many tokens occurs twice; 0 allows all.",
    whole({ least: 0 }),
    { default: 0 },
  ),
  window: option(
    "Keeps this many of the last tokens beside the first ones and forgets the rest, for texts without end.",
    whole({ least: 1 }),
    {
      otherwise: "all tokens",
      only: { option: "beams", words: "1 beam", holds: ({ beams }) => beams === 1 },
    },
  ),
  sinks: option("First tokens that are kept beside the window.", whole({ least: 0 }), {
    default: 4,
    only: {
      option: "window",
      words: "a window",
      holds: ({ window }) => window !== undefined,
    },
  }),
  stop: option("A text ends before any of these strings.", listOf(anyWord), { otherwise: "none" }),
  endTokens: option("A text ends before any of these token ids.", listOf(whole({ least: 0 })), {
    otherwise: "none",
  }),
  suppressTokens: option("These token ids are never generated.", listOf(whole({ least: 0 })), {
    otherwise: "none",
  }),
  seed: option(
    "Seed of the draws; each text of a batch has draws of its own.",
    whole({ least: 0, most: 2 ** 32 - 1 }),
    {
      default: 0,
    },
  ),
};

/** What may be given. */
export type GenerationOptions = GivenOptions<typeof generationOptions>;

/** What is read of it, with defaults. */
export type GenerationSettings = ReadOptions<typeof generationOptions>;

/**
 * The options with defaults.
 *
 * @throws {OptionError} one is unknown, outside its bounds, or without effect beside the others
 */
export function readGenerationOptions(given: GenerationOptions = {}): GenerationSettings {
  return readOptions("generate", generationOptions, given);
}

/**
 * Checks the token ids among the options.
 *
 * @throws {InputError} one is not in the vocabulary
 */
export function checkTokenOptions(settings: GenerationSettings, vocab: number): void {
  for (const name of ["endTokens", "suppressTokens"] as const) {
    const wrong = settings[name]?.find((id) => id >= vocab);
    if (wrong !== undefined)
      throw new InputError(
        `generate: ${name} has ${wrong}, and the model's tokens are 0 … ${vocab - 1}. Leave it out.`,
      );
  }
}
