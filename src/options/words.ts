/**
 * Declared options in words: what a value may be, what the default is, what was given instead.
 *
 * @module
 */
import { joined } from "./joined.ts";
import type { OptionDescription } from "./description.ts";
import type { ValueShape } from "./option.ts";

/** "a whole number of 2 or more", `"half" or "interleaved"`. */
export function valueInWords(
  shape: ValueShape & Pick<OptionDescription, "forms" | "chosenBy">,
): string {
  switch (shape.kind) {
    case "boolean":
      return "true or false";
    case "word":
      return shape.words
        ? joined(
            shape.words.map((word) => `"${word}"`),
            "or",
          )
        : "a word";
    case "either":
      return joined((shape.alternatives ?? []).map(valueInWords), "or");
    case "record":
      return recordInWords(shape);
    case "list": {
      const { items = { kind: "record" }, count, distinct } = shape;
      const number = count === undefined ? "one or more " : `${count} `;
      return `a list of ${number}${itemsInWords(items)}${distinct ? ", all different" : ""}`;
    }
    default:
      return `${shape.multipleOf === 2 ? "an" : "a"} ${nounOf(shape)}${boundsInWords(shape)}`;
  }
}

/** "32", "the train length"; "" where a value must be given. */
export function defaultInWords({ otherwise, required, ...rest }: OptionDescription): string {
  return otherwise ?? (required ? "" : writeValue(rest.default));
}

/** Everything but the name, as sentences: what it sets, what it may be, what is used without it. */
export function optionInWords(description: OptionDescription): string {
  const { sentence, only } = description;
  const fallback = defaultInWords(description);
  return [
    sentence,
    `${capital(valueInWords(description))}.`,
    fallback === "" ? "It must be given." : `Default: ${fallback}.`,
    ...(only === undefined ? [] : [`Only with ${only}.`]),
  ].join(" ");
}

/** A value as it is written in an expression: `32`, `half`, `[1,2]`, `{type=yarn,factor=4}`. */
export function writeValue(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(writeValue).join(",")}]`;
  if (typeof value === "object" && value !== null) return `{${writeOptions(value)}}`;
  // JSON has no numbers that are not finite, and would write null.
  if (typeof value === "number") return givenInWords(value);
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** Options as they are written in an expression: `base=500,layout=half`. */
export function writeOptions(options: object): string {
  return Object.entries(options)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}=${writeValue(value)}`)
    .join(",");
}

/** What was given, for an error message. */
export function givenInWords(given: unknown): string {
  if (typeof given === "function") return "a function";
  if (typeof given === "number") return Object.is(given, -0) ? "-0" : String(given);
  if (Array.isArray(given)) return `[${given.map(givenInWords).join(", ")}]`;
  return JSON.stringify(given) ?? String(given);
}

/** "an object with a type and its options: linear (factor), yarn (factor, length)". */
function recordInWords({ forms, chosenBy }: Pick<OptionDescription, "forms" | "chosenBy">): string {
  if (forms === undefined) return "an object of options";
  const listed = Object.entries(forms).map(
    ([word, fields]) => `${word} (${fields.map(({ name }) => name).join(", ")})`,
  );
  return chosenBy === undefined
    ? `an object with options${listed.join("")}`
    : `an object with a ${chosenBy} and its options: ${listed.join(", ")}`;
}

function itemsInWords(shape: ValueShape): string {
  if (shape.kind === "word") return shape.words ? `of the words ${valueInWords(shape)}` : "texts";
  return `${nounOf(shape)}s${boundsInWords(shape)}`;
}

function nounOf({ kind, multipleOf }: ValueShape): string {
  if (multipleOf === 2) return "even number";
  return kind === "integer" ? "whole number" : "number";
}

/** " from 1 to 26", " of 1 or more", " above 0"; "" without bounds. */
function boundsInWords({ least, most, above, below }: ValueShape): string {
  if (least !== undefined) {
    if (most !== undefined) return ` from ${least} to ${most}`;
    return below === undefined ? ` of ${least} or more` : ` from ${least} to below ${below}`;
  }
  if (above !== undefined) {
    if (most !== undefined) return ` above ${above}, up to ${most}`;
    return below === undefined ? ` above ${above}` : ` above ${above} and below ${below}`;
  }
  if (most !== undefined) return ` of ${most} or less`;
  return below === undefined ? "" : ` below ${below}`;
}

function capital(words: string): string {
  return `${words[0]!.toUpperCase()}${words.slice(1)}`;
}
