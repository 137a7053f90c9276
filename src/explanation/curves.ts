/**
 * The curves of a part of a picture: one for each head, or for several heads with equal curves.
 *
 * @module
 */
import { listed } from "../format.ts";
import { byDistance } from "../pictures/by-distance.ts";
import type { AtDistance } from "../pictures/by-distance.ts";
import type { PicturePart } from "../pictures/encoding-picture.ts";

/** A curve by distance. */
export interface Curve {
  /** "head 0", "heads 0 to 3", "all heads"; "" where heads play no part. */
  readonly name: string;
  readonly heads: readonly number[];
  readonly points: readonly AtDistance[];
}

/** The curves of a part, in the order of heads. */
export function curvesOf({ planes, of }: PicturePart): readonly Curve[] {
  const groups: { readonly heads: number[]; readonly points: readonly AtDistance[] }[] = [];
  planes.forEach((plane, head) => {
    const points = byDistance(plane);
    const group = groups.find((each) => alike(each.points, points));
    if (group) group.heads.push(head);
    else groups.push({ heads: [head], points });
  });
  return groups.map(({ heads, points }) => ({
    heads,
    points,
    name: of === "inputs" ? "" : nameOf(heads, planes.length),
  }));
}

/** Whether some distance has several numbers, so that a curve is only their mean. */
export function isSpread(curves: readonly Curve[]): boolean {
  const all = curves.flatMap(({ points }) => points);
  const size = Math.max(...all.map(({ low, high }) => Math.max(Math.abs(low), Math.abs(high))));
  return all.some(({ low, high }) => high - low > 1e-9 * size);
}

/** "layer 3", "layers 0, 1 and 2"; "" where all are equal. */
export function layersInWords({ layers }: PicturePart, count: number): string {
  if (layers.length === 0 || layers.length === count) return "";
  return layers.length === 1 ? `layer ${layers[0]}` : `layers ${listed(layers.map(String))}`;
}

function nameOf(heads: readonly number[], count: number): string {
  if (heads.length === count) return count === 1 ? "the head" : "all heads";
  return heads.length === 1 ? `head ${heads[0]}` : `heads ${listed(heads.map(String))}`;
}

function alike(a: readonly AtDistance[], b: readonly AtDistance[]): boolean {
  const size = Math.max(...a.map(({ mean }) => Math.abs(mean)), 1e-12);
  return a.every(({ mean }, at) => Math.abs(mean - b[at]!.mean) <= 1e-9 * size);
}
