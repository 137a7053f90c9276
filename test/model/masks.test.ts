/**
 * Masks against the rules written out pair by pair, and where they meet a cache.
 */
import { describe, expect, test } from "vitest";
import { encodingById } from "../../src/encodings/index.ts";
import { passContext } from "../../src/model/context.ts";
import { maskOf } from "../../src/model/masks.ts";
import type { WindowRule } from "../../src/model/masks.ts";
import type { KeyValue } from "../../src/model/operands.ts";
import { forward } from "../../src/model/transformer.ts";
import { Parameters } from "../../src/parameters/parameters.ts";
import { constant } from "../../src/operators/source.ts";
import { evaluate } from "../../src/tensor/evaluate.ts";
import type { Tensor } from "../../src/tensor/tensor.ts";
import {
  given,
  positionsFrom,
  randomTokens,
  randomValues,
  relativeDifference,
  smallModel,
} from "./small-model.ts";

const [batch, queries, keys, first] = [2, 4, 7, 3];
const text = [
  [1, 1, 1, 1, 1, 1, 1],
  [0, 0, 1, 1, 1, 1, 1],
];
const ids = [
  [0, 0, 0, 0, 1, 1, 1],
  [5, 5, 5, 2, 2, 2, 9],
];

const windows: readonly (WindowRule | undefined)[] = [
  undefined,
  { back: 0 },
  { back: 2 },
  { back: 1, sinks: 2 },
  { back: 100 },
];

/** Every combination of rules; queries are the last 4 of 7 positions. */
const cases = [true, false].flatMap((causal) =>
  [true, false].flatMap((padded) =>
    [true, false].flatMap((parted) =>
      windows.map((window) => ({ causal, padded, parted, window })),
    ),
  ),
);

test.each(cases)("%j", ({ causal, padded, parted, window }) => {
  const flat = (rows: readonly number[][], from = 0): number[] =>
    rows.flatMap((row) => row.slice(from));
  const documents = parted
    ? {
        queries: constant([batch, queries], flat(ids, first), "int32"),
        keys: constant([batch, keys], flat(ids), "int32"),
      }
    : undefined;
  const context = passContext(
    {
      queries: positionsFrom(first, queries),
      keys: positionsFrom(0, keys),
      causal,
      dropout: (x: Tensor) => x,
      ...(padded && { keyMask: constant([batch, keys], flat(text), "bool") }),
    },
    new Parameters([]),
  );
  const mask = maskOf(context, { window, documents });
  const sees = (b: number, i: number, j: number): boolean => {
    const distance = i - j;
    const near =
      window === undefined || Math.abs(distance) <= window.back || j < (window.sinks ?? 0);
    return (
      (!causal || distance >= 0) &&
      (!padded || text[b]![j] === 1) &&
      (!parted || ids[b]![i] === ids[b]![j]) &&
      near
    );
  };
  if (mask === undefined) {
    expect([causal, padded, parted, window]).toEqual([false, false, false, undefined]);
    return;
  }
  const { shape, data } = evaluate([mask], new Map())[0]!;
  const [b, , q, k] = [...Array<number>(4 - shape.length).fill(1), ...shape];
  for (let row = 0; row < batch; row++)
    for (let i = 0; i < queries; i++)
      for (let j = 0; j < keys; j++) {
        const at = ((b === 1 ? 0 : row) * q! + (q === 1 ? 0 : i)) * k! + j;
        const seen = sees(row, i + first, j);
        if (seen) expect(Math.abs(data[at]!)).toBe(0);
        else expect(data[at]).toBeLessThanOrEqual(-1e28);
      }
});

