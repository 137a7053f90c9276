/**
 * Fewer heads of keys and values than of queries, under every encoding.
 *
 * The model with grouped queries must equal the model in which each head of queries has its own copy of the
 * keys' and values' projections: in its logits, in its gradients (a shared projection's is the sum over its
 * copies), and while it decodes with a cache, which holds the shared heads alone.
 */
import { describe, expect, test } from "vitest";
import { gradients } from "../../src/autodiff/gradients.ts";
import { encodingById } from "../../src/encodings/index.ts";
import type { EncodingDefinition } from "../../src/encodings/position-encoding.ts";
import { cacheColumns } from "../../src/generation/decoding-graph.ts";
import type { KeyValue } from "../../src/model/operands.ts";
import { forward } from "../../src/model/transformer.ts";
import type { LanguageModel } from "../../src/model/transformer.ts";
import { multiply } from "../../src/operators/arithmetic.ts";
import { sum } from "../../src/operators/reduction.ts";
import { constant } from "../../src/operators/source.ts";
import { random } from "../../src/random/random.ts";
import { evaluate } from "../../src/tensor/evaluate.ts";
import type { Value } from "../../src/tensor/tensor.ts";
import { instances } from "../encodings/instances.ts";
import {
  given,
  positionsFrom,
  randomTokens,
  randomValues,
  relativeDifference,
  smallModel,
} from "./small-model.ts";

const [batch, length, heads, headDim] = [2, 7, 6, 8];
const tokens = randomTokens(batch, length);
const cotangent = random(3, "cotangent").normalArray(batch * length * 11);

function modelOf(definition: EncodingDefinition, options: object, shared: number): LanguageModel {
  const sizes = { heads, headDim, keyValueHeads: shared, trainLength: length };
  return smallModel(definition, options, sizes);
}

const isShared = (name: string): boolean => /attention\.(key|value)\.(weight|bias)$/.test(name);

/** `[..., shared · headDim]` with the columns of each head copied for each head of queries. */
function copied({ shape, data }: Value, shared: number): Value {
  const width = shape.at(-1)!;
  const wide = [...shape.slice(0, -1), heads * headDim];
  const group = heads / shared;
  const numbers = Float64Array.from(
    { length: (data.length / width) * heads * headDim },
    (_, at) => {
      const [row, column] = [Math.floor(at / (heads * headDim)), at % (heads * headDim)];
      const head = Math.floor(Math.floor(column / headDim) / group);
      return data[row * width + head * headDim + (column % headDim)]!;
    },
  );
  return { shape: wide, data: numbers };
}

/** The sum over copies, the transpose of `copied`. */
function summed(data: Float64Array, shared: number): Float64Array {
  const group = heads / shared;
  const width = shared * headDim;
  const total = new Float64Array((data.length / (heads * headDim)) * width);
  data.forEach((value, at) => {
    const [row, column] = [Math.floor(at / (heads * headDim)), at % (heads * headDim)];
    const head = Math.floor(Math.floor(column / headDim) / group);
    total[row * width + head * headDim + (column % headDim)]! += value;
  });
  return total;
}

/** Logits, and where asked for the gradient of their product with fixed numbers for every parameter. */
function numbersOf(
  model: LanguageModel,
  values: ReadonlyMap<string, Value>,
  derive: boolean,
): Float64Array[] {
  const ids = constant([batch, length], tokens.data, "int32");
  const { logits } = forward(model, { tokens: ids, positions: positionsFrom(0, length) });
  const loss = sum(multiply(logits, constant([batch, length, 11], cotangent)));
  const all = [logits, ...(derive ? gradients(loss, model.parameters.tensors) : [])];
  return evaluate(all, given(model, values)).map(({ data }) => data);
}

