/**
 * One option: what it sets, what its value may be, and what is used where none is given.
 *
 *     buckets: option("Rows of the table.", whole({ least: 2 }), { default: 32 }),
 *
 * From the declaration follow the types of what may be given and of what is read, the checks, the error messages,
 * and the lists that people and programs are shown.
 *
 * @module
 */
import { refuseUnknownNames } from "../errors.ts";
import type * as z from "zod/mini";
import { joined } from "./joined.ts";

/** What a value may be, as plain data. */
export interface ValueShape {
  readonly kind: "number" | "integer" | "boolean" | "word" | "list" | "record" | "either";
  /** The smallest and the largest number allowed. */
  readonly least?: number;
  readonly most?: number;
  /** Bounds of a number that are not allowed themselves. */
  readonly above?: number;
  readonly below?: number;
  /** What a whole number is a multiple of. */
  readonly multipleOf?: number;
  /** The words allowed. */
  readonly words?: readonly string[];
  /** What the items of a list may be, and how many there are where that is fixed. */
  readonly items?: ValueShape;
  readonly count?: number;
  /** Present where the items must differ from one another. */
  readonly distinct?: boolean;
  /** What else the value may be, each on its own. */
  readonly alternatives?: readonly ValueShape[];
}

/** The fields of a record. Where there are several forms, the word in the field `chosenBy` says which it is. */
export interface RecordForms {
  readonly chosenBy?: string;
  /** By that word; a single form has the name "". */
  readonly of: Readonly<Record<string, OptionFields>>;
}

/** A kind of value, made by the functions of value.ts: the type that is read, and the type that may be given. */
export interface Value<Read = unknown, Given = Read> {
  readonly schema: z.core.$ZodType<unknown, unknown>;
  readonly shape: ValueShape;
  readonly forms?: RecordForms;
  /** Types only: there is no such member. */
  readonly types?: { readonly read: Read; readonly given: Given };
}

/** When an option has an effect, by the values of others. */
export interface OptionCondition {
  /** The option to change, where it is one. */
  readonly option?: string;
  /** In words, after "only with": `form "crossformer"`. */
  readonly words: string;
  /** Whether it has an effect beside these values of others, whose defaults are filled in. */
  readonly holds: (options: Readonly<Record<string, unknown>>) => boolean;
}

/**
 * What is used where no value is given: `default`, a value; `otherwise`, words such as "the train length" for what
 * is computed from the model's sizes; or nothing, where a value is `required`.
 */
export type Fallback =
  { readonly default: unknown } | { readonly otherwise: string } | { readonly required: true };

/** An option as it is declared: the type that is read, and the type that may be given. */
export interface Option<Read = unknown, Given = unknown> {
  readonly sentence: string;
  readonly value: Value;
  readonly fallback: Fallback;
  readonly only?: OptionCondition;
  /** Types only: there is no such member. */
  readonly types?: { readonly read: Read; readonly given: Given };
}

const howNames = { only: true, default: true, otherwise: true, required: true } as const;

/** Options by name. */
export type OptionFields = Readonly<Record<string, Option>>;

/** An option that has an effect only with certain others. */
interface Dependent {
  readonly only: OptionCondition;
}

/**
 * Declares an option. One that depends on others is absent from what is read where it has no effect, so its type
 * then includes `undefined`.
 *
 * @param sentence what it sets, with a point at its end
 * @param value what a value may be
 * @param how what is used without a value, and in `only` the options it depends on
 */
export function option<Read, Given>(
  sentence: string,
  value: Value<Read, Given>,
  how: Dependent & { readonly default: NoInfer<Read> },
): Option<Read | undefined, Given | undefined>;
export function option<Read, Given>(
  sentence: string,
  value: Value<Read, Given>,
  how: { readonly default: NoInfer<Read>; readonly only?: never },
): Option<Read, Given | undefined>;
export function option<Read, Given>(
  sentence: string,
  value: Value<Read, Given>,
  how: Partial<Dependent> & { readonly otherwise: string },
): Option<Read | undefined, Given | undefined>;
export function option<Read, Given>(
  sentence: string,
  value: Value<Read, Given>,
  how: { readonly required: true },
): Option<Read, Given>;
export function option(sentence: string, value: Value, how: Partial<Dependent> & Fallback): Option {
  refuseUnknownNames("option", how, howNames);
  const { only, ...fallback } = how;
  if (Object.keys(fallback).length !== 1)
    throw new RangeError(
      `option "${sentence}" must have one of default, otherwise and required: ` +
        `what is used where no value is given.`,
    );
  return { sentence, value, fallback, ...(only && { only }) };
}

/** The condition that another option has one of these values. */
export function optionIs(
  name: string,
  ...values: readonly (string | number | boolean)[]
): OptionCondition {
  return {
    option: name,
    words: `${name} ${joined(
      values.map((value) => JSON.stringify(value)),
      "or",
    )}`,
    holds: (options) => values.some((value) => options[name] === value),
  };
}

type TypesOf<Field> =
  Field extends Option<infer Read, infer Given> ? { read: Read; given: Given } : never;
type OptionalNames<Fields> = {
  [Name in keyof Fields]: undefined extends TypesOf<Fields[Name]>["given"] ? Name : never;
}[keyof Fields];

/** What may be given for these options. */
export type GivenOptions<Fields> = {
  readonly [Name in OptionalNames<Fields>]?: TypesOf<Fields[Name]>["given"];
} & {
  readonly [Name in Exclude<keyof Fields, OptionalNames<Fields>>]: TypesOf<Fields[Name]>["given"];
};

/**
 * What is read of these options: the value given or the default; `undefined` where the default is computed, and where
 * the option has no effect.
 */
export type ReadOptions<Fields> = {
  readonly [Name in keyof Fields]: TypesOf<Fields[Name]>["read"];
};

/** The type that may be given for a value. */
export type Given<Of> = Of extends Value<unknown, infer Type> ? Type : never;

/** The type that a value is read as. */
export type Read<Of> = Of extends Value<infer Type, unknown> ? Type : never;
