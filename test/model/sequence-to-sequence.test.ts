/**
 * Encoder-decoders with any encoding in each half: decoding with a cache and a memory made once, padding, positions
 * in cross-attention, and what is refused.
 */
import { describe, expect, test } from "vitest";
import { encodingById } from "../../src/encodings/index.ts";
import { none } from "../../src/encodings/none.ts";
import { encoderDecoderConfig } from "../../src/model/encoder-decoder-config.ts";
import type { EncoderDecoderConfig } from "../../src/model/encoder-decoder-config.ts";
import {
  decode,
  encode,
  encoderDecoder,
  forwardPair,
  memoryOf,
} from "../../src/model/encoder-decoder.ts";
import type {
  EncoderDecoder,
  EncodingWithOptions,
  Memory,
} from "../../src/model/encoder-decoder.ts";
import { passContext } from "../../src/model/context.ts";
import type { KeyValue } from "../../src/model/operands.ts";
import { stack } from "../../src/model/stack.ts";
import { constant, input } from "../../src/operators/source.ts";
import { evaluate } from "../../src/tensor/evaluate.ts";
import type { Tensor, Value } from "../../src/tensor/tensor.ts";
import { instances } from "../encodings/instances.ts";
import type { Instance } from "../encodings/instances.ts";
import { positionsFrom, randomTokens, randomValues, relativeDifference } from "./small-model.ts";

const [batch, sourceLength, targetLength] = [2, 6, 7];
const source = randomTokens(batch, sourceLength, 3);
const target = randomTokens(batch, targetLength, 4);

interface Parts {
  readonly encoder?: EncodingWithOptions;
  readonly decoder?: EncodingWithOptions;
  readonly cross?: EncodingWithOptions;
  readonly config?: Partial<EncoderDecoderConfig>;
}

