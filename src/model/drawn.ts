/**
 * Positions of a pass: known while the graph is built, or drawn on the host where the encoding does so.
 *
 * @module
 */
import type { PositionEncoding, Positions } from "../encodings/position-encoding.ts";
import { reshape } from "../operators/movement.ts";
import { slice } from "../operators/slicing.ts";
import { input } from "../operators/source.ts";
import type { Random } from "../random/random.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { knownPositions } from "./context.ts";

/** The graph input `positions`, and what a pass makes of it. */
export interface PlacedTokens {
  /** int32 `[length]`, or `[layers, length]` where each layer has positions of its own. */
  readonly input: Tensor;
  readonly positions: Positions;
  readonly drawn?: readonly { readonly queries: Positions; readonly keys: Positions }[] | undefined;
}

/** The input of a pass over `length` tokens. */
export function placeTokens(
  { draw }: PositionEncoding,
  layers: number,
  length: number,
): PlacedTokens {
  const perLayer = draw?.per === "layer";
  const tensor = input("positions", perLayer ? [layers, length] : [length], "int32");
  if (draw === undefined) return { input: tensor, positions: knownPositions(tensor, length) };
  if (!perLayer) return { input: tensor, positions: { tensor } };
  const drawn = Array.from({ length: layers }, (_, layer) => {
    const own: Positions = { tensor: reshape(slice(tensor, 0, layer, 1), [length]) };
    return { queries: own, keys: own };
  });
  return { input: tensor, positions: drawn[0]!.queries, drawn };
}

/** What the input is fed: 0, 1, 2, …, or a draw from `random` (for each layer one after the other). */
export function positionsFor(
  { draw }: PositionEncoding,
  layers: number,
  length: number,
  random: Random,
  training: boolean,
): { readonly shape: readonly number[]; readonly data: Int32Array } {
  const plain = Int32Array.from({ length }, (_, position) => position);
  if (draw === undefined) return { shape: [length], data: plain };
  if (draw.per === "model")
    return { shape: [length], data: Int32Array.from(draw.positions(length, random, training)) };
  const rows = Array.from({ length: layers }, () => draw.positions(length, random, training));
  return { shape: [layers, length], data: Int32Array.from(rows.flat()) };
}
