/**
 * A method for longer texts as it is written: `yarn`, `yarn(fast=16,slow=2)`, `longrope(short=[1,1.5],long=[1,4])`.
 *
 * @module
 */
import { nearestName } from "../../errors.ts";
import { shortened } from "../../format.ts";
import { orderedOptions } from "../../options/ordered.ts";
import { readOptions } from "../../options/read.ts";
import { TextReader } from "../../options/text-reader.ts";
import { writeOptions } from "../../options/words.ts";
import { extensionMethods } from "./methods.ts";
import type { ExtensionMethod } from "./methods.ts";

/** A method with its options. */
export interface ChosenMethod {
  readonly method: ExtensionMethod;
  /** As they were given. */
  readonly options: Readonly<Record<string, unknown>>;
  /** As they were read, with defaults. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** The text in its shortest form. */
  readonly text: string;
}

/**
 * Reads a method and its options.
 *
 * @throws {RangeError} the method is unknown, or the text cannot be read; an OptionError for options that cannot be
 */
export function readMethod(text: string): ChosenMethod {
  if (typeof text !== "string")
    throw new RangeError(
      `extend: method must be a text such as "yarn" or "yarn(fast=16)", got ${JSON.stringify(text)}.`,
    );
  const reader = new TextReader(
    text,
    (wanted, place) =>
      new RangeError(
        `extend: method "${shortened(text, 200)}": expected ${wanted} at character ${place}. Write yarn or yarn(fast=16).`,
      ),
  );
  const id = reader.word(/\w+(-\w+)*/y, "the name of a method");
  const method = methodById(id);
  const given = reader.take("(") ? reader.options(")") : {};
  reader.end();
  const options = orderedOptions(given, Object.keys(method.options));
  const settings = readOptions(`extend: method ${id}`, method.options, options);
  const listed = writeOptions(options);
  return { method, options, settings, text: listed === "" ? id : `${id}(${listed})` };
}

function methodById(id: string): ExtensionMethod {
  const found = extensionMethods.find((each) => each.id === id);
  if (found !== undefined) return found;
  const known = extensionMethods.map((each) => each.id);
  const nearest = nearestName(id, known);
  throw new RangeError(
    `extend: method "${shortened(id, 200)}" is unknown.${nearest === undefined ? "" : ` Did you mean "${nearest}"?`} ` +
      `Known: ${known.join(", ")}.`,
  );
}
