import { describe, expect, test } from "vitest";
import { bertRelativeKey } from "../../src/encodings/bert-relative-key.ts";
import { bertRelativeKeyQuery } from "../../src/encodings/bert-relative-key-query.ts";
import { logBuckets } from "../../src/encodings/parts/deberta-buckets.ts";
import { deberta } from "../../src/encodings/deberta.ts";
import { distanceSinusoid } from "../../src/encodings/parts/distance-sinusoid.ts";
import { musicTransformer } from "../../src/encodings/music-transformer.ts";
import type { ModelShape, PositionEncoding } from "../../src/encodings/position-encoding.ts";
import { shaw } from "../../src/encodings/shaw.ts";
import { transformerXl } from "../../src/encodings/transformer-xl.ts";
import { xlnet } from "../../src/encodings/xlnet.ts";
import { constant, input } from "../../src/operators/source.ts";
import { compile } from "../../src/runtime/node.ts";
import { evaluate, valueOf } from "../../src/tensor/evaluate.ts";
import type { Value } from "../../src/tensor/tensor.ts";
import { attendWith, contextOf, positionsOf } from "./context.ts";

const length = 12;
const shape: ModelShape = {
  model: 4,
  heads: 1,
  headDim: 4,
  layers: 1,
  vocab: 11,
  trainLength: length,
  causal: false,
};

const between = (first: number, last: number): number[] =>
  Array.from({ length: last - first + 1 }, (_, k) => first + k);
const places = between(0, length - 1);

/** Every vector has 1 in front of zeros. */
const ones = (rows: number): Value =>
  valueOf(
    [1, 1, rows, 4],
    between(0, 4 * rows - 1).map((k) => +(k % 4 === 0)),
  );
const zeros = (rows: number): Value => valueOf([1, 1, rows, 4], Array<number>(4 * rows).fill(0));

/** Row n of a table begins with n + 1: a product with it shows which row was taken. */
const numbered = (dimensions: readonly number[]): Value => {
  const width = dimensions.at(-1)!;
  const size = dimensions.reduce((a, b) => a * b, 1);
  return valueOf(
    dimensions,
    between(0, size - 1).map((k) => (k % width === 0 ? k / width + 1 : 0)),
  );
};

const identity = (dimensions: readonly number[]): Value =>
  valueOf(
    dimensions,
    between(0, dimensions[0]! * dimensions[1]! - 1).map((k) => +(k % (dimensions[1]! + 1) === 0)),
  );

/** Scores of query i and key j without their scale, and the output for values of 0. */
function terms(
  encoding: PositionEncoding,
  { query = ones(length), key = zeros(length), positions = places, causal = false } = {},
): { readonly score: (i: number, j: number) => number; readonly output: Float64Array } {
  const { context, parameters } = contextOf(encoding, positionsOf(positions, "known"), { causal });
  const leaves = {
    query: input("query", query.shape),
    key: input("key", key.shape),
    value: constant(key.shape, new Float64Array(key.data.length)),
  };
  const given = new Map([
    [leaves.query, query],
    [leaves.key, key],
    ...parameters.specs.map(({ name, shape }): [typeof leaves.query, Value] => [
      parameters.get(name),
      name.endsWith(".bias")
        ? valueOf(shape, Array<number>(shape[0]!).fill(0))
        : /\.(key|query)\.weight$/.test(name)
          ? identity(shape)
          : numbered(shape),
    ]),
  ]);
  const { scores, output, operands } = attendWith(encoding, context, leaves);
  const [score, mixed] = evaluate([scores, output], given);
  const columns = positions.length;
  return {
    score: (i, j) => score!.data[i * columns + j]! / operands.scale,
    output: mixed!.data,
  };
}

describe("trap 1: the sign of the distance, and the row that follows from it", () => {
  const row = (encoding: PositionEncoding, i: number, j: number): number =>
    terms(encoding).score(i, j) - 1;
  const pairs = places.flatMap((i) => places.map((j) => [i, j] as const));
  const rows = (encoding: PositionEncoding): number[] => {
    const { score } = terms(encoding);
    return pairs.map(([i, j]) => Math.round((score(i, j) - 1) * 1e9) / 1e9);
  };

  test("trap 1: shaw counts key − query, clipped", () => {
    expect(rows(shaw.create(shape, { maxDistance: 3, values: false }))).toEqual(
      pairs.map(([i, j]) => Math.min(Math.max(j - i, -3), 3) + 3),
    );
  });
  test("trap 1: music-transformer has distance 0 last, or in the middle", () => {
    const encoding = musicTransformer.create(shape);
    expect(rows(encoding)).toEqual(pairs.map(([i, j]) => length - 1 - (i - j)));
    const causal = terms(musicTransformer.create({ ...shape, causal: true }), { causal: true });
    for (const [i, j] of pairs)
      if (j <= i) expect(causal.score(i, j) - 1).toBeCloseTo(length - 1 - (i - j), 9);
  });
  test("trap 1: bert-relative-key counts query − key", () => {
    expect(rows(bertRelativeKey.create(shape))).toEqual(pairs.map(([i, j]) => i - j + length - 1));
    expect(row(bertRelativeKey.create(shape), 5, 2)).toBeCloseTo(3 + length - 1, 9);
  });
  test("trap 1: deberta counts query − key", () => {
    const encoding = deberta.create(shape, { version: 1, terms: ["c2p"], maxDistance: length });
    expect(rows(encoding)).toEqual(pairs.map(([i, j]) => i - j + length));
  });
  test("trap 1: a key's term of bert-relative-key-query takes the same row", () => {
    const encoding = bertRelativeKeyQuery.create(shape);
    const { score } = terms(encoding, { query: zeros(length), key: ones(length) });
    for (const [i, j] of pairs) expect(score(i, j) - 1).toBeCloseTo(i - j + length - 1, 9);
  });
});