/** Logits of the tokens in pieces, the cache between. */
function decoded(
  model: LanguageModel,
  values: ReadonlyMap<string, Value>,
  pieces: readonly number[],
): { logits: Float64Array[]; layers: readonly KeyValue[] } {
  let [done, layers] = [0, undefined as readonly KeyValue[] | undefined];
  const parts: Float64Array[] = [];
  const row = (from: number, size: number): number[] =>
    Array.from({ length: batch }, (_, b) =>
      Array.from(tokens.data.subarray(b * length + from, b * length + from + size)),
    ).flat();
  for (const piece of pieces) {
    const step = forward(model, {
      tokens: constant([batch, piece], row(done, piece), "int32"),
      positions: positionsFrom(done, piece),
      ...(layers && {
        past: {
          layers,
          keyPositions: positionsFrom(0, done + piece),
          tokens: constant([batch, done], row(0, done), "int32"),
        },
      }),
    });
    parts.push(evaluate([step.logits], given(model, values))[0]!.data);
    layers = step.present;
    done += piece;
  }
  return { logits: parts, layers: layers! };
}

describe.each(instances)("$name", ({ definition, options }) => {
  const copies = modelOf(definition, options, heads);

  test.each([1, 3])("%i heads of keys equal copies of them", (shared) => {
    const model = modelOf(definition, options, shared);
    const values = randomValues(model);
    const wide = new Map(
      [...values].map(([name, value]) => [name, isShared(name) ? copied(value, shared) : value]),
    );
    const derive = shared === 3;
    const [found, expected] = [numbersOf(model, values, derive), numbersOf(copies, wide, derive)];
    const names = ["logits", ...model.parameters.specs.map(({ name }) => name)];
    const largest = Math.max(...expected.slice(1).flatMap((data) => [...data].map(Math.abs)));
    found.forEach((numbers, at) => {
      const name = names[at]!;
      const other = isShared(name) ? summed(expected[at]!, shared) : expected[at]!;
      const scale = at === 0 ? 1 : largest;
      const difference = numbers.reduce((most, x, k) => Math.max(most, Math.abs(x - other[k]!)), 0);
      expect(difference / scale, name).toBeLessThan(1e-11);
    });
  });

  test("a cache of shared heads gives what one pass gives", () => {
    const model = modelOf(definition, options, 3);
    const { cache } = model.encoding;
    if (cache.keys === "recompute") return;
    const values = randomValues(model);
    const whole = decoded(model, values, [length]).logits[0]!;
    const { logits, layers } = decoded(model, values, [3, 1, 3]);
    const classes = whole.length / (batch * length);
    let done = 0;
    for (const part of logits) {
      const size = part.length / (batch * classes);
      for (let b = 0; b < batch; b++) {
        const own = part.subarray(b * size * classes, (b + 1) * size * classes);
        const from = (b * length + done) * classes;
        const expected = whole.subarray(from, from + size * classes);
        expect(relativeDifference(own, expected)).toBeLessThan(1e-9);
      }
      done += size;
    }
    layers.forEach(({ key, value }, layer) => {
      const own = model.encoding.at?.(layer) ?? model.encoding;
      const [keys, valued] = cacheColumns(model)[layer]!;
      expect(key.shape).toEqual([batch, keys!.heads, length, keys!.width]);
      expect(value.shape).toEqual([batch, 3, length, headDim]);
      expect(valued).toEqual({ name: "value", heads: 3, width: headDim });
      expect(keys!.heads).toBe(own.cache.keys === "rewritten" ? heads : 3);
    });
  });
});

test("a rotation that differs by head and does not say so is refused with the way out", () => {
  const pope = encodingById("pope").create({
    ...{ model: 24, heads, keyValueHeads: 3, headDim, layers: 2, vocab: 11 },
    ...{ trainLength: length, causal: true },
  });
  const silent = { ...pope, rotatesByHead: false };
  const definition = { ...encodingById("pope"), create: () => silent };
  for (const shared of [1, 3]) {
    const model = modelOf(definition, {}, shared);
    const ids = constant([batch, length], tokens.data, "int32");
    expect(() => forward(model, { tokens: ids, positions: positionsFrom(0, length) })).toThrow(
      /^pope: .*"rotate".*rotatesByHead: true/,
    );
  }
});
