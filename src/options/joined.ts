/**
 * Several words as one phrase.
 *
 * @module
 */

/** `a, b or c` */
export function joined(parts: readonly string[], word: "and" | "or"): string {
  return parts.length < 2
    ? (parts[0] ?? "")
    : `${parts.slice(0, -1).join(", ")} ${word} ${parts.at(-1)}`;
}
