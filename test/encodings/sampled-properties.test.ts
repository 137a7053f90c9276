/**
 * Models with sampled positions: whole, decoded in pieces, and in blocks of rows.
 */
import { describe, expect, test } from "vitest";
import { encodingById } from "../../src/encodings/index.ts";
import type { Positions } from "../../src/encodings/position-encoding.ts";
import { attendByRows } from "../../src/model/attention-map.ts";
import type { RowPlan } from "../../src/model/attention-rows.ts";
import { attentionOperands } from "../../src/model/operands.ts";
import type { KeyValue } from "../../src/model/operands.ts";
import { sharedBias } from "../../src/model/scores.ts";
import { forward } from "../../src/model/transformer.ts";
import type { ForwardOutputs } from "../../src/model/transformer.ts";
import { constant } from "../../src/operators/source.ts";
import { random } from "../../src/random/random.ts";
import { evaluate } from "../../src/tensor/evaluate.ts";
import type { Tensor } from "../../src/tensor/tensor.ts";
import {
  given,
  randomTokens,
  randomValues,
  relativeDifference,
  smallModel,
} from "../model/small-model.ts";
import { contextOf, positionsOf } from "./context.ts";

const length = 12;
const tokens = randomTokens(1, length);

describe.each(["rope", "alibi", "t5", "sinusoidal", "xpos"])("randomized over %s", (base) => {
  const definition = encodingById("randomized");
  const options = { base, range: 64 };
  const model = smallModel(definition, options, { trainLength: length });
  const values = randomValues(model);
  const { sampling } = model.encoding;
  const rows = [1, 2].map((layer) => sampling!.positions(length, random(layer, "row"), false));

  /** A pass over the tokens from `first` to `end`, after what earlier passes left. */
  const pass = (first: number, end: number, layers?: readonly KeyValue[]): ForwardOutputs => {
    const sampled = rows.map((row) => ({
      queries: positionsOf(row.slice(first, end), "unknown"),
      keys: positionsOf(row.slice(0, end), "unknown"),
    }));
    return forward(model, {
      tokens: constant([1, end - first], tokens.data.slice(first, end), "int32"),
      positions: sampled[0]!.queries,
      ...(layers && { past: { layers, keyPositions: sampled[0]!.keys } }),
      ...(sampling!.per === "layer" && { layerPositions: sampled }),
    });
  };
  const numbers = (x: Tensor): Float64Array => evaluate([x], given(model, values))[0]!.data;
  const whole = numbers(pass(0, length).logits);

  test("trap 21: positions sampled for the whole text decode step by step as in one pass", () => {
    const parts: number[] = [];
    let layers: readonly KeyValue[] | undefined;
    for (const [first, end] of [
      [0, 3],
      [3, 4],
      [4, 5],
      [5, 10],
      [10, 12],
    ] as const) {
      const step = pass(first, end, layers);
      layers = step.present;
      parts.push(...numbers(step.logits));
    }
    expect(relativeDifference(parts, whole)).toBeLessThan(1e-9);
  });

  test("other positions give other logits", () => {
    const places = positionsOf([...Array(length).keys()], "known");
    const ids = constant([1, length], tokens.data, "int32");
    const undrawn = forward(model, { tokens: ids, positions: places });
    expect(relativeDifference(numbers(undrawn.logits), whole)).toBeGreaterThan(1e-3);
  });
});

const plans: readonly RowPlan[] = [
  { kind: "unrolled", blocks: 3 },
  { kind: "mapped", blocks: 4 },
];

