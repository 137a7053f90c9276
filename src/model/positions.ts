/**
 * Positions of a pass: known while the graph is built, or sampled on the host where the encoding asks for it.
 *
 * @module
 */
import { furthestPosition } from "../encodings/parts/limit.ts";
import type {
  PositionEncoding,
  Positions,
  PositionSampling,
} from "../encodings/position-encoding.ts";
import { reshape } from "../operators/movement.ts";
import { slice } from "../operators/slicing.ts";
import { input } from "../operators/source.ts";
import type { Random } from "../random/random.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { knownPositions } from "./context.ts";

/** The graph input `positions`, and what a pass makes of it. */
export interface SequencePositions {
  /** int32 `[length]`, or `[layers, length]` where each layer has positions of its own. */
  readonly input: Tensor;
  readonly positions: Positions;
  readonly layerPositions?:
    readonly { readonly queries: Positions; readonly keys: Positions }[] | undefined;
}

/** The input of a pass over `length` tokens: a new one, or the given `tensor`. */
export function sequencePositions(
  { sampling }: PositionEncoding,
  layers: number,
  length: number,
  tensor: Tensor = input(
    "positions",
    sampling?.per === "layer" ? [layers, length] : [length],
    "int32",
  ),
): SequencePositions {
  const perLayer = sampling?.per === "layer";
  if (sampling === undefined) return { input: tensor, positions: knownPositions(tensor, length) };
  if (!perLayer) return { input: tensor, positions: { tensor } };
  const sampled = Array.from({ length: layers }, (_, layer) => {
    const own: Positions = { tensor: reshape(slice(tensor, 0, layer, 1), [length]) };
    return { queries: own, keys: own };
  });
  return { input: tensor, positions: sampled[0]!.queries, layerPositions: sampled };
}

/** What the input is fed: 0, 1, 2, …, or positions sampled from `random` (for each layer one after the other). */
export function positionsFeed(
  { id, sampling }: PositionEncoding,
  layers: number,
  length: number,
  random: Random,
  training: boolean,
): { readonly shape: readonly number[]; readonly data: Int32Array } {
  const plain = Int32Array.from({ length }, (_, position) => position);
  if (sampling === undefined) return { shape: [length], data: plain };
  const row = (): readonly number[] => sampled(id, sampling, length, random, training);
  if (sampling.per === "model") return { shape: [length], data: Int32Array.from(row()) };
  const rows = Array.from({ length: layers }, row);
  return { shape: [layers, length], data: Int32Array.from(rows.flat()) };
}

/** @throws {RangeError} unless there is a whole number within the range of positions for every token */
function sampled(
  id: string,
  sampling: PositionSampling,
  length: number,
  random: Random,
  training: boolean,
): readonly number[] {
  const positions = sampling.positions(length, random, training);
  if (positions.length !== length)
    throw new RangeError(
      `${id}: its sampling gave ${positions.length} positions for ${length} tokens. It must give each token one.`,
    );
  const wrong = positions.findIndex((p) => !Number.isInteger(p) || Math.abs(p) > furthestPosition);
  if (wrong >= 0)
    throw new RangeError(
      `${id}: its sampling gave token ${wrong} the position ${positions[wrong]}. Positions are whole numbers from ` +
        `−${furthestPosition} to ${furthestPosition}, which float32 has exactly: sample from a smaller range.`,
    );
  return positions;
}
