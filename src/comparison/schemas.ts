/**
 * Schemas of the values in results.json. The message of each is what was expected ("a positive integer"), and
 * `readWith` makes a sentence of it, with the place and what was found there.
 *
 * @module
 */
import { z } from "zod";

/** A document that is not results.json, or is damaged. */
export class ResultsError extends Error {
  /** Path of the wrong value: "trials[2].seed". */
  readonly path: string;

  constructor(path: string, message: string) {
    super(`results: ${message}`);
    this.name = "ResultsError";
    this.path = path;
  }
}

/** A string. */
export const text: z.ZodString = z.string("a string");

/** A finite number. */
export const number: z.ZodNumber = z.number("a number");

/** A whole number above 0. */
export const count: z.ZodType<number> = z
  .number("a positive integer")
  .refine((value) => Number.isSafeInteger(value) && value > 0, "a positive integer");

/** A whole number from 1 to `most`. */
export function upTo(most: number): z.ZodType<number> {
  return count.refine((value) => value <= most, `a whole number from 1 to ${most}`);
}

/** A measurement; null means that it was not finite, and is read as NaN. */
export const measurement: z.ZodType<number> = z
  .number("a number")
  .nullable()
  .transform((value) => value ?? NaN);

/** An array of at least `least` entries. */
export function list<Item>(item: z.ZodType<Item>, least = 0): z.ZodType<Item[]> {
  return z.array(item, "an array").min(least, "an array that is not empty");
}

/** One of some words. */
export function oneOf<Word extends string>(...words: readonly Word[]): z.ZodType<Word> {
  return z.enum(words, words.map(show).join(" or "));
}

/** An object; fields that are not named are dropped. */
export function object<Shape extends z.core.$ZodLooseShape>(
  shape: Shape,
): z.ZodObject<z.core.util.Writeable<Shape>> {
  return z.object(shape, "an object");
}

/** A field that may be absent, and is not `undefined` where it is present. */
export function optional<Value>(schema: z.ZodType<Value>): z.ZodExactOptional<z.ZodType<Value>> {
  return z.exactOptional(schema);
}

/** `present` where the value has the field `key`, `absent` elsewhere. */
export function either<Present, Absent>(
  key: string,
  present: z.ZodType<Present>,
  absent: z.ZodType<Absent>,
): z.ZodType<Present | Absent> {
  return z.unknown().transform((value, context) => {
    const has = typeof value === "object" && value !== null && key in value;
    const read = (has ? present : absent).safeParse(value);
    if (read.success) return read.data;
    for (const { path, message } of read.error.issues)
      context.issues.push({ code: "custom", path: [...path], message, input: value });
    return z.NEVER;
  });
}

/**
 * The value, checked.
 *
 * @param at the path of the value within its document
 * @throws {ResultsError} naming the first value that is missing or of the wrong kind
 */
export function readWith<Value>(schema: z.ZodType<Value>, value: unknown, at = ""): Value {
  const read = schema.safeParse(value);
  if (read.success) return read.data;
  const { path, message } = read.error.issues[0]!;
  const found = path.reduce<unknown>(
    (parent, key) => (parent as Record<PropertyKey, unknown> | undefined)?.[key],
    value,
  );
  return fail(placeOf(at, path), message, found);
}

/** "trials[3].evaluations[0].tokens" */
function placeOf(at: string, path: readonly PropertyKey[]): string {
  return path.reduce<string>((place, key) => {
    if (typeof key === "number") return `${place}[${key}]`;
    return place ? `${place}.${String(key)}` : String(key);
  }, at);
}

/**
 * Refuses a value.
 *
 * @throws {ResultsError} always
 */
export function fail(path: string, expected: string, found: unknown): never {
  throw new ResultsError(
    path,
    `${path || "the document"} must be ${expected}, got ${show(found)}. ` +
      `Run the comparison again to write a whole document.`,
  );
}

/** A value in a message. */
export function show(value: unknown): string {
  if (value === undefined) return "nothing";
  const words = JSON.stringify(value);
  return words.length > 60 ? `${words.slice(0, 57)}…` : words;
}
