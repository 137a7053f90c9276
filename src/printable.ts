/**
 * Text from files and arguments, before it is shown: a name may hold characters that a terminal obeys.
 *
 * @module
 */

/**
 * Control characters except line breaks and tabs, and the marks that reverse the direction of the text after them. C1
 * (U+0080 … U+009F) has one-character forms of the escape sequences.
 */
const obeyed = /[\0-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/g;

/** The text with each character that a terminal would obey written as JSON writes it: `\u001b`. */
export function printable(text: string): string {
  return text.replace(obeyed, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
  });
}

/** A value of plain data with every string in it, keys too, made printable. Lists of numbers are not copied. */
export function printableStrings<Value>(value: Value): Value {
  return convert(value) as Value;
}

function convert(value: unknown): unknown {
  if (typeof value === "string") return printable(value);
  if (typeof value !== "object" || value === null || ArrayBuffer.isView(value)) return value;
  if (Array.isArray(value))
    return value.every((item) => typeof item === "number") ? value : value.map(convert);
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [printable(name), convert(inner)]),
  );
}

/** Whether an address may become a link: `https://…` or `http://…`, and not `javascript:…`. */
export function isWebAddress(address: string): boolean {
  return /^https?:$/.test(URL.parse(address)?.protocol ?? "");
}
