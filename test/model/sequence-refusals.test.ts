/**
 * Encoder-decoders: their token tables, and memories that do not fit.
 */
import { describe, expect, test } from "vitest";
import { encodingById } from "../../src/encodings/index.ts";
import { passContext } from "../../src/model/context.ts";
import { decode, memoryOf } from "../../src/model/encode-decode.ts";
import { encoderDecoderConfig } from "../../src/model/encoder-decoder-config.ts";
import type { EncoderDecoderConfig } from "../../src/model/encoder-decoder-config.ts";
import { stack } from "../../src/model/stack.ts";
import { constant, input } from "../../src/operators/source.ts";
import { evaluate } from "../../src/tensor/evaluate.ts";
import type { Tensor } from "../../src/tensor/tensor.ts";
import { batch, givenTo, modelOf, pairOf, rowsOf, target } from "./sequence-model.ts";
import { positionsFrom } from "./small-model.ts";

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
