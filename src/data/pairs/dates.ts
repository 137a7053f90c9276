/**
 * Dates written out in many languages, and the same dates as year, month and day.
 *
 *     read      Donnerstag, 4. März 2027                  2027-03-04
 *     write     de 2027-03-04                             4. März 2027
 *     between   fr Donnerstag, 4. März 2027               4 mars 2027
 *
 * A source has one date or several, joined as the language joins a list: "4 mars 2027 et 5 mai 1912". The days from 1900 to 2099
 * are divided: a day of the validation or of a test occurs in no source of the training.
 *
 * @module
 */
import { option } from "../../options/option.ts";
import type { ReadOptions } from "../../options/option.ts";
import { anyWord, listOf, whole, word } from "../../options/value.ts";
import type { Random } from "../../random/random.ts";
import { drawInPart, drawPairs } from "./draw-pairs.ts";
import type { DrawnPairs } from "./draw-pairs.ts";
import { checkLocales } from "./locales.ts";
import type { TextPair } from "./pair.ts";

/** The options of dates. */
export const dateOptions = {
  direction: option(
    "What is asked for: a written date is read, a date is written in a language, or translated into another language.",
    word("read", "write", "between"),
    { default: "read" },
  ),
  most: option(
    'The most dates in a source of the training; sources of the test "longer" have more, up to twice as many.',
    whole({ least: 1, most: 100 }),
    { default: 2 },
  ),
  locales: option("The languages, as BCP 47 tags.", listOf(anyWord, { distinct: true }), {
    default: "ar de el en es fi fr hi it ja nl pl pt ru sv tr".split(" "),
  }),
  train: option("Pairs to train on.", whole({ least: 1, most: 1_000_000 }), { default: 20_000 }),
  test: option("Pairs of the validation, and of each test.", whole({ least: 1, most: 100_000 }), {
    default: 500,
  }),
  seed: option("The seed of what is drawn.", whole({ least: 0 }), { default: 1 }),
} as const;

/** The options of dates, with defaults. */
export type DateOptions = ReadOptions<typeof dateOptions>;

const FIRST_DAY = Date.UTC(1900, 0, 1);
const DAY_MS = 86_400_000;
/** To the end of 2099. */
const DAYS = 73_049;

/** How one language writes a date, with the day of the week or without, and a list. */
interface Writer {
  readonly locale: string;
  readonly date: (day: Date) => string;
  readonly dateWithWeekday: (day: Date) => string;
  readonly list: (items: readonly string[]) => string;
}

/**
 * Draws pairs of dates.
 *
 * @throws {InputError} for a language that the runtime does not have, or more different pairs than there are
 */
export function drawDates(options: DateOptions): DrawnPairs {
  const { direction, most, locales, seed } = options;
  checkLocales("dates", locales, Intl.DateTimeFormat);
  const writers = locales.map(writerOf);
  return drawPairs("dates", options, (random, part, longer) => {
    const count = longer ? most + 1 + random.integer(most) : 1 + random.integer(most);
    const days = Array.from({ length: count }, () =>
      drawInPart(seed, part, isoOf, () => new Date(FIRST_DAY + DAY_MS * random.integer(DAYS))),
    );
    return pairOf(direction, days, random, writers);
  });
}

function pairOf(
  direction: DateOptions["direction"],
  days: readonly Date[],
  random: Random,
  writers: readonly Writer[],
): TextPair {
  const { locale, date, dateWithWeekday, list } = writers[random.integer(writers.length)]!;
  const plain = days.map(isoOf).join(" ");
  if (direction === "write") return { source: `${locale} ${plain}`, target: list(days.map(date)) };
  const written = list(days.map(random.integer(2) === 0 ? date : dateWithWeekday));
  if (direction === "read") return { source: written, target: plain };
  const other = writers[random.integer(writers.length)]!;
  return { source: `${other.locale} ${written}`, target: other.list(days.map(other.date)) };
}

function isoOf(day: Date): string {
  return day.toISOString().slice(0, 10);
}

function writerOf(locale: string): Writer {
  const parts = {
    year: "numeric",
    month: "long",
    day: "numeric",
    timeZone: "UTC",
    calendar: "gregory",
  } as const;
  const date = new Intl.DateTimeFormat(locale, parts);
  const dateWithWeekday = new Intl.DateTimeFormat(locale, { ...parts, weekday: "long" });
  const list = new Intl.ListFormat(locale, { type: "conjunction" });
  return {
    locale,
    date: (day) => date.format(day),
    dateWithWeekday: (day) => dateWithWeekday.format(day),
    list: (items) => list.format(items),
  };
}
