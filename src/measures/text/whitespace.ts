/**
 * White space and words as Python's `str.split`, `str.strip` and `str.rstrip` have them, which the reference
 * implementations of text measures are written with.
 *
 * JavaScript's `\s` differs: it has the byte order mark, and lacks the information separators U+001C to U+001F and the
 * next line U+0085.
 *
 * @module
 */

const SPACE =
  "\\t-\\r\\u001c-\\u0020\\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000";
const SPACES = new RegExp(`[${SPACE}]+`, "u");
const AT_START = new RegExp(`^[${SPACE}]+`, "u");

/** The words of a text: what white space separates; none of an empty text. */
export function splitWords(text: string): string[] {
  const words = text.split(SPACES);
  return words.filter((word) => word !== "");
}

/** The text without white space at its end. */
export function stripEnd(text: string): string {
  // A pattern anchored at the end would be tried at every space: quadratic in a long run of them.
  let end = text.length;
  while (end > 0 && isSpace(text.charCodeAt(end - 1))) end--;
  return text.slice(0, end);
}

/** The text without white space at either end. */
export function strip(text: string): string {
  return stripEnd(text.replace(AT_START, ""));
}

/** Whether a UTF-16 unit is white space; none lies beyond U+FFFF. */
function isSpace(unit: number): boolean {
  return unit === 0x20 || SPACES.test(String.fromCharCode(unit));
}