describe("trap 4: deberta's rows are those of its code", () => {
  const rowOf = (size: number, i: number, j: number): number =>
    Math.min(Math.max(i - j + size, 0), 2 * size - 1);

  test("trap 4: position to content takes the row of content to position, not the mirrored one", () => {
    const both = ([term, query, key]: ["c2p" | "p2c", Value, Value]): ((
      i: number,
      j: number,
    ) => number) =>
      terms(deberta.create(shape, { version: 1, terms: [term], maxDistance: 5 }), { query, key })
        .score;
    const c2p = both(["c2p", ones(length), zeros(length)]);
    const p2c = both(["p2c", zeros(length), ones(length)]);
    for (const i of places)
      for (const j of places) {
        expect(c2p(i, j) - 1).toBeCloseTo(rowOf(5, i, j), 9);
        expect(p2c(i, j) - 1).toBeCloseTo(rowOf(5, i, j), 9);
      }
    expect(p2c(7, 4)).not.toBeCloseTo(p2c(4, 7), 3);
  });

  test("trap 4: the clamp is lopsided: distance k shares the row of k − 1, −k has its own", () => {
    const { score } = terms(deberta.create(shape, { version: 1, terms: ["c2p"], maxDistance: 4 }));
    expect(score(4, 0)).toBeCloseTo(score(3, 0), 9);
    expect(score(11, 0)).toBeCloseTo(score(3, 0), 9);
    expect(score(0, 4)).toBeCloseTo(score(0, 3) - 1, 9);
    expect(score(0, 11)).toBeCloseTo(score(0, 4), 9);
  });

  test("trap 4: buckets round up, and the last begins at maxDistance − 1", () => {
    const bucket = logBuckets(256, 512);
    expect([0, 1, 127, 128, 129, 130, 510, 511, 512].map(bucket)).toEqual([
      0, 1, 127, 128, 129, 130, 255, 255, 256,
    ]);
    // Edges at 4 · 16^(t/3): 10.08, 25.4 and 64. Rounded down, 5 would be 4; with maxDistance in place of
    // maxDistance − 1 the last edge is 65, and 65 would be 7.
    expect([4, 5, 10, 11, 25, 26, 64, 65].map(logBuckets(8, 65))).toEqual([4, 5, 5, 6, 6, 7, 7, 8]);
  });

  test("trap 4: the scale counts the terms", () => {
    expect(deberta.create(shape).scoreScale).toBeCloseTo(1 / Math.sqrt(3 * 4), 15);
    expect(deberta.create(shape, { terms: ["p2c"] }).scoreScale).toBeCloseTo(
      1 / Math.sqrt(2 * 4),
      15,
    );
  });
});

describe("trap 16: beyond the last distance each has its own way", () => {
  const causal = { ...shape, causal: true, trainLength: 5 };
  const far = (encoding: PositionEncoding): number[] => {
    const { score } = terms(encoding, { causal: true });
    return [3, 4, 5, 11].map((distance) => score(11, 11 - distance));
  };

  test("trap 16: shaw keeps the last vector", () => {
    const [a, b, c, d] = far(shaw.create(causal, { maxDistance: 4, values: false }));
    expect(b).not.toBeCloseTo(a!, 3);
    expect([c, d]).toEqual([b, b]);
  });
  test("trap 16: music-transformer adds nothing", () => {
    const [a, b, c, d] = far(musicTransformer.create(causal, { maxLength: 5 }));
    expect([a, b]).toEqual([2, 1]);
    expect([c, d]).toEqual([0, 0]);
  });
  test("trap 16: music-transformer adds nothing to values either", () => {
    // One query, all keys alike: the mean of the first entries of the rows of distances 0 … 11.
    const encoding = musicTransformer.create(causal, { maxLength: 5, values: true });
    const { output } = terms(encoding, { query: zeros(length), causal: true });
    expect(output[11 * 4]).toBeCloseTo((1 + 2 + 3 + 4 + 5) / 12, 12);
  });
  test("trap 16: bert-relative-key refuses", () => {
    for (const definition of [bertRelativeKey, bertRelativeKeyQuery]) {
      const encoding = definition.create(causal);
      const id = definition.id;
      expect(() => terms(encoding, { causal: true })).toThrow(RangeError);
      expect(() => terms(encoding, { causal: true })).toThrow(
        `${id}: distance 11 is beyond its 5: its table has rows for distances below 5. ` +
          `Raise maxLength before training`,
      );
      // Positions may begin anywhere.
      const late = { positions: between(70, 74), causal: true, query: ones(5), key: zeros(5) };
      expect(() => terms(encoding, late)).not.toThrow();
    }
  });
  test("trap 16: transformer-xl and xlnet have a term for every distance, or clamp distances by option", () => {
    for (const definition of [transformerXl, xlnet]) {
      const [, , c, d] = far(definition.create(causal));
      expect(d).not.toBeCloseTo(c!, 3);
      const [, f, g, h] = far(definition.create(causal, { clampLength: 4 }));
      expect([g, h]).toEqual([f, f]);
    }
  });
});