describe("a model with windows by layer", () => {
  const window = [{ back: 2, sinks: 1 }, "all"] as const;
  const model = smallModel(encodingById("t5"), {}, { window, layers: 3, trainLength: 8 });
  const values = randomValues(model);
  const length = 8;
  const tokens = randomTokens(1, length);
  const documents = [4, 4, 4, 4, 4, 6, 6, 6];
  const pass = (from: number, end: number, layers?: readonly KeyValue[]) =>
    forward(model, {
      tokens: constant([1, end - from], tokens.data.slice(from, end), "int32"),
      positions: positionsFrom(from, end - from),
      documents: constant([1, end], documents.slice(0, end), "int32"),
      ...(layers && { past: { layers, keyPositions: positionsFrom(0, end) } }),
    });
  const numbers = (x: Tensor): Float64Array => evaluate([x], given(model, values))[0]!.data;
  const whole = numbers(pass(0, length).logits);

  test("decodes in pieces as in one pass", () => {
    const parts: number[] = [];
    let layers: readonly KeyValue[] | undefined;
    for (const [from, end] of [
      [0, 4],
      [4, 5],
      [5, 8],
    ] as const) {
      const step = pass(from, end, layers);
      layers = step.present;
      parts.push(...numbers(step.logits));
    }
    expect(relativeDifference(parts, whole)).toBeLessThan(1e-12);
  });

  test("differs from one without, and layers take the pattern in turn", () => {
    const of = (config: object): Float64Array => {
      const other = { ...model, config: { ...model.config, ...config } };
      const { logits } = forward(other, {
        tokens: constant([1, length], tokens.data, "int32"),
        positions: positionsFrom(0, length),
        documents: constant([1, length], documents, "int32"),
      });
      return numbers(logits);
    };
    expect(relativeDifference(of({ window: ["all"] }), whole)).toBeGreaterThan(1e-3);
    expect(relativeDifference(of({ window: ["all", window[0]] }), whole)).toBeGreaterThan(1e-3);
    expect(of({ window: [window[0], "all", window[0]] })).toEqual(whole);
  });

  test("tokens of one document do not see another", () => {
    const changed = tokens.data.map((id, at) => (at === 1 ? (id + 1) % 11 : id));
    const { logits } = forward(model, {
      tokens: constant([1, length], changed, "int32"),
      positions: positionsFrom(0, length),
      documents: constant([1, length], documents, "int32"),
    });
    const [found, vocab] = [numbers(logits), 11];
    const differs = (at: number): boolean =>
      found.slice(at * vocab, (at + 1) * vocab).some((x, k) => x !== whole[at * vocab + k]);
    expect([0, 1, 2, 3, 4, 5, 6, 7].map(differs)).toEqual([
      false,
      true,
      true,
      true,
      true,
      false,
      false,
      false,
    ]);
  });
});

describe("masks that do not fit", () => {
  const model = smallModel(encodingById("rope"));
  const tokens = constant([2, 3], [1, 2, 3, 4, 5, 6], "int32");
  const run = (masks: object): void =>
    void forward(model, { tokens, positions: positionsFrom(0, 3), ...masks });
  const ones = (shape: number[], dtype: "bool" | "int32" | "float32"): Tensor =>
    constant(shape, Array<number>(shape.reduce((a, b) => a * b)).fill(1), dtype);

  test.each([
    [{ keyMask: ones([2, 4], "bool") }, /keyMask must be bool \[2, 3\].*got bool \[2, 4\]/],
    [{ keyMask: ones([3], "bool") }, /keyMask must be bool \[2, 3\].*got bool \[3\]/],
    [{ keyMask: ones([2, 3], "float32") }, /keyMask must be bool.*got float32/],
    [{ documents: ones([1, 3], "int32") }, /documents must be int32 \[2, 3\].*got int32 \[1, 3\]/],
    [{ documents: ones([2, 3], "bool") }, /documents must be int32.*got bool/],
  ])("%#", (masks, message) => {
    expect(() => run(masks)).toThrow(RangeError);
    expect(() => run(masks)).toThrow(message);
  });

  test("while decoding a mask has entries of earlier keys too", () => {
    const { present } = forward(model, { tokens, positions: positionsFrom(0, 3) });
    const past = { layers: present, keyPositions: positionsFrom(0, 6) };
    expect(() => {
      run({ positions: positionsFrom(3, 3), past, keyMask: ones([2, 3], "bool") });
    }).toThrow(/keyMask must be bool \[2, 6\].*earlier keys/);
  });
});
