/**
 * An explanation as one JSON document, with the picture's numbers.
 *
 * @module
 */
import { optionInWords } from "../options/words.ts";
import { version } from "../version.ts";
import { curvesOf } from "./curves.ts";
import type { Explanation } from "./explanation.ts";
import type { Plane } from "../pictures/effect-on-scores.ts";

/** Plain data; numbers have six digits, and what no query sees is null. */
export function explanationDocument({ facts, notes, picture }: Explanation): object {
  const { size, heads, layers, parts } = picture;
  return {
    schema: "relpos-explain/1",
    relpos: version,
    ...facts,
    options: facts.options.map((option) => ({ ...option, words: optionInWords(option) })),
    ...notes,
    picture: {
      positions: size,
      heads,
      layers,
      notes: picture.notes,
      parts: parts.map((part) => ({
        of: part.of,
        caption: part.caption,
        layers: part.layers,
        /** `[head][query][key]`; a single head for inputs. */
        planes: part.planes.map((plane) => rowsOf(plane, size)),
        byDistance: curvesOf(part).map((curve) => ({
          heads: curve.heads,
          mean: curve.points.map(({ mean }) => rounded(mean)),
          low: curve.points.map(({ low }) => rounded(low)),
          high: curve.points.map(({ high }) => rounded(high)),
        })),
      })),
    },
  };
}

function rowsOf(plane: Plane, size: number): (number | null)[][] {
  return Array.from({ length: size }, (_, query) =>
    Array.from(plane.subarray(query * size, (query + 1) * size), (value) =>
      Number.isNaN(value) ? null : rounded(value),
    ),
  );
}

function rounded(value: number): number {
  return Number(value.toPrecision(6));
}
