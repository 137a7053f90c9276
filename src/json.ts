/**
 * JSON of which nobody knows who wrote it.
 *
 * @module
 */

/** How deep lists and objects may lie within one another: relpos itself writes less than ten levels. */
const deepestNesting = 100;

/**
 * The value of a JSON text. `JSON.parse` reads any depth, and whatever then walks through the value by calling itself
 * would exceed the call stack.
 *
 * @throws {SyntaxError} it is not JSON, or nests deeper than 100 levels
 */
export function parseJson(text: string): unknown {
  const value: unknown = JSON.parse(text);
  if (nestingOf(text) > deepestNesting)
    throw new SyntaxError(
      `lists and objects lie within one another more than ${deepestNesting} levels deep`,
    );
  return value;
}

/** The depth of a text that is JSON. */
function nestingOf(json: string): number {
  let depth = 0;
  let deepest = 0;
  // Strings are matched as a whole, so that brackets inside them do not count.
  for (const [token] of json.matchAll(/"(?:[^"\\]|\\.)*"|[[\]{}]/g))
    if (token === "[" || token === "{") deepest = Math.max(deepest, ++depth);
    else if (token === "]" || token === "}") depth--;
  return deepest;
}
