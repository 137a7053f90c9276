/**
 * A picture's numbers by distance: the curve that a plane of scores would be if only distances counted.
 *
 * @module
 */
import type { Plane } from "./effect-on-scores.ts";

/** The numbers at one distance, over all queries that have a key there. */
export interface AtDistance {
  readonly distance: number;
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}

/** Distances 0 … size − 1. */
export function byDistance(plane: Plane): readonly AtDistance[] {
  const size = Math.sqrt(plane.length);
  return Array.from({ length: size }, (_, distance) => {
    const values = Array.from(
      { length: size - distance },
      (_, j) => plane[(j + distance) * size + j]!,
    );
    const mean = values.reduce((a, b) => a + b, 0) / values.length;
    return { distance, mean, low: Math.min(...values), high: Math.max(...values) };
  });
}

/** The mean of planes of one size. */
export function meanPlane(planes: readonly Plane[]): Plane {
  return planes[0]!.map(
    (_, at) => planes.reduce((sum, plane) => sum + plane[at]!, 0) / planes.length,
  );
}
