/**
 * The list of encodings. A new one is its file, its line here and its golden file.
 *
 * @module
 */
import { closest, distance as editDistance } from "fastest-levenshtein";
import { alibi } from "./alibi.ts";
import { distanceRow } from "./distance-row.ts";
import { readEncoding } from "./expression.ts";
import { learned } from "./learned.ts";
import { none } from "./none.ts";
import type { EncodingDefinition } from "./position-encoding.ts";
import { rope } from "./rope.ts";
import { sinusoidal } from "./sinusoidal.ts";
import { t5 } from "./t5.ts";

/** Every encoding, in the order of lists and reports. */
export const encodings: readonly EncodingDefinition[] = [
  none,
  sinusoidal,
  learned,
  distanceRow,
  rope,
  alibi,
  t5,
];

/**
 * The definition with that id, or of a composition written as in expression.ts. Throws a RangeError that
 * suggests the nearest id, or says what cannot be read.
 */
export function encodingById(id: string): EncodingDefinition {
  const definition = encodings.find((candidate) => candidate.id === id);
  if (definition !== undefined) return definition;
  if (/[+()]/.test(id)) return readEncoding(id, encodingById);
  const known = encodings.map((candidate) => candidate.id);
  const nearest = closest(id, known);
  const hint =
    editDistance(id, nearest) <= Math.max(2, id.length / 2) ? ` Did you mean "${nearest}"?` : "";
  throw new RangeError(`encoding "${id}" is unknown.${hint} Known: ${known.join(", ")}.`);
}
