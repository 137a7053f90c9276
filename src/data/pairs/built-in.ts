/**
 * Pairs that need no file, by name and options.
 *
 * @module
 */
import { InputError, unknownName } from "../../errors.ts";
import { shortened } from "../../format.ts";
import type { OptionFields } from "../../options/option.ts";
import { OptionError, readOptions } from "../../options/read.ts";
import { TextReader } from "../../options/text-reader.ts";
import type { BuiltInChoice } from "./choice.ts";
import { dateOptions, drawDates } from "./dates.ts";
import type { DrawnPairs } from "./draw-pairs.ts";
import { intlVersion } from "./locales.ts";
import { drawNumbers, numberOptions } from "./numbers.ts";
import { digestOfPairs } from "./pair.ts";
import type { PairSet } from "./pair.ts";

/** The names of the built-in pairs, the default first. */
export const builtInPairs = ["dates", "numbers"] as const;

/** The options of each. */
export const builtInOptions: Readonly<Record<(typeof builtInPairs)[number], OptionFields>> = {
  dates: dateOptions,
  numbers: numberOptions,
};

/** A choice with every option, as a run records it. */
export type CompleteBuiltIn = BuiltInChoice & {
  readonly options: Readonly<Record<string, unknown>>;
};

/**
 * The choice that a text means: `dates`, `numbers(digits=5,locales=[de,fr])`.
 *
 * @throws {InputError} for a text that cannot be read, or an unknown name or option
 */
export function builtInChoice(text: string): CompleteBuiltIn {
  const reader = new TextReader(
    text,
    (wanted, place) =>
      new InputError(
        `data "${shortened(text, 200)}": expected ${wanted} at character ${place}. Write it as dates(most=3).`,
      ),
  );
  const name = reader.word(/[\w-]*/y, "the name of built-in data");
  const options = reader.take("(") ? reader.options(")") : {};
  reader.end();
  return completeBuiltIn({ name, options } as BuiltInChoice);
}

/**
 * The choice with the defaults of all options, so that a later version with other defaults makes the same pairs.
 *
 * @throws {InputError} for an unknown name, or an option that is unknown or out of its bounds
 */
export function completeBuiltIn({ name, options = {} }: BuiltInChoice): CompleteBuiltIn {
  if (!builtInPairs.includes(name)) throw unknownName("data", name, builtInPairs);
  try {
    const read = readOptions(`data ${name}`, builtInOptions[name], options);
    return { name, options: { ...read } };
  } catch (cause) {
    if (cause instanceof OptionError) throw new InputError(cause.message, { cause });
    throw cause;
  }
}

/**
 * Built-in pairs, the same for the same choice and the same data of `Intl`, whose version `source` names.
 *
 * @throws {InputError} for an unknown name or option, a language that the runtime does not have, or too many pairs
 */
export async function makeBuiltIn(choice: BuiltInChoice): Promise<PairSet> {
  const { name, options } = completeBuiltIn(choice);
  // The options were read just above.
  const drawn: DrawnPairs =
    name === "dates"
      ? drawDates(options as Parameters<typeof drawDates>[0])
      : drawNumbers(options as Parameters<typeof drawNumbers>[0]);
  return {
    name,
    ...drawn,
    source: `${name} of relpos, written by Intl with ${intlVersion()}`,
    sha256: await digestOfPairs([
      ["train", drawn.train],
      ["validation", drawn.validation],
      ...drawn.tests.map(({ id, pairs }) => [`test ${id}`, pairs] as const),
    ]),
    notes: [],
  };
}
