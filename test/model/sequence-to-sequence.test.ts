/**
 * Encoder-decoders with any encoding in each half: decoding with a cache and a memory made once, padding, and
 * positions in cross-attention.
 */
import { describe, expect, test } from "vitest";
import { none } from "../../src/encodings/none.ts";
import { forwardPair } from "../../src/model/encode-decode.ts";
import type { EncodingWithOptions } from "../../src/model/encoder-decoder.ts";
import { constant } from "../../src/operators/source.ts";
import { evaluate } from "../../src/tensor/evaluate.ts";
import type { Tensor, Value } from "../../src/tensor/tensor.ts";
import { instances } from "../encodings/instances.ts";
import type { Instance } from "../encodings/instances.ts";
import {
  batch,
  byId,
  decoded,
  givenTo,
  joined,
  memoryAsInputs,
  modelOf,
  pairOf,
  rowsOf,
  source,
  target,
  targetLength,
} from "./sequence-model.ts";
import { positionsFrom, relativeDifference } from "./small-model.ts";

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
