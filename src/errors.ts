/**
 * The two kinds of error that a user sees, by what has to change.
 *
 * After an `InputError` the call has to change: an unknown name, a text that is too short, a folder with other files.
 * After a `RunError` the call was right and could not be carried out: a full disk, a damaged checkpoint, a folder that
 * another process writes to. Messages are whole sentences, printed without a stack: what was given, what was
 * expected, how to mend it.
 *
 * @module
 */
import { distance } from "fastest-levenshtein";
import { shortened } from "./format.ts";

/** The call was wrong; the command line ends with exit code 2. */
export class InputError extends Error {
  override readonly name = "InputError";
  readonly exitCode = 2;
}

/** The call was right but could not be carried out; the command line ends with exit code 1. */
export class RunError extends Error {
  override readonly name = "RunError";
  readonly exitCode = 1;
}

/**
 * The known name nearest to what was typed, or undefined when none is near enough to be meant: at most a
 * third of the letters, and at least two, may differ.
 */
export function nearestName(given: string, known: readonly string[]): string | undefined {
  let best: { name: string; edits: number } | undefined;
  for (const name of known) {
    const edits = distance(given.toLowerCase(), name.toLowerCase());
    if (best === undefined || edits < best.edits) best = { name, edits };
  }
  if (best === undefined) return undefined;
  const near = best.edits <= Math.max(2, Math.floor(best.name.length / 3));
  // One or two letters of which each would change are no misspelling.
  return near && best.edits < given.length ? best.name : undefined;
}

/**
 * The error for a name that is not on a list.
 *
 * @example
 * throw unknownName("corpus", "mobydick", ["moby-dick", "sotu"]);
 * // corpus "mobydick" is unknown. Did you mean "moby-dick"? Known: moby-dick, sotu.
 */
export function unknownName(kind: string, given: string, known: readonly string[]): InputError {
  const nearest = nearestName(given, known);
  const guess = nearest === undefined ? "" : ` Did you mean "${nearest}"?`;
  return new InputError(
    `${kind} "${shortened(given, 200)}" is unknown.${guess} Known: ${known.join(", ")}.`,
  );
}

/**
 * What `build` makes; a RangeError, which a model or an encoding throws for sizes and names that cannot be, becomes
 * an InputError with the same words.
 *
 * @param before what the message begins with. Default: nothing
 * @throws {InputError} `build` threw a RangeError
 */
export function asInputError<Result>(build: () => Result, before = ""): Result {
  try {
    return build();
  } catch (cause) {
    if (cause instanceof RangeError) throw new InputError(`${before}${cause.message}`, { cause });
    throw cause;
  }
}

/** Every name of an object type, so that the type checker finds a list that lacks one. */
export type NamesOf<Type extends object> = Readonly<Record<keyof Type, true>>;

/**
 * Refuses an object with a name that nothing reads: a misspelt option would otherwise be a default.
 *
 * @param who whose options they are, the first word of the message
 * @param as makes the error. Default: a RangeError
 * @throws {Error} a name is unknown (the message suggests the nearest), or `given` is no object
 */
export function refuseUnknownNames(
  who: string,
  given: unknown,
  names: Readonly<Record<string, true>>,
  as: (message: string) => Error = (message) => new RangeError(message),
): void {
  if (typeof given !== "object" || given === null || Array.isArray(given))
    throw as(`${who}: options must be an object, got ${JSON.stringify(given) ?? String(given)}.`);
  const known = Object.keys(names);
  const unknown = Object.keys(given).find((name) => !Object.hasOwn(names, name));
  if (unknown === undefined) return;
  const nearest = nearestName(unknown, known);
  const guess = nearest === undefined ? "" : ` Did you mean "${nearest}"?`;
  throw as(`${who}: option "${unknown}" does not exist.${guess} There are ${known.join(", ")}.`);
}