function modelOf({ encoder, decoder, cross, config }: Parts = {}): EncoderDecoder {
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

const byId = (id: string, options: object = {}): EncodingWithOptions => ({
  definition: encodingById(id),
  options,
});

/** Values of parameters and of inputs that stand for results of another graph. */
function givenTo(model: EncoderDecoder): Map<Tensor, Value> {
  return new Map(
    [...randomValues(model)].map(([name, value]) => [model.parameters.get(name), value]),
  );
}

const rowsOf = ({ shape, data }: Value, from: number, end: number): Tensor => {
  const [rows, length] = shape as [number, number];
  const cut = Array.from({ length: rows }, (_, row) => [
    ...data.slice(row * length + from, row * length + end),
  ]);
  return constant([rows, end - from], cut.flat(), "int32");
};

/** Logits of the target's pieces, `[batch, piece, vocab]` each. */
function decoded(model: EncoderDecoder, memory: Memory, pieces: readonly number[]): Tensor[] {
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

function pairOf(model: EncoderDecoder, at = 0): Tensor {
  return forwardPair(model, {
    source: { tokens: rowsOf(source, 0, sourceLength), positions: positionsFrom(at, sourceLength) },
    target: { tokens: rowsOf(target, 0, targetLength), positions: positionsFrom(0, targetLength) },
  }).logits;
}

/** Rows joined: of pieces `[batch, piece, vocab]` the whole `[batch, target, vocab]`. */
function joined(parts: readonly Float64Array[]): number[] {
  return Array.from({ length: batch }, (_, row) =>
    parts.flatMap((part) => [
      ...part.subarray((row * part.length) / batch, ((row + 1) * part.length) / batch),
    ]),
  ).flat();
}

/** A memory whose keys and values are inputs, and their values from the graph that makes it. */
function memoryAsInputs(model: EncoderDecoder, values: Map<Tensor, Value>): Memory {
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

const sizes = { model: 24, heads: 3, headDim: 8, layers: 2, vocab: 11, trainLength: 7 };

/** The encoding in an encoder, or none where it is for causal models alone. */
function inEncoder({ definition, options }: Instance): EncodingWithOptions {
  try {
    definition.create({ ...sizes, causal: false }, options);
    return { definition, options };
  } catch (error) {
    expect(String(error)).toMatch(/causal|decoder|future|past/);
    return { definition: none };
  }
}

describe.each(instances)("$name in both halves", (instance) => {
  test("decodes with a cache and a memory made once as in one pass", () => {
    const { definition, options } = instance;
    const model = modelOf({
      encoder: inEncoder(instance),
      decoder: { definition, options },
      config: { form: "post", keyValueHeads: 1 },
    });
    const values = givenTo(model);
    const cacheable = model.decoder.cache.keys !== "recompute";
    const pieces = cacheable ? [3, 1, 3] : [targetLength];
    const [whole] = evaluate([pairOf(model)], values) as [Value];
    const logits = decoded(model, memoryAsInputs(model, values), pieces);
    const found = joined(evaluate(logits, values).map(({ data }) => data));
    expect(relativeDifference(found, whole.data)).toBeLessThan(1e-9);
  });
});

describe("positions in cross-attention", () => {
  const shifted = (cross: EncodingWithOptions | undefined): number => {
    const model = modelOf({ ...(cross && { cross }) });
    const [here, there] = evaluate([pairOf(model), pairOf(model, 20)], givenTo(model));
    return relativeDifference(there!.data, here!.data);
  };

  test("there are none by default", () => {
    expect(shifted(undefined)).toBe(0);
  });

  test.each([
    "rope",
    "t5",
    "shaw",
    "pope",
    "deberta",
    "layers(rope,none)",
    "heads(alibi,none,rope)",
  ])("%s reads the source's positions", (id) => {
    expect(shifted(byId(id))).toBeGreaterThan(1e-3);
    const model = modelOf({ cross: byId(id), decoder: byId("rope"), config: { keyValueHeads: 1 } });
    const values = givenTo(model);
    const [whole] = evaluate([pairOf(model)], values) as [Value];
    const logits = decoded(model, memoryAsInputs(model, values), [1, 4, 2]);
    const found = joined(evaluate(logits, values).map(({ data }) => data));
    expect(relativeDifference(found, whole.data)).toBeLessThan(1e-9);
  });

  test("each site has tensors of its own", () => {
    const t5 = byId("t5");
    const names = modelOf({ encoder: t5, decoder: t5, cross: t5 }).parameters.specs.map(
      ({ name }) => name,
    );
    expect(names.filter((name) => name.includes("position."))).toEqual([
      "encoder.position.t5.table",
      "decoder.position.t5.table",
      "decoder.crossAttention.position.t5.table",
    ]);
    const shaw = modelOf({ cross: byId("shaw") }).parameters.specs.map(({ name }) => name);
    expect(shaw).toContain("decoder.blocks.1.crossAttention.position.shaw.key");
  });

  test.each([
    ["sinusoidal", /^sinusoidal: it cannot be the encoding of cross-attention.*"embed"/],
    ["randomized", /^randomized: it cannot .*"sampling"/],
    ["rel-proj", /^rel-proj: it cannot .*"tokenState"/],
    ["rope+sinusoidal", /^rope\+sinusoidal: it cannot .*"embed"/],
    ["layers(none,rel-proj)", /^layers\(none,rel-proj\): it cannot .*"tokenState"/],
    ["fox", /fox: .*causal/],
  ])("%s is refused", (id, message) => {
    const build = (): unknown => modelOf({ cross: byId(id) });
    expect(build).toThrow(RangeError);
    expect(build).toThrow(message);
  });
});

describe("padding of the source", () => {
  test("changes nothing in the target", () => {
    const model = modelOf({ encoder: byId("alibi"), decoder: byId("rope"), cross: byId("t5") });
    const values = givenTo(model);
    const run = (tokens: Tensor, keyMask?: Tensor): Tensor =>
      forwardPair(model, {
        source: { tokens, positions: positionsFrom(0, tokens.shape[1] as number), keyMask },
        target: { tokens: rowsOf(target, 0, 5), positions: positionsFrom(0, 5) },
      }).logits;
    const text = (length: number): number[] => Array.from({ length: 6 }, (_, at) => +(at < length));
    const keyMask = constant([batch, 6], [...text(4), ...text(4)], "bool");
    const padded = run(rowsOf(source, 0, 6), keyMask);
    const [found, alone, without] = evaluate(
      [padded, run(rowsOf(source, 0, 4)), run(rowsOf(source, 0, 6))],
      values,
    );
    expect(relativeDifference(found!.data, alone!.data)).toBeLessThan(1e-12);
    expect(relativeDifference(without!.data, alone!.data)).toBeGreaterThan(1e-3);
  });
});

describe("embeddings", () => {
  const tables = (config: Partial<EncoderDecoderConfig>): string[] =>
    modelOf({ config })
      .parameters.specs.map(({ name }) => name)
      .filter((name) => /tokens|head/.test(name));

  test("are one table or two, and the head is the target's where tied", () => {
    expect(tables({ embeddings: "shared" })).toEqual(["tokens.weight", "head.weight"]);
    expect(tables({ embeddings: "shared", tiedHead: true })).toEqual(["tokens.weight"]);
    const separate = ["encoder.tokens.weight", "decoder.tokens.weight"];
    expect(tables({ sourceVocab: 13 })).toEqual([...separate, "head.weight"]);
    expect(tables({ sourceVocab: 13, tiedHead: true })).toEqual(separate);
    for (const config of [{ embeddings: "shared", tiedHead: true }, { tiedHead: true }] as const) {
      const model = modelOf({ config });
      expect(evaluate([pairOf(model)], givenTo(model))[0]!.shape).toEqual([batch, 7, 11]);
    }
  });

  test("that cannot be shared are refused", () => {
    const base = { vocab: 11, model: 24, heads: 3, encoderLayers: 1, decoderLayers: 1 };
    expect(encoderDecoderConfig(base).embeddings).toBe("shared");
    expect(encoderDecoderConfig({ ...base, sourceVocab: 5 }).embeddings).toBe("separate");
    expect(() => encoderDecoderConfig({ ...base, sourceVocab: 5, embeddings: "shared" })).toThrow(
      /shared embeddings have one vocabulary.*5 and 11/,
    );
    expect(() => encoderDecoderConfig({ ...base, embeddings: "one" as "shared" })).toThrow(
      /embeddings "one" is unknown. Choose one of shared, separate/,
    );
    for (const name of ["encoderLayers", "decoderLayers", "sourceVocab"])
      expect(() => encoderDecoderConfig({ ...base, [name]: 0 })).toThrow(
        new RegExp(`${name} must be a whole number of 1 or more, got 0`),
      );
    const wide = { definition: encodingById("distance-row"), options: { width: 5 } };
    expect(() => modelOf({ encoder: wide, config: { embeddings: "shared" } })).toThrow(
      /distance-row.*cannot serve as both halves' table.*"separate"/,
    );
  });
});

describe("memories where there is no place for them", () => {
  const model = modelOf();
  const positions = positionsFrom(0, 6);
  const encoded = input("encoded", [batch, 6, 24]);
  const memory = memoryOf(model, { encoded, positions });
  const tokens = rowsOf(target, 0, 3);

  test("a memory of fewer layers", () => {
    const short = { ...memory, layers: memory.layers.slice(1) };
    expect(() => decode(model, { tokens, positions: positionsFrom(0, 3), memory: short })).toThrow(
      /the memory has keys of 1 layers, the stack has 2/,
    );
  });

  test("a mask that does not fit the memory", () => {
    const keyMask = constant([batch, 5], Array<number>(batch * 5).fill(1), "bool");
    expect(() =>
      decode(model, { tokens, positions: positionsFrom(0, 3), memory: { ...memory, keyMask } }),
    ).toThrow(/keyMask must be bool \[2, 6\]/);
  });

  test("a stack with cross-attention and no memory, and the other way round", () => {
    const { config } = modelOf();
    const settings = { ...config, layers: 2 };
    const x = input("x", [batch, 3, 24]);
    const dropout = (y: Tensor): Tensor => y;
    const places = positionsFrom(0, 3);
    const inputs = { queries: places, keys: places, causal: true, dropout };
    const of = (half: string) => ({
      get: (name: string) => model.parameters.get(`${half}.${name}`),
      find: (name: string) => model.parameters.find(`${half}.${name}`),
      entries: () => [],
    });
    const given = (half: string) => ({
      ...{ config: settings, encoding: model.decoder, parameters: of(half), x, dropout },
      context: passContext(inputs, of(half)),
    });
    expect(() => stack(given("decoder"))).toThrow(/attend to a memory, and none was given/);
    const across = {
      encoding: model.cross,
      context: given("decoder").context,
      layers: memory.layers,
    };
    expect(() => stack({ ...given("encoder"), memory: across })).toThrow(
      /was given a memory, but its blocks have no cross-attention/,
    );
  });
});
