/**
 * Choices of a measure that come as text.
 *
 * @module
 */
import { unknownName } from "../../errors.ts";

/**
 * The name itself, where it is known.
 *
 * @throws {InputError} it is not; the message suggests the nearest
 */
export function oneOf<Name extends string>(
  kind: string,
  given: string,
  known: readonly Name[],
): Name {
  const found = known.find((name) => name === given);
  if (found === undefined) throw unknownName(kind, given, known);
  return found;
}
