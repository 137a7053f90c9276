/**
 * Numbers as languages write them: with their digits and signs, with units, currencies and words for powers of ten.
 *
 *     read      de 1.234,5 Kilometer                      1234.5 kilometer
 *     read      fr 1,2 million                            1200000
 *     write     hi-u-nu-deva 123456                       १,२३,४५६
 *
 * A source begins with the language, because 1.234 means different numbers in different languages. A number of the validation
 * or of a test occurs in no source of the training.
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

/** The options of numbers. */
export const numberOptions = {
  direction: option(
    "What is asked for: a written number is read, or a number is written in a language.",
    word("read", "write"),
    { default: "read" },
  ),
  digits: option(
    'The most digits before the decimal sign in the training; numbers of the test "longer" have more, up to twice as many.',
    whole({ least: 2, most: 100 }),
    { default: 7 },
  ),
  locales: option(
    "The languages, as BCP 47 tags; -u-nu- chooses digits, as in hi-u-nu-deva.",
    listOf(anyWord, { distinct: true }),
    {
      default:
        "ar-u-nu-arab bn de en es fa fr hi-u-nu-deva ja pl ru sv th-u-nu-thai tr zh-u-nu-hanidec".split(
          " ",
        ),
    },
  ),
  train: option("Pairs to train on.", whole({ least: 1, most: 1_000_000 }), { default: 20_000 }),
  test: option("Pairs of the validation, and of each test.", whole({ least: 1, most: 100_000 }), {
    default: 500,
  }),
  seed: option("The seed of what is drawn.", whole({ least: 0 }), { default: 1 }),
} as const;

/** The options of numbers, with defaults. */
export type NumberOptions = ReadOptions<typeof numberOptions>;

type Form = "plain" | "unit" | "currency" | "compact";

/** Compact writing has words for powers of ten; it is exact for numbers of two digits and zeros, and is only read. */
const FORMS: Readonly<Record<NumberOptions["direction"], readonly Form[]>> = {
  read: ["plain", "unit", "currency", "compact"],
  write: ["plain", "unit", "currency"],
};
const UNITS = ["kilometer", "kilogram", "liter", "hour", "degree", "percent"] as const;
const CURRENCIES = ["EUR", "USD", "JPY", "INR"] as const;
/** The fewest digits of a number that is written compactly: below a thousand there is no word. */
const COMPACT_DIGITS = 4;

/** A number without a sign, as plain text and as Intl takes it without rounding. */
interface Plain {
  readonly text: string;
  readonly decimals: number;
}

/**
 * Draws pairs of numbers.
 *
 * @throws {InputError} for a language that the runtime does not have, or more different pairs than there are
 */
export function drawNumbers(options: NumberOptions): DrawnPairs {
  const { direction, digits, locales, seed } = options;
  checkLocales("numbers", locales, Intl.NumberFormat);
  const write = numberWriter();
  return drawPairs("numbers", options, (random, part, longer) => {
    const locale = locales[random.integer(locales.length)]!;
    const form = FORMS[direction][random.integer(FORMS[direction].length)]!;
    const least = Math.max(longer ? digits + 1 : 1, form === "compact" ? COMPACT_DIGITS : 1);
    const most = Math.max(least, longer ? 2 * digits : digits);
    const draw = form === "compact" ? drawRound : drawPlain;
    const number = drawInPart(
      seed,
      part,
      ({ text }) => text,
      () => draw(random, least, most),
    );
    const [words, label] = write(locale, form, number, random);
    const plain = label === "" ? number.text : `${number.text} ${label}`;
    return direction === "read"
      ? { source: `${locale} ${words}`, target: plain }
      : { source: `${locale} ${plain}`, target: words };
  });
}

function drawPlain(random: Random, least: number, most: number): Plain {
  const decimals = random.integer(3);
  const length = least + random.integer(most - least + 1);
  const whole = drawDigits(random, length, length === 1 ? 0 : 1);
  const fraction = drawDigits(random, decimals, 0);
  return { text: decimals === 0 ? whole : `${whole}.${fraction}`, decimals };
}

/** One or two digits, then zeros. */
function drawRound(random: Random, least: number, most: number): Plain {
  const length = least + random.integer(most - least + 1);
  const significant = drawDigits(random, 1 + random.integer(2), 1);
  return { text: significant.padEnd(length, "0"), decimals: 0 };
}

/** `first` is the least value of the first digit. */
function drawDigits(random: Random, length: number, first: 0 | 1): string {
  return Array.from({ length }, (_, place) =>
    place === 0 ? first + random.integer(10 - first) : random.integer(10),
  ).join("");
}

/** What writes a number: the words, and the unit or currency as the plain text names it. */
type NumberWriter = (
  locale: string,
  form: Form,
  number: Plain,
  random: Random,
) => readonly [words: string, label: string];

function numberWriter(): NumberWriter {
  const formats = new Map<string, Intl.NumberFormat>();
  return (locale, form, { text, decimals }, random) => {
    const label =
      form === "unit"
        ? UNITS[random.integer(UNITS.length)]!
        : form === "currency"
          ? CURRENCIES[random.integer(CURRENCIES.length)]!
          : "";
    const key = `${locale} ${form} ${label} ${decimals}`;
    const format = formats.get(key) ?? formatOf(locale, form, label, decimals);
    formats.set(key, format);
    // As a text: a number has 53 bits, and would be rounded from 16 digits on.
    return [format.format(text as Intl.StringNumericLiteral), label];
  };
}

function formatOf(locale: string, form: Form, label: string, decimals: number): Intl.NumberFormat {
  if (form === "compact")
    return new Intl.NumberFormat(locale, { notation: "compact", compactDisplay: "long" });
  return new Intl.NumberFormat(locale, {
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
    ...(form === "unit" && { style: "unit", unit: label, unitDisplay: "long" }),
    ...(form === "currency" && { style: "currency", currency: label, currencyDisplay: "name" }),
  });
}