describe("sinusoids of distances", () => {
  const distances = [-65536, -300, -257, -256, -255, -1, 0, 1, 3, 255, 256, 4095, 65535];
  const width = 8;
  const expected = distances.flatMap((distance) =>
    [Math.sin, Math.cos].flatMap((wave) =>
      between(0, 3).map((m) => wave(distance * 10000 ** ((-2 * m) / width))),
    ),
  );

  test("are those of the formula, for far distances too", async () => {
    const tensor = input("distances", [distances.length]);
    const sinusoid = distanceSinusoid(width)(tensor);
    const value = valueOf([distances.length], distances);
    const [exact] = evaluate([sinusoid], new Map([[tensor, value]]));
    exact!.data.forEach((x, at) => expect(x).toBeCloseTo(expected[at]!, 11));

    // In float32 the angle 65,535 alone would be known to 0.004.
    const program = await compile({ inputs: [tensor], outputs: { sinusoid } }, { threads: 1 });
    const found = await program.run({
      distances: { shape: [distances.length], data: Float32Array.from(distances) },
    });
    await program.dispose();
    found["sinusoid"]!.data.forEach((x, at) => expect(x).toBeCloseTo(expected[at]!, 6));
  });
});

describe("options that cannot be", () => {
  const causal = { ...shape, causal: true };
  test.each([
    [
      () => shaw.create(shape, { maxDistance: 0 }),
      /shaw: maxDistance must be .* got 0. Leave it out for 16/,
    ],
    [
      () => musicTransformer.create(shape, { maxLength: 2.5 }),
      /music-transformer: maxLength must be a whole number from 1 to \d+, got 2.5/,
    ],
    [() => transformerXl.create(shape), /transformer-xl: .* sees the future too.*Choose "xlnet"/],
    [
      () => transformerXl.create({ ...causal, model: 5 }),
      /transformer-xl: sines and cosines need an even model width, got 5/,
    ],
    [
      () => xlnet.create(shape, { clampLength: -1 }),
      /xlnet: clampLength must be a whole number from 1 to \d+, got -1/,
    ],
    [
      () => bertRelativeKey.create(shape, { maxLength: 7 }),
      /bert-relative-key: maxLength is 7, but sequences of training have 12 tokens. Raise it/,
    ],
    [
      () => bertRelativeKeyQuery.create(shape, { maxLength: -3 }),
      /bert-relative-key-query: maxLength must be a whole number from 1 to \d+, got -3/,
    ],
    [
      () => deberta.create(shape, { version: 4 }),
      /version must be a whole number from 1 to 3, got 4/,
    ],
    [
      () => deberta.create(shape, { terms: [] }),
      /deberta: terms must be a list of one or more of the words "c2p" or "p2c", .*got \[\]/,
    ],
    [
      () => deberta.create(shape, { terms: ["c2p", "c2p"] }),
      /deberta: terms must be .* all different, got \["c2p", "c2p"\]/,
    ],
    [
      () => deberta.create(shape, { version: 1, buckets: 8 }),
      /buckets has an effect only with version 2 or 3, and version is 1\. Leave buckets out/,
    ],
    [
      () => deberta.create(shape, { buckets: 7 }),
      /deberta: buckets must be an even number from 4 to \d+, got 7/,
    ],
    [
      () => deberta.create(shape, { buckets: 8, maxDistance: 5 }),
      /deberta: maxDistance must be a whole number above 5, .* got 5/,
    ],
    [
      () => deberta.create(shape, { version: 1, maxDistance: 0 }),
      /deberta: maxDistance must be a whole number from 1 to \d+, got 0/,
    ],
  ])("%#", (make, message) => {
    expect(make).toThrow(RangeError);
    expect(make).toThrow(message);
  });
});
