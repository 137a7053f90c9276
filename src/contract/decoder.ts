/**
 * Decoding with a key/value cache: one compiled graph, the cache between its runs.
 *
 * @module
 */
import { cacheColumns, decodingGraph } from "../generation/decoding-graph.ts";
import type { CacheColumn, DecodingOptions } from "../generation/decoding-graph.ts";
import type { LanguageModel } from "../model/transformer.ts";
import type { Compile, HostTensor, Program } from "../runtime/session.ts";
import type { Value } from "../tensor/tensor.ts";
import { hostTensor } from "./small-model.ts";

/** A compiled decoder. */
export interface Decoder {
  /** Logits `[batch, length, vocab]` of tokens given in pieces of these lengths, the cache between. */
  decode(tokens: Value, pieces: readonly number[]): Promise<Float32Array>;
  dispose(): Promise<void>;
}

/** Compiles the model for decoding. */
export async function compileDecoder(
  model: LanguageModel,
  values: ReadonlyMap<string, Value>,
  compile: Compile,
  options: DecodingOptions = {},
): Promise<Decoder> {
  const { inputs, outputs, readsTokens } = decodingGraph(model, options);
  const columns = cacheColumns(model);
  const program = await compile({ inputs, outputs }, { threads: 1 });
  const weights = Object.fromEntries(
    [...values].map(([name, value]) => [name, hostTensor(value, "float32")]),
  );
  return {
    decode: (all, pieces) =>
      decodePieces(program, weights, { columns, ids: readsTokens }, all, pieces),
    dispose: () => program.dispose(),
  };
}

async function decodePieces(
  program: Program,
  weights: Readonly<Record<string, HostTensor>>,
  { columns, ids }: { columns: readonly (readonly CacheColumn[])[]; ids: boolean },
  { shape, data }: Value,
  pieces: readonly number[],
): Promise<Float32Array> {
  const [batch, length] = shape as [number, number];
  let cache: Record<string, HostTensor> = Object.fromEntries(
    columns.flatMap((ofLayer, layer) =>
      ofLayer.map(({ name, heads, width }): [string, HostTensor] => [
        `past.${layer}.${name}`,
        { shape: [batch, heads, 0, width], data: new Float32Array(0) },
      ]),
    ),
  );
  const range = (from: number, size: number): HostTensor => ({
    shape: [size],
    data: Int32Array.from({ length: size }, (_, k) => from + k),
  });
  const tokensFrom = (from: number, size: number): HostTensor => ({
    shape: [batch, size],
    data: Int32Array.from({ length: batch * size }, (_, at) => {
      const [row, k] = [Math.floor(at / size), at % size];
      return data[row * length + from + k]!;
    }),
  });
  let result: Float32Array | undefined;
  let done = 0;
  for (const piece of pieces) {
    const outputs = await program.run({
      ...weights,
      ...cache,
      tokens: tokensFrom(done, piece),
      ...(ids && { pastTokens: tokensFrom(0, done) }),
      positions: range(done, piece),
      keyPositions: range(0, done + piece),
    });
    const logits = outputs["logits"]!;
    const classes = logits.shape[2]!;
    result ??= new Float32Array(batch * length * classes);
    for (let row = 0; row < batch; row++)
      result.set(
        (logits.data as Float32Array).subarray(row * piece * classes, (row + 1) * piece * classes),
        (row * length + done) * classes,
      );
    cache = Object.fromEntries(
      Object.entries(outputs)
        .filter(([name]) => name.startsWith("present."))
        .map(([name, value]) => [name.replace("present.", "past."), value]),
    );
    done += piece;
  }
  return result!;
}
