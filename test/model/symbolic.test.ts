/**
 * Graphs whose batch, lengths and cache are symbols, run by the runtime: grouped queries with windows and documents,
 * and both graphs of an encoder-decoder.
 */
import { describe, expect, test } from "vitest";
import { decoding } from "../../src/contract/decoding.ts";
import { encodingById } from "../../src/encodings/index.ts";
import type { Positions } from "../../src/encodings/position-encoding.ts";
import { decode, encode, memoryOf } from "../../src/model/encode-decode.ts";
import type { EncoderDecoder } from "../../src/model/encoder-decoder.ts";
import type { KeyValue } from "../../src/model/operands.ts";
import { input, inputName } from "../../src/operators/source.ts";
import { compile } from "../../src/runtime/node.ts";
import type { HostTensor } from "../../src/runtime/session.ts";
import { evaluate } from "../../src/tensor/evaluate.ts";
import type { Tensor } from "../../src/tensor/tensor.ts";
import {
  batch,
  byId,
  givenTo,
  modelOf,
  pairOf,
  source,
  sourceLength,
  target,
  targetLength,
} from "./sequence-model.ts";
import { hostTensor, randomValues, relativeDifference, smallModel } from "./small-model.ts";

describe("decoding with grouped queries", () => {
  const window = [{ back: 3, sinks: 1 }, "all"] as const;
  const sizes = { heads: 6, keyValueHeads: 3, headDim: 8, window } as const;

  test.each(["rope", "t5", "pope", "fox", "path", "deberta", "heads(alibi,none,rope)"])(
    "%s",
    async (id) => {
      const definition = encodingById(id);
      const model = smallModel(definition, {}, sizes);
      const values = randomValues(model);
      const make = (): typeof model => model;
      const found = await decoding.run({ definition, options: {}, model, values, compile, make });
      expect(found.faults ?? []).toEqual([]);
      expect(found.measures!.length).toBeGreaterThan(2);
      for (const { what, value, limit } of found.measures!) expect(value, what).toBeLessThan(limit);
    },
  );
});

const dimension = (name: string): Positions => ({
  tensor: input(`${name} positions`, [name], "int32"),
  consecutive: true,
});

/** The graph of a source: its keys and values in every layer of the decoder, by name. */
function sourceGraph(model: EncoderDecoder): { inputs: Tensor[]; outputs: Record<string, Tensor> } {
  const tokens = input("source", ["batch", "source"], "int32");
  const keyMask = input("mask", ["batch", "source"], "bool");
  const positions = dimension("source");
  const { encoded } = encode(model, { tokens, positions, keyMask });
  const { layers } = memoryOf(model, { encoded, positions, keyMask });
  const outputs = layers.flatMap(({ key, value }, layer) => [
    [`memory.${layer}.key`, key],
    [`memory.${layer}.value`, value],
  ]);
  return {
    inputs: [tokens, keyMask, positions.tensor, ...model.parameters.tensors],
    outputs: Object.fromEntries(outputs) as Record<string, Tensor>,
  };
}

/** The graph of target tokens after others, with the memory as inputs. */
function targetGraph(model: EncoderDecoder): { inputs: Tensor[]; outputs: Record<string, Tensor> } {
  const { keyValueHeads, headDim, decoderLayers } = model.config;
  const cache = (name: string, length: string): KeyValue[] =>
    Array.from({ length: decoderLayers }, (_, layer) => ({
      key: input(`${name}.${layer}.key`, ["batch", keyValueHeads, length, headDim]),
      value: input(`${name}.${layer}.value`, ["batch", keyValueHeads, length, headDim]),
    }));
  const tokens = input("target", ["batch", "target"], "int32");
  const [positions, places] = [dimension("target"), dimension("source")];
  const keys = input("key positions", ["past+target"], "int32");
  const keyMask = input("mask", ["batch", "source"], "bool");
  const [memory, past] = [cache("memory", "source"), cache("past", "past")];
  const { logits, present } = decode(model, {
    ...{ tokens, positions, memory: { layers: memory, positions: places, keyMask } },
    past: { layers: past, keyPositions: { tensor: keys, consecutive: true } },
  });
  const tensors = [...memory, ...past].flatMap(({ key, value }) => [key, value]);
  return {
    inputs: [
      ...[tokens, positions.tensor, places.tensor, keys, keyMask, ...tensors],
      ...model.parameters.tensors,
    ],
    outputs: {
      logits,
      ...Object.fromEntries(
        present.flatMap(({ key, value }, layer) => [
          [`present.${layer}.key`, key],
          [`present.${layer}.value`, value],
        ]),
      ),
    },
  };
}

test("an encoder-decoder's two graphs give what one pass gives", async () => {
  const model = modelOf({
    ...{ encoder: byId("t5"), decoder: byId("rope"), cross: byId("rope") },
    config: { keyValueHeads: 1 },
  });
  const values = givenTo(model);
  const expected = evaluate([pairOf(model)], values)[0]!.data;
  const weights = Object.fromEntries(
    [...values].map(([tensor, value]) => [inputName(tensor)!, hostTensor(value, "float32")]),
  );
  const range = (from: number, size: number): HostTensor => ({
    shape: [size],
    data: Int32Array.from({ length: size }, (_, at) => from + at),
  });
  const ofSource = {
    mask: {
      shape: [batch, sourceLength],
      data: new Uint8Array(batch * sourceLength).fill(1),
    },
    "source positions": range(0, sourceLength),
  };
  const [encoder, decoder] = await Promise.all(
    [sourceGraph(model), targetGraph(model)].map((graph) => compile(graph, { threads: 1 })),
  );
  const memory = await encoder!.run({
    ...{ ...weights, ...ofSource },
    source: hostTensor(source, "int32"),
  });
  const { decoderLayers, headDim } = model.config;
  let past: Record<string, HostTensor> = Object.fromEntries(
    Array.from({ length: decoderLayers }, (_, layer) =>
      ["key", "value"].map((part) => [
        `past.${layer}.${part}`,
        { shape: [batch, 1, 0, headDim], data: new Float32Array(0) },
      ]),
    ).flat() as [string, HostTensor][],
  );
  const vocab = 11;
  const found = new Float32Array(batch * targetLength * vocab);
  let done = 0;
  for (const piece of [3, 1, 3]) {
    const rows = Array.from({ length: batch }, (_, row) => [
      ...target.data.slice(row * targetLength + done, row * targetLength + done + piece),
    ]);
    const { logits, ...present } = await decoder!.run({
      ...{ ...weights, ...ofSource, ...memory, ...past },
      target: { shape: [batch, piece], data: Int32Array.from(rows.flat()) },
      "target positions": range(done, piece),
      "key positions": range(0, done + piece),
    });
    for (let row = 0; row < batch; row++)
      found.set(
        (logits!.data as Float32Array).subarray(row * piece * vocab, (row + 1) * piece * vocab),
        (row * targetLength + done) * vocab,
      );
    past = Object.fromEntries(
      Object.entries(present).map(([name, tensor]) => [name.replace("present", "past"), tensor]),
    );
    done += piece;
  }
  await Promise.all([encoder!.dispose(), decoder!.dispose()]);
  expect(relativeDifference(found, expected)).toBeLessThan(1e-5);
});