describe.each(["alibi", "t5"])("sampled distances of %s", (base) => {
  const shape = {
    model: 12,
    heads: 3,
    headDim: 4,
    layers: 1,
    vocab: 5,
    trainLength: length,
    causal: true,
  };
  const encoding = encodingById("randomized").create(shape, { base, range: 64 });
  const row = encoding.sampling!.positions(length, random(4, "row"), true);
  const positions: Positions = positionsOf(row, "unknown");
  const { context, parameters } = contextOf(encoding, positions, { causal: true });
  const numbers = (name: string): Tensor =>
    constant([1, 3, length, 4], random(1, name).normalArray(3 * length * 4));
  const table = new Map(
    parameters.tensors.map((tensor) => {
      const size = (tensor.shape as number[]).reduce((a, b) => a * b, 1);
      const data = Float64Array.from(random(2, "table").normalArray(size));
      return [tensor, { shape: tensor.shape as number[], data }];
    }),
  );
  const output = (plan: RowPlan): Float64Array => {
    const fresh = { query: numbers("query"), key: numbers("key"), tokenState: {} };
    const { operands } = attentionOperands({ encoding, context, fresh });
    const result = attendByRows(
      {
        encoding,
        operands,
        value: numbers("value"),
        context,
        shared: sharedBias({ encoding, context }),
        parameters,
      },
      plan,
    );
    return evaluate([result], table)[0]!.data;
  };

  test.each(plans)("$kind in $blocks blocks equals the whole", (plan) => {
    const whole = output({ kind: "whole", blocks: 1 });
    expect(relativeDifference(output(plan), whole)).toBeLessThan(1e-12);
  });

  test("tokens n apart have one bias at any position, the n-th that was sampled", () => {
    const [bias] = evaluate([encoding.layerBias!(context)], table);
    const at = (h: number, i: number, j: number): number =>
      bias!.data[(h * length + i) * length + j]!;
    for (let h = 0; h < 3; h++)
      for (let n = 0; n < length; n++) {
        for (let i = n; i < length; i++) expect(at(h, i, i - n)).toBe(at(h, n, 0));
        if (base === "alibi") expect(at(h, n, 0)).toBeCloseTo(-row[n]! * 2 ** -alibiPower[h]!, 12);
      }
  });

  test("a row of a batch has its sample after its padding", () => {
    const pads = [0, 5];
    const rows = pads.flatMap((pad) => [
      ...Array<number>(pad).fill(0),
      ...row.slice(0, length - pad),
    ]);
    const mask = pads.flatMap((pad) => Array.from({ length }, (_, at) => +(at >= pad)));
    const batched = positionsOf(rows, "unknown", [2, length]);
    const { context: place } = contextOf(encoding, batched, { causal: true });
    const keyMask = constant([2, length], mask, "bool");
    const padded = {
      ...place,
      keyMask,
      parameter: (name: string) => context.parameter(name),
    };
    const biases = [encoding.layerBias!(padded), encoding.layerBias!(context)];
    const [both, alone] = evaluate(biases, table);
    for (const [b, pad] of pads.entries())
      for (let h = 0; h < 3; h++)
        for (let i = pad; i < length; i++)
          for (let j = pad; j <= i; j++)
            expect(both!.data[((b * 3 + h) * length + i) * length + j]).toBe(
              alone!.data[(h * length + i - pad) * length + j - pad],
            );
  });
});

describe.each(["alibi", "t5", "rope", "fire"])(
  "texts with samples of their own, over %s",
  (base) => {
    const shape = { model: 12, heads: 3, headDim: 4, layers: 1, vocab: 5, trainLength: length };
    const encoding = encodingById("randomized").create(
      { ...shape, causal: true },
      { base, range: 64 },
    );
    const samples = [1, 2].map((text) =>
      encoding.sampling!.positions(length, random(text, "row"), false),
    );
    const size = 3 * length * 4;
    const attention = (texts: readonly number[], plan: RowPlan): Float64Array => {
      const rows = texts.flatMap((text) => samples[text]!);
      const positions = positionsOf(rows, "unknown", [texts.length, length]);
      const { context, parameters } = contextOf(encoding, positions, { causal: true });
      const numbers = (name: string): Tensor => {
        const each = texts.flatMap((text) => [...random(text, name).normalArray(size)]);
        return constant([texts.length, 3, length, 4], each);
      };
      const fresh = { query: numbers("query"), key: numbers("key"), tokenState: {} };
      const { operands } = attentionOperands({ encoding, context, fresh });
      const shared = sharedBias({ encoding, context });
      const value = numbers("value");
      const result = attendByRows({ encoding, operands, value, context, shared, parameters }, plan);
      const table = new Map(
        parameters.tensors.map((tensor) => {
          const count = (tensor.shape as number[]).reduce((a, b) => a * b, 1);
          const data = Float64Array.from(random(2, "table").normalArray(count));
          return [tensor, { shape: tensor.shape as number[], data }];
        }),
      );
      return evaluate([result], table)[0]!.data;
    };
    const whole: RowPlan = { kind: "whole", blocks: 1 };
    const alone = [attention([0], whole), attention([1], whole)];

    test.each([whole, ...plans])(
      "$kind in $blocks blocks: a batch gives what each gives alone",
      (plan) => {
        const both = attention([0, 1], plan);
        expect(relativeDifference(both.subarray(0, size), alone[0]!)).toBeLessThan(1e-12);
        expect(relativeDifference(both.subarray(size), alone[1]!)).toBeLessThan(1e-12);
        expect(
          relativeDifference(attention([1, 0], plan).subarray(0, size), alone[1]!),
        ).toBeLessThan(1e-12);
      },
    );
  },
);

/** ALiBi's slopes of 3 heads are 2^−4, 2^−8 and 2^−2. */
const alibiPower = [4, 8, 2];
