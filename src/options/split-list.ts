/**
 * Lists of names with options, written with commas.
 *
 * @module
 */

/** `rope,heads(alibi,none)` → `rope` and `heads(alibi,none)`: commas in brackets belong to their part. */
export function splitList(text: string): readonly string[] {
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
