/**
 * Small encoder-decoders, their batches, and decoding in pieces by `evaluate`.
 *
 * @module
 */
import { encodingById } from "../../src/encodings/index.ts";
import { none } from "../../src/encodings/none.ts";
import { decode, encode, forwardPair, memoryOf } from "../../src/model/encode-decode.ts";
import type { Memory } from "../../src/model/encode-decode.ts";
import { encoderDecoderConfig } from "../../src/model/encoder-decoder-config.ts";
import type { EncoderDecoderConfig } from "../../src/model/encoder-decoder-config.ts";
import { encoderDecoder } from "../../src/model/encoder-decoder.ts";
import type { EncoderDecoder, EncodingWithOptions } from "../../src/model/encoder-decoder.ts";
import type { KeyValue } from "../../src/model/operands.ts";
import { constant, input } from "../../src/operators/source.ts";
import { evaluate } from "../../src/tensor/evaluate.ts";
import type { Tensor, Value } from "../../src/tensor/tensor.ts";
import { positionsFrom, randomTokens, randomValues } from "./small-model.ts";

export const batch = 2;
export const sourceLength = 6;
export const targetLength = 7;
/** Token ids `[batch, sourceLength]`. */
export const source: Value = randomTokens(batch, sourceLength, 3);
/** Token ids `[batch, targetLength]`. */
export const target: Value = randomTokens(batch, targetLength, 4);

/** What differs from a model without encodings. */
export interface Parts {
  readonly encoder?: EncodingWithOptions;
  readonly decoder?: EncodingWithOptions;
  readonly cross?: EncodingWithOptions;
  readonly config?: Partial<EncoderDecoderConfig>;
}

/** Width 24, three heads, two layers in each half, a token table for each. */
export function modelOf({ encoder, decoder, cross, config }: Parts = {}): EncoderDecoder {
  const sizes = { vocab: 11, model: 24, heads: 3, hidden: 32, encoderLayers: 2, decoderLayers: 2 };
  const plain = { definition: none };
  return encoderDecoder(encoderDecoderConfig({ ...sizes, embeddings: "separate", ...config }), {
    encoder: encoder ?? plain,
    decoder: decoder ?? plain,
    ...(cross && { cross }),
    sourceLength: 7,
    targetLength,
  });
}

/** An encoding or composition by its text. */
export function byId(id: string, options: object = {}): EncodingWithOptions {
  return { definition: encodingById(id), options };
}

/** Values of parameters and of inputs that stand for results of another graph. */
export function givenTo(model: EncoderDecoder): Map<Tensor, Value> {
  return new Map(
    [...randomValues(model)].map(([name, value]) => [model.parameters.get(name), value]),
  );
}

/** Tokens `from … end − 1` of each row. */
export function rowsOf({ shape, data }: Value, from: number, end: number): Tensor {
  const [rows, length] = shape as [number, number];
  const cut = Array.from({ length: rows }, (_, row) => [
    ...data.slice(row * length + from, row * length + end),
  ]);
  return constant([rows, end - from], cut.flat(), "int32");
}

/** Logits of the target's pieces, `[batch, piece, vocab]` each. */
export function decoded(
  model: EncoderDecoder,
  memory: Memory,
  pieces: readonly number[],
): Tensor[] {
  let [done, layers] = [0, undefined as readonly KeyValue[] | undefined];
  return pieces.map((piece) => {
    const end = done + piece;
    const { logits, present } = decode(model, {
      tokens: rowsOf(target, done, end),
      positions: positionsFrom(done, piece),
      memory,
      ...(layers && {
        past: {
          layers,
          keyPositions: positionsFrom(0, end),
          tokens: rowsOf(target, 0, done),
        },
      }),
    });
    [done, layers] = [end, present];
    return logits;
  });
}

/** Logits of the target, the source at positions from `at` on. */
export function pairOf(model: EncoderDecoder, at = 0): Tensor {
  return forwardPair(model, {
    source: { tokens: rowsOf(source, 0, sourceLength), positions: positionsFrom(at, sourceLength) },
    target: { tokens: rowsOf(target, 0, targetLength), positions: positionsFrom(0, targetLength) },
  }).logits;
}

/** Rows joined: of pieces `[batch, piece, vocab]` the whole `[batch, target, vocab]`. */
export function joined(parts: readonly Float64Array[]): number[] {
  return Array.from({ length: batch }, (_, row) =>
    parts.flatMap((part) => [
      ...part.subarray((row * part.length) / batch, ((row + 1) * part.length) / batch),
    ]),
  ).flat();
}

/** A memory whose keys and values are inputs, and their values from the graph that makes it. */
export function memoryAsInputs(model: EncoderDecoder, values: Map<Tensor, Value>): Memory {
  const positions = positionsFrom(0, sourceLength);
  const tokens = rowsOf(source, 0, sourceLength);
  const { encoded } = encode(model, { tokens, positions });
  const made = memoryOf(model, { encoded, positions });
  const layers = made.layers.map(({ key, value }, layer): KeyValue => {
    const [k, v] = evaluate([key, value], values) as [Value, Value];
    const kept = { key: input(`key ${layer}`, k.shape), value: input(`value ${layer}`, v.shape) };
    values.set(kept.key, k).set(kept.value, v);
    return kept;
  });
  return { layers, positions };
}
