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
import type { Dimension } from "../tensor/dimension.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { knownPositions } from "./context.ts";

/** The graph input `positions`, and what a pass makes of it. */
export interface SequencePositions {
  /** int32 `[length]`, or `[batch, length]` where texts differ; with an axis of layers before it where these do. */
  readonly input: Tensor;
  readonly positions: Positions;
  readonly layerPositions?:
    readonly { readonly queries: Positions; readonly keys: Positions }[] | undefined;
}

/** Whether each text of an evaluation, and each that is generated, has a sample of its own. */
export function samplesEachText({ sampling }: PositionEncoding): boolean {
  return sampling !== undefined && sampling.evaluation !== "fixed";
}

/**
 * The input of a pass over `length` tokens, a number or a symbol: the given `tensor`, or a new one, with a row for each
 * text of a batch where `batch` is given.
 */
export function sequencePositions(
  { sampling }: PositionEncoding,
  layers: number,
  length: Dimension,
  { tensor: given, batch }: { readonly tensor?: Tensor | undefined; readonly batch?: number } = {},
): SequencePositions {
  const rows = batch === undefined ? [length] : [batch, length];
  const perLayer = sampling?.per === "layer";
  const tensor = given ?? input("positions", perLayer ? [layers, ...rows] : rows, "int32");
  if (sampling === undefined) {
    const positions =
      typeof length === "number"
        ? knownPositions(tensor, length)
        : { tensor, consecutive: batch === undefined };
    return { input: tensor, positions };
  }
  if (!perLayer) return { input: tensor, positions: { tensor } };
  const sampled = Array.from({ length: layers }, (_, layer) => {
    const own: Positions = { tensor: reshape(slice(tensor, 0, layer, 1), rows) };
    return { queries: own, keys: own };
  });
  return { input: tensor, positions: sampled[0]!.queries, layerPositions: sampled };
}

/** A feed of the input `positions`. */
export interface PositionsFeed {
  readonly shape: readonly number[];
  readonly data: Int32Array;
}

/** What the input is fed: 0, 1, 2, …, or positions sampled from `random` (for each layer one after the other). */
export function positionsFeed(
  { id, sampling }: PositionEncoding,
  layers: number,
  length: number,
  random: Random,
  training: boolean,
): PositionsFeed {
  if (sampling === undefined)
    return { shape: [length], data: Int32Array.from({ length }, (_, position) => position) };
  const data = Int32Array.from(
    sampledLayers(id, sampling, layers, length, random, training).flat(),
  );
  return { shape: sampling.per === "layer" ? [layers, length] : [length], data };
}

/**
 * What the input of an evaluation with a row for each text is fed: positions that each text samples from its own stream.
 *
 * @throws {RangeError} the encoding samples no positions
 */
export function positionRowsFeed(
  { id, sampling }: PositionEncoding,
  layers: number,
  length: number,
  streams: readonly Random[],
): PositionsFeed {
  if (sampling === undefined)
    throw new RangeError(`${id}: it samples no positions, so texts have none of their own.`);
  const texts = streams.map((stream) => sampledLayers(id, sampling, layers, length, stream, false));
  const count = sampling.per === "layer" ? layers : 1;
  const data = new Int32Array(count * texts.length * length);
  texts.forEach((ofLayers, text) =>
    ofLayers.forEach((positions, layer) =>
      data.set(positions, (layer * texts.length + text) * length),
    ),
  );
  const rows = [texts.length, length];
  return { shape: sampling.per === "layer" ? [layers, ...rows] : rows, data };
}

/** Positions of one text: one list for the whole model, or one for each layer. */
function sampledLayers(
  id: string,
  sampling: PositionSampling,
  layers: number,
  length: number,
  random: Random,
  training: boolean,
): readonly (readonly number[])[] {
  const count = sampling.per === "layer" ? layers : 1;
  return Array.from({ length: count }, () => sampled(id, sampling, length, random, training));
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
