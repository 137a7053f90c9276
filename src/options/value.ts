/**
 * Kinds of values that options have, each a check by zod and its shape as plain data.
 *
 * @module
 */
import { refuseUnknownNames } from "../errors.ts";
import type { NamesOf } from "../errors.ts";
import * as z from "zod/mini";
import type { GivenOptions, OptionFields, ReadOptions, Value } from "./option.ts";

/** Bounds of numbers: `least` and `most` are allowed themselves, `above` and `below` are not. */
export interface Bounds {
  readonly least?: number;
  readonly most?: number;
  readonly above?: number;
  readonly below?: number;
}

const boundNames: NamesOf<Bounds> = { least: true, most: true, above: true, below: true };
const wholeNames = { least: true, most: true, multipleOf: true } as const;
const listNames = { count: true, distinct: true } as const;

/** A finite number. */
export function number(bounds: Bounds = {}): Value<number> {
  refuseUnknownNames("number", bounds, boundNames);
  return { schema: bounded(z.number(), bounds), shape: { kind: "number", ...bounds } };
}

/** Positions, rows and widths end here: the whole numbers that float32 counts, as far as positions go. */
const mostCounted = 2 ** 24;

/** A whole number of at most 2^24 unless said otherwise, or a multiple of one. */
export function whole(
  given: Pick<Bounds, "least" | "most"> & { readonly multipleOf?: number } = {},
): Value<number> {
  refuseUnknownNames("whole", given, wholeNames);
  const bounds = { most: mostCounted, ...given };
  const { multipleOf } = bounds;
  const schema = multipleOf === undefined ? z.int() : z.int().check(z.multipleOf(multipleOf));
  return { schema: bounded(schema, bounds), shape: { kind: "integer", ...bounds } };
}

/** True or false. */
export const flag: Value<boolean> = { schema: z.boolean(), shape: { kind: "boolean" } };

/** One of several words. */
export function word<const Word extends string>(...words: readonly Word[]): Value<Word> {
  return { schema: z.enum(words as unknown as [Word]), shape: { kind: "word", words } };
}

/** Any text, as the name of something that is looked up elsewhere. */
export const anyWord: Value<string> = {
  schema: z.string().check(z.minLength(1)),
  shape: { kind: "word" },
};

/** A list of one item or more, or of exactly `count`; `distinct` items differ from one another. */
export function listOf<Item>(
  items: Value<Item>,
  options: { readonly count?: number; readonly distinct?: boolean } = {},
): Value<readonly Item[]> {
  refuseUnknownNames("listOf", options, listNames);
  const { count, distinct = false } = options;
  const sized = z.array(items.schema).check(count === undefined ? z.minLength(1) : z.length(count));
  return {
    schema: distinct ? sized.check(z.refine((list) => new Set(list).size === list.length)) : sized,
    shape: {
      kind: "list",
      items: items.shape,
      ...(count !== undefined && { count }),
      ...(distinct && { distinct }),
    },
  };
}

/** One of two kinds of values. */
export function either<A, B>(first: Value<A>, second: Value<B>): Value<A | B> {
  return {
    schema: z.union([first.schema, second.schema]),
    shape: { kind: "either", alternatives: [first.shape, second.shape] },
  };
}

const plainObject = z.record(z.string(), z.unknown());

/** An object that is read elsewhere, as the options of another encoding. */
export const anyRecord: Value<Readonly<Record<string, unknown>>, object> = {
  schema: plainObject,
  shape: { kind: "record" },
};

/** An object of options. */
export function record<const Fields extends OptionFields>(
  fields: Fields,
): Value<ReadOptions<Fields>, GivenOptions<Fields>> {
  return { schema: plainObject, shape: { kind: "record" }, forms: { of: { "": fields } } };
}

type Forms = Readonly<Record<string, OptionFields>>;

/** An object of options, of which the word in the field `chosenBy` says which there are. */
export function recordBy<const Name extends string, const Of extends Forms>(
  chosenBy: Name,
  of: Of,
): Value<
  { [Word in keyof Of]: Readonly<Record<Name, Word>> & ReadOptions<Of[Word]> }[keyof Of],
  { [Word in keyof Of]: Readonly<Record<Name, Word>> & GivenOptions<Of[Word]> }[keyof Of]
> {
  return { schema: plainObject, shape: { kind: "record" }, forms: { chosenBy, of } };
}

function bounded(
  schema: z.ZodMiniType<number, number>,
  { least, most, above, below }: Bounds,
): z.ZodMiniType<number, number> {
  return schema.check(
    // −0 equals 0 and is written as "0", but divides to −∞.
    z.refine((value) => !Object.is(value, -0)),
    ...(least === undefined ? [] : [z.gte(least)]),
    ...(most === undefined ? [] : [z.lte(most)]),
    ...(above === undefined ? [] : [z.gt(above)]),
    ...(below === undefined ? [] : [z.lt(below)]),
  );
}
