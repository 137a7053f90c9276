/**
 * Takes a list of encodings apart. It imports nothing, so that reading a command line loads no encoding.
 *
 * @module
 */

/** The parts of a list with commas; a comma inside brackets belongs to its part. */
export function splitEncodings(text: string): readonly string[] {
  const parts: string[] = [""];
  let depth = 0;
  for (const character of text) {
    if ("([{".includes(character)) depth++;
    if (")]}".includes(character)) depth--;
    if (character === "," && depth === 0) parts.push("");
    else parts[parts.length - 1] += character;
  }
  return parts.map((part) => part.trim());
}
