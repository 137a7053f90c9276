/**
 * Decoding with a key/value cache: one compiled graph whose batch, sequence and past are symbols.
 *
 * @module
 */
import type { KeyValue } from "../../src/model/attention.ts";
import { forward } from "../../src/model/transformer.ts";
import type { LanguageModel } from "../../src/model/transformer.ts";
import { input } from "../../src/operators/source.ts";
import { compile } from "../../src/runtime/node.ts";
import type { HostTensor, Program } from "../../src/runtime/session.ts";
import type { Tensor, Value } from "../../src/tensor/tensor.ts";
import { hostTensor } from "./small-model.ts";

/** A compiled decoder. */
export interface Decoder {
  /** Logits `[batch, length, vocab]` of tokens given in pieces of these lengths, the cache between. */
  decode(tokens: Value, pieces: readonly number[]): Promise<Float32Array>;
  dispose(): Promise<void>;
}

/** What a layer keeps of each token. */
interface CacheColumn {
  readonly name: string;
  readonly heads: number;
  readonly width: number;
}

/** The columns of each layer's cache. */
function cacheColumns({ config, encoding }: LanguageModel): readonly (readonly CacheColumn[])[] {
  const { heads, model } = config;
  return Array.from({ length: config.layers }, (_, layer) => {
    const { cache } = encoding.at?.(layer) ?? encoding;
    const { keyWidth = model / heads, memory = [] } = cache;
    return [
      { name: "key", heads, width: keyWidth },
      { name: "value", heads, width: model / heads },
      ...memory,
    ];
  });
}

/** Compiles the model for decoding; `consecutive` tells the encoding that no position is left out. */
export async function compileDecoder(
  model: LanguageModel,
  values: ReadonlyMap<string, Value>,
  consecutive = true,
): Promise<Decoder> {
  const tokens = input("tokens", ["batch", "sequence"], "int32");
  const positions = input("positions", ["sequence"], "int32");
  const keyPositions = input("keyPositions", ["past+sequence"], "int32");
  const columns = cacheColumns(model);
  const past = columns.map((ofLayer, layer): KeyValue => {
    const cached = ofLayer.map(({ name, heads, width }): [string, Tensor] => [
      name,
      input(`past.${layer}.${name}`, ["batch", heads, "past", width]),
    ]);
    const { key, value, ...memory } = Object.fromEntries(cached);
    return { key: key!, value: value!, memory };
  });
  const { logits, present } = forward(model, {
    tokens,
    positions: { tensor: positions, consecutive },
    past: { layers: past, keyPositions: { tensor: keyPositions, consecutive } },
  });
  const outputs: Record<string, Tensor> = { logits };
  present.forEach(({ key, value, memory }, layer) => {
    for (const [name, tensor] of Object.entries({ key, value, ...memory }))
      outputs[`present.${layer}.${name}`] = tensor;
  });
  const inputs = [
    tokens,
    positions,
    keyPositions,
    ...past.flatMap(({ key, value, memory }) => [key, value, ...Object.values(memory!)]),
  ];
  const program = await compile(
    { inputs: [...inputs, ...model.parameters.tensors], outputs },
    { threads: 1 },
  );
  const weights = Object.fromEntries(
    [...values].map(([name, value]) => [name, hostTensor(value, "float32")]),
  );
  return {
    decode: (all, pieces) => decodePieces(program, weights, columns, all, pieces),
    dispose: () => program.dispose(),
  };
}

async function decodePieces(
  program: Program,
  weights: Readonly<Record<string, HostTensor>>,
  columns: readonly (readonly CacheColumn[])[],
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
  let result: Float32Array | undefined;
  let done = 0;
  for (const piece of pieces) {
    const ids = new Int32Array(batch * piece);
    for (let row = 0; row < batch; row++)
      for (let k = 0; k < piece; k++) ids[row * piece + k] = data[row * length + done + k]!;
    const outputs = await program.run({
      ...weights,
      ...cache,
      tokens: { shape: [batch, piece], data: ids },
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
