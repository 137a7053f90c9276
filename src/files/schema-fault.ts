/**
 * What is wrong with a JSON document, in one sentence that names the place.
 *
 * @module
 */
import type { z } from "zod";

/**
 * The first fault that a schema found, such as `"model.heads" must be a number, got "four"`.
 *
 * @param document the value that was checked
 */
export function schemaFault(error: z.ZodError, document: unknown): string {
  const issue = deepest(error.issues[0]!);
  const path = issue.path.map(String);
  const place = path.length === 0 ? "the document" : `"${path.join(".")}"`;
  if (issue.code === "unrecognized_keys") {
    const inside = path.length === 0 ? "" : `${path.join(".")}.`;
    return `"${inside}${issue.keys[0]}" is not a key of this document`;
  }
  const value = path.reduce<unknown>(
    (inner, name) => (inner as Readonly<Record<string, unknown>> | null | undefined)?.[name],
    document,
  );
  if (value === undefined) return `${place} is missing`;
  const got = shown(value);
  switch (issue.code) {
    case "invalid_type":
      return `${place} must be ${typeWords[issue.expected] ?? issue.expected}, got ${got}`;
    case "invalid_value":
      return `${place} must be ${issue.values.map((one) => JSON.stringify(one)).join(" or ")}, got ${got}`;
    case "too_small":
      return `${place} must be ${Number(issue.minimum)} or more, got ${got}`;
    case "too_big":
      return `${place} must be ${issue.inclusive ? "at most" : "below"} ${Number(issue.maximum)}, got ${got}`;
    default:
      return `${place} cannot be ${got}`;
  }
}

const typeWords: Readonly<Record<string, string>> = {
  string: "a text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "an object",
  record: "an object",
};

type Issue = z.core.$ZodIssue;

/** In a union, the fault inside the alternative that was meant. */
function deepest(issue: Issue): Issue {
  if (issue.code !== "invalid_union") return issue;
  const inner = issue.errors.find((issues) => issues.length > 0)?.[0];
  return inner === undefined ? issue : deepest({ ...inner, path: [...issue.path, ...inner.path] });
}

/** A value in few characters. */
function shown(value: unknown): string {
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object" && value !== null) return "an object";
  const text = typeof value === "string" ? JSON.stringify(value) : String(value);
  return text.length <= 40 ? text : `${text.slice(0, 39)}…`;
}
