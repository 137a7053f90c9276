/**
 * Reads options that were given: refuses what is unknown, wrong or without effect, and fills in defaults.
 *
 * @module
 */
import { safeParse } from "zod/mini";
import { nearestName } from "../errors.ts";
import type { OptionCondition, Option, OptionFields, ReadOptions, RecordForms } from "./option.ts";
import { describeOption } from "./description.ts";
import { joined } from "./joined.ts";
import { defaultInWords, givenInWords, valueInWords } from "./words.ts";

/** An option that was refused. */
export class OptionError extends RangeError {
  override readonly name = "OptionError";
  /** The call was wrong: exit code 2 of the command line. */
  readonly exitCode = 2;
  /** The path of the option: `scaling.factor`. */
  readonly option: string;

  constructor(option: string, message: string) {
    super(message);
    this.option = option;
  }
}

/**
 * The options that were given, with defaults, frozen. `undefined` counts as not given.
 *
 * @param who whose options they are, the first word of an error message
 * @throws {OptionError} for an option that is unknown, missing, of another type, outside its bounds, or without
 *   effect beside the others
 */
export function readOptions<Fields extends OptionFields>(
  who: string,
  fields: Fields,
  given: unknown = {},
): ReadOptions<Fields> {
  if (!isRecord(given))
    throw new OptionError("", `${who}: options must be an object, got ${givenInWords(given)}.`);
  return readFields({ who, path: "", subject: "it" }, fields, given) as ReadOptions<Fields>;
}

/** Where in the options something is read. */
interface Place {
  readonly who: string;
  /** Of the record, with a point at its end: `scaling.`. */
  readonly path: string;
  /** The record in a sentence: "it", "scaling of type yarn". */
  readonly subject: string;
}

type Plain = Readonly<Record<string, unknown>>;

function readFields(place: Place, fields: OptionFields, given: Plain): Plain {
  const names = Object.keys(fields);
  const unknown = Object.keys(given).find((name) => !Object.hasOwn(fields, name));
  if (unknown !== undefined) throw noSuchOption(place, unknown, names);
  const read: Record<string, unknown> = {};
  for (const [name, declared] of Object.entries(fields)) {
    const value = ownValue(given, name);
    if (value !== undefined) read[name] = readValue(place, name, declared, value);
    else if ("required" in declared.fallback)
      throw refused(
        place,
        name,
        `${place.subject} needs ${name}, ${valueInWords(declared.value.shape)}. ${declared.sentence}`,
      );
    else if ("default" in declared.fallback) read[name] = declared.fallback.default;
  }
  const effective = Object.entries(read).filter(([name]) => {
    const { only } = fields[name]!;
    if (only === undefined || only.holds(read)) return true;
    if (ownValue(given, name) === undefined) return false;
    throw withoutEffect(place, name, only, read);
  });
  return Object.freeze(Object.fromEntries(effective));
}

/** A value of the object itself: `constructor` and `toString` are in the prototype of every object. */
function ownValue(given: Plain, name: string): unknown {
  return Object.hasOwn(given, name) ? given[name] : undefined;
}

function readValue(place: Place, name: string, declared: Option, given: unknown): unknown {
  const { value } = declared;
  const { success, data } = safeParse(value.schema, given);
  if (!success) throw wrongValue(place, name, declared, given);
  return value.forms ? readRecord(place, name, value.forms, data as Plain) : data;
}

function readRecord(place: Place, name: string, forms: RecordForms, given: Plain): Plain {
  const { chosenBy, of } = forms;
  const inner = { who: place.who, path: `${place.path}${name}.`, subject: name };
  if (chosenBy === undefined) return readFields(inner, of[""]!, given);
  const { [chosenBy]: chosen, ...rest } = given;
  const known = Object.keys(of);
  if (typeof chosen !== "string" || !Object.hasOwn(of, chosen))
    throw refused(
      inner,
      chosenBy,
      `${name} ${chosen === undefined ? `needs a ${chosenBy}.` : `of ${chosenBy} ${givenInWords(chosen)} is unknown.`}` +
        `${guess(chosen, known)} Known: ${known.join(", ")}.`,
    );
  const subject = `${name} of ${chosenBy} "${chosen}"`;
  return Object.freeze({
    [chosenBy]: chosen,
    ...readFields({ ...inner, subject }, of[chosen]!, rest),
  });
}

function noSuchOption(place: Place, name: string, known: readonly string[]): OptionError {
  const list =
    known.length === 0
      ? "It has no options; leave it out."
      : `${known.length === 1 ? "Its only option is" : "Its options are"} ${joined(known, "and")}.`;
  return refused(
    place,
    name,
    `${place.subject} has no option "${name}".${guess(name, known)} ${list}`,
  );
}

function wrongValue(place: Place, name: string, declared: Option, given: unknown): OptionError {
  const { shape } = declared.value;
  const fallback = defaultInWords(describeOption(name, declared));
  const mend = fallback === "" ? "" : ` Leave it out for ${fallback}.`;
  return refused(
    place,
    name,
    `${place.path}${name} must be ${valueInWords(shape)}, got ${givenInWords(given)}.` +
      `${guess(given, shape.words ?? [])}${mend}`,
  );
}

function withoutEffect(
  place: Place,
  name: string,
  only: OptionCondition,
  read: Plain,
): OptionError {
  const { option, words } = only;
  const is = option === undefined ? "" : `, and ${option} is ${givenInWords(read[option])}`;
  return refused(
    place,
    name,
    `${place.path}${name} has an effect only with ${words}${is}. ` +
      `Leave ${name} out, or change ${option ?? "that"}.`,
  );
}

function refused({ who, path }: Place, name: string, words: string): OptionError {
  return new OptionError(`${path}${name}`, `${who}: ${words}`);
}

function guess(given: unknown, known: readonly string[]): string {
  const nearest = typeof given === "string" ? nearestName(given, known) : undefined;
  return nearest === undefined ? "" : ` Did you mean "${nearest}"?`;
}

function isRecord(value: unknown): value is Plain {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
