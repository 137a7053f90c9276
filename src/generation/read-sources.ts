/**
 * Sources read by an encoder: their memory in one batch, the shorter ones padded on the right.
 *
 * Where the encoding of the encoder knows the length of a text, sources of different lengths are read apart and put together
 * afterwards: padding would count as text.
 *
 * @module
 */
import type { PositionEncoding } from "../encodings/position-encoding.ts";
import type { EncoderDecoder } from "../model/encoder-decoder.ts";
import { positionsFeed } from "../model/positions.ts";
import { random } from "../random/random.ts";
import type { HostTensor, Program } from "../runtime/session.ts";
import { memoryRows } from "./memory-rows.ts";
import type { MemoryRows, MemoryTensors } from "./memory-rows.ts";

/** What reads sources. */
export interface SourceReader {
  readonly model: EncoderDecoder;
  /** The compiled `memoryGraph` of the model. */
  readonly program: Program;
  /** Of sampled positions, which depend on it and on the length of a source alone. */
  readonly seed: number;
}

/** The memory of a batch. */
export interface ReadMemory {
  readonly rows: MemoryRows;
  /** Inputs of the decoder's runs that no row has for itself. */
  readonly others: MemoryTensors;
}

/** Whether texts of different lengths have to be read apart. */
function knowsLength({ cache, sampling }: PositionEncoding): boolean {
  return cache.keys === "recompute" || sampling !== undefined;
}

/** Reads sources. */
export async function readSources(
  reader: SourceReader,
  sources: readonly (readonly number[])[],
): Promise<ReadMemory> {
  const { encoder } = reader.model;
  const lengths = sources.map(({ length }) => length);
  const columns = Math.max(...lengths);
  const groups = knowsLength(encoder)
    ? [...new Set(lengths)].map((length) => rowsWhere(lengths, (each) => each === length))
    : [[...sources.keys()]];
  const joined = new Map<string, HostTensor>();
  for (const rows of groups) {
    const read = await run(
      reader,
      rows.map((row) => sources[row]!),
    );
    for (const [name, tensor] of Object.entries(read))
      joined.set(name, placed(joined.get(name), tensor, { rows, batch: sources.length, columns }));
  }
  const { memoryPositions, ...all } = Object.fromEntries(joined) as Record<string, HostTensor>;
  // Positions that are not sampled are the same for all rows.
  return encoder.sampling === undefined
    ? { rows: memoryRows(all), others: { memoryPositions: counted(columns) } }
    : { rows: memoryRows({ ...all, memoryPositions: memoryPositions! }), others: {} };
}

function rowsWhere(lengths: readonly number[], holds: (length: number) => boolean): number[] {
  return [...lengths.keys()].filter((row) => holds(lengths[row]!));
}

/** One run of the encoder: keys and values of each layer, the mask, and sampled positions of the first layer. */
async function run(
  { model: { encoder, config }, program, seed }: SourceReader,
  rows: readonly (readonly number[])[],
): Promise<Record<string, HostTensor>> {
  const [batch, columns] = [rows.length, Math.max(...rows.map(({ length }) => length))];
  const shape = [batch, columns];
  // Padding has an id of the vocabulary, which nothing reads.
  const tokens = new Int32Array(batch * columns);
  const mask = new Uint8Array(batch * columns);
  rows.forEach((ids, row) => {
    tokens.set(ids, row * columns);
    mask.fill(1, row * columns, row * columns + ids.length);
  });
  const sourceMask = { shape, data: mask };
  const stream = random(seed, "generation", "source positions", columns);
  const sourcePositions = positionsFeed(encoder, config.encoderLayers, columns, stream, false);
  const layers = await program.run({
    sourceTokens: { shape, data: tokens },
    sourceMask,
    sourcePositions,
  });
  if (encoder.sampling === undefined) return { ...layers, sourceMask };
  const first = sourcePositions.data.subarray(0, columns);
  const data = Int32Array.from({ length: batch * columns }, (_, at) => first[at % columns]!);
  return { ...layers, sourceMask, memoryPositions: { shape, data } };
}

function counted(length: number): HostTensor {
  return { shape: [length], data: Int32Array.from({ length }, (_, at) => at) };
}

/** Where the rows of a run are in the batch. */
interface Place {
  readonly rows: readonly number[];
  readonly batch: number;
  readonly columns: number;
}

/**
 * The rows of one run put into the batch: `[rows, source]`, or `[rows, heads, source, width]`, with zeros behind a shorter
 * source, which its mask hides.
 */
function placed(
  known: HostTensor | undefined,
  { shape, data }: HostTensor,
  { rows, batch, columns }: Place,
): HostTensor {
  const axis = shape.length === 2 ? 1 : 2;
  if (rows.length === batch && shape[axis] === columns) return { shape, data };
  const whole = shape.with(0, batch).with(axis, columns);
  const inner = shape.slice(axis + 1).reduce((a, b) => a * b, 1);
  const heads = axis === 2 ? shape[1]! : 1;
  const Data = data.constructor as new (length: number) => typeof data;
  const result = known?.data ?? new Data(batch * heads * columns * inner);
  const size = shape[axis]! * inner;
  rows.forEach((row, at) => {
    for (let head = 0; head < heads; head++)
      result.set(
        data.subarray((at * heads + head) * size, (at * heads + head + 1) * size),
        (row * heads + head) * columns * inner,
      );
  });
  return { shape: whole, data: result };
}
