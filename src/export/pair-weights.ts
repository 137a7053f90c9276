/**
 * The weights of an encoder-decoder trained here as those of a family's model, which computes the same.
 *
 * T5 multiplies no scores, so factors of `query · key` are in the weights of queries, and that of the bias is in its table.
 * Marian and Pegasus have sines before cosines: where they take turns, the components of the residual stream change places, in
 * all weights that read or write it. Tables with fewer rows than the family's get rows of zeros.
 *
 * @module
 */
import type { EncoderDecoder } from "../model/encoder-decoder.ts";
import type { Weights } from "../parameters/weights.ts";

/** The encoding of both halves. */
export interface HalfEncoding {
  readonly id: string;
  /** With their defaults. */
  readonly options: Readonly<Record<string, unknown>>;
}

/** The weights. Biases that the family has besides are left out: they are 0. */
export function familyWeights(
  family: EncoderDecoder,
  { model, weights }: { readonly model: EncoderDecoder; readonly weights: Weights },
  encoding: HalfEncoding,
): Weights {
  const { config } = model;
  const places =
    encoding.id === "sinusoidal" && encoding.options["layout"] === "paper"
      ? sinesFirst(config.model)
      : undefined;
  const found = new Map<string, { shape: readonly number[]; data: Float32Array }>();
  for (const { name, shape } of family.parameters.specs) {
    const own = weights.get(name) ?? (name === "head.weight" ? headOf(weights) : undefined);
    if (own === undefined) continue;
    const scaled = multiplied(own.data, factorOf(name, model, encoding));
    const moved = places === undefined ? scaled : withPlaces(name, own.shape, scaled, places);
    found.set(name, { shape, data: withRows(moved, shape) });
  }
  return found;
}

/** The table as a head, `[model, vocab]`. */
function headOf(weights: Weights): { shape: readonly number[]; data: Float32Array } {
  const { shape, data } = weights.get("tokens.weight")!;
  const [vocab, model] = shape as [number, number];
  const head = new Float32Array(data.length);
  for (let id = 0; id < vocab; id++)
    for (let at = 0; at < model; at++) head[at * vocab + id] = data[id * model + at]!;
  return { shape: [model, vocab], data: head };
}

/** What the values of a parameter are multiplied by. */
function factorOf(
  name: string,
  { config, encoder, decoder, cross }: EncoderDecoder,
  { id, options }: HalfEncoding,
): number {
  if (id !== "t5") return 1;
  const plain = config.headDim ** -0.5;
  const own = name.startsWith("encoder.") ? encoder : decoder;
  if (/\.crossAttention\.query\./.test(name)) return config.scoreScale ?? cross.scoreScale ?? plain;
  if (/\.attention\.query\./.test(name)) return config.scoreScale ?? own.scoreScale ?? plain;
  if (!name.endsWith(".position.t5.table")) return 1;
  const given = options["biasMultiplier"];
  return typeof given === "number" ? given : options["form"] === "scaled" ? plain ** -1 : 1;
}

function multiplied(values: Float32Array, factor: number): Float32Array {
  return factor === 1 ? values : values.map((value) => value * factor);
}

/** Where each component goes, so that sines, which are at even places, come before cosines. */
function sinesFirst(width: number): Int32Array {
  const half = Math.ceil(width / 2);
  return Int32Array.from({ length: width }, (_, at) => (at >> 1) + (at % 2 === 0 ? 0 : half));
}

/** Rows of what reads the residual stream, columns of what writes it. */
const reads = /(\.(query|key|value|gate|up)|^head)\.weight$/;
const writes = /(^tokens|\.(output|down)|[nN]orm\d?)\.(weight|bias)$/;

function withPlaces(
  name: string,
  shape: readonly number[],
  values: Float32Array,
  places: Int32Array,
): Float32Array {
  const [rows, columns] = shape.length === 2 ? (shape as [number, number]) : [1, shape[0]!];
  const moved = new Float32Array(values.length);
  if (reads.test(name)) {
    for (let row = 0; row < rows; row++)
      moved.set(values.subarray(row * columns, (row + 1) * columns), places[row]! * columns);
    return moved;
  }
  if (!writes.test(name)) return values;
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++)
      moved[row * columns + places[column]!] = values[row * columns + column]!;
  return moved;
}

/** Values with zeros behind them. */
function withRows(values: Float32Array, shape: readonly number[]): Float32Array {
  const size = shape.reduce((product, length) => product * length, 1);
  if (values.length === size) return values;
  const whole = new Float32Array(size);
  whole.set(values);
  return whole;
}
