/**
 * Takes a list of encodings apart. It imports nothing, so that reading a command line loads no encoding.
 *
 * @module
 */

/** The parts of a list with commas; a comma inside brackets, or in a path in quotes, belongs to its part. */
export function splitEncodings(text: string): readonly string[] {
  const parts: string[] = [""];
  let depth = 0;
  let quote = "";
  for (const character of text) {
    const path = quote;
    // A path in quotes begins where an encoding may begin; elsewhere a quote is part of a name.
    if (quote === "" && /["']/.test(character) && /(^|[,+(*])\s*$/.test(parts.at(-1)!))
      quote = character;
    else if (character === quote) quote = "";
    if (path !== "" || quote !== "") {
      parts[parts.length - 1] += character;
      continue;
    }
    if ("([{".includes(character)) depth++;
    if (")]}".includes(character)) depth--;
    if (character === "," && depth === 0) parts.push("");
    else parts[parts.length - 1] += character;
  }
  return parts.map((part) => part.trim());
}
