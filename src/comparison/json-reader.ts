/**
 * Readers of JSON values that name the place of the first one that is missing or of the wrong kind.
 *
 * @module
 */
/** A document that is not results.json, or is damaged. */
export class ResultsError extends Error {
  /** Path of the offending value: "trials[2].seed". */
  readonly path: string;

  constructor(path: string, message: string) {
    super(`results: ${message}`);
    this.name = "ResultsError";
    this.path = path;
  }
}

/** Checks a value and returns it, or what it stands for. */
export type Reader = (value: unknown, path: string) => unknown;

/** Raises the error of a value at a path. */
export function fail(path: string, expected: string, got: unknown): never {
  throw new ResultsError(
    path,
    `${path} must be ${expected}, got ${show(got)}. Run the comparison again to write a whole document.`,
  );
}

/** A value as it stands in a message. */
export function show(value: unknown): string {
  if (value === undefined) return "nothing";
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

/** A value as an object. */
export function record(value: unknown, path: string): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    fail(path, "an object", value);
  return value as Record<string, unknown>;
}

/** A string. */
export const text: Reader = (value, path) =>
  typeof value === "string" ? value : fail(path, "a string", value);

/** A finite number. */
export const number: Reader = (value, path) =>
  typeof value === "number" && Number.isFinite(value) ? value : fail(path, "a number", value);

/** A whole number above 0. */
export const count: Reader = (value, path) =>
  Number.isSafeInteger(value) && (value as number) > 0
    ? value
    : fail(path, "a positive integer", value);

/** A measurement; null stands for one that was not finite. */
export const measurement: Reader = (value, path) => (value === null ? NaN : number(value, path));

/** Null, or what `read` reads. */
export const nullable =
  (read: Reader): Reader =>
  (value, path) =>
    value === null ? null : read(value, path);

/** One of some words. */
export const oneOf =
  (...words: readonly string[]): Reader =>
  (value, path) =>
    words.includes(value as string) ? value : fail(path, words.map(show).join(" or "), value);

/** An array of at least `least` entries. */
export const list =
  (read: Reader, least = 0): Reader =>
  (value, path) => {
    if (!Array.isArray(value)) fail(path, "an array", value);
    if (value.length < least) fail(path, "an array that is not empty", value);
    return value.map((item, i) => read(item, `${path}[${i}]`));
  };

/** Keys ending in "?" may be absent; keys that are not named are dropped. */
export const object =
  (fields: Readonly<Record<string, Reader>>): Reader =>
  (value, path) => {
    const source = record(value, path || "the document");
    const read: Record<string, unknown> = {};
    for (const [key, reader] of Object.entries(fields)) {
      const name = key.replace("?", "");
      if (key.endsWith("?") && source[name] === undefined) continue;
      read[name] = reader(source[name], path ? `${path}.${name}` : name);
    }
    return read;
  };

/** `present` when the value has `key`, else `absent`. */
export const either =
  (key: string, present: Reader, absent: Reader): Reader =>
  (value, path) =>
    (typeof value === "object" && value !== null && key in value ? present : absent)(value, path);
