import { describe, expect, test } from "vitest";
import { alibi } from "../../src/encodings/alibi.ts";
import { distanceFeatures, rowOptions } from "../../src/encodings/parts/distance-features.ts";
import { encodingById } from "../../src/encodings/index.ts";
import { none } from "../../src/encodings/none.ts";
import type {
  EncodingContext,
  ModelShape,
  PositionEncoding,
  Positions,
} from "../../src/encodings/position-encoding.ts";
import { rope } from "../../src/encodings/rope.ts";
import { sinusoidal } from "../../src/encodings/sinusoidal.ts";
import { bucketRule, t5 } from "../../src/encodings/t5.ts";
import { readOptions } from "../../src/options/read.ts";
import { distanceOf } from "../../src/model/context.ts";
import { multiply } from "../../src/operators/arithmetic.ts";
import { input } from "../../src/operators/source.ts";
import { random } from "../../src/random/random.ts";
import { compile } from "../../src/runtime/node.ts";
import { evaluate, valueOf } from "../../src/tensor/evaluate.ts";
import type { Tensor } from "../../src/tensor/tensor.ts";
import { contextOf, positionsOf } from "./context.ts";
import type { Knowledge } from "./context.ts";

const shape: ModelShape = {
  model: 24,
  heads: 3,
  headDim: 8,
  layers: 2,
  vocab: 11,
  trainLength: 7,
  causal: true,
};

const between = (first: number, last: number): number[] =>
  Array.from({ length: last - first + 1 }, (_, k) => first + k);

/** A context of different queries and keys, with `table` for any parameter. */
function rectangle(queries: Positions, keys: Positions, table?: Tensor): EncodingContext {
  return {
    queries,
    keys,
    distance: distanceOf(queries.tensor, keys.tensor),
    causal: false,
    parameter: () => table!,
    dropout: (x) => x,
  };
}

describe("rope", () => {
  const vectors = Float64Array.from(random(4, "rope").normalArray(8));
  const rotated = (x: Float64Array, position: number, options = {}): Float64Array => {
    const encoding = rope.create(shape, options);
    const positions = positionsOf([position], "known");
    const { context } = contextOf(encoding, positions, { causal: true });
    const tensor = input("x", [1, 1, 1, 8]);
    const turned = encoding.rotate!(tensor, positions, "query", context);
    return evaluate([turned], new Map([[tensor, valueOf([1, 1, 1, 8], x)]]))[0]!.data;
  };
  const dot = (a: Float64Array, b: Float64Array): number => a.reduce((t, v, k) => t + v * b[k]!, 0);

  test.each(["half", "interleaved"] as const)("%s: keeps the norm of every vector", (layout) => {
    for (const position of [0, 1, 77, 4095]) {
      const turned = rotated(vectors, position, { layout });
      expect(dot(turned, turned) / dot(vectors, vectors)).toBeCloseTo(1, 6);
    }
    expect(rotated(vectors, 1, { layout })).not.toEqual(vectors);
  });

  test.each(["half", "interleaved"] as const)("%s: products depend on i − j alone", (layout) => {
    const other = Float64Array.from(random(5, "rope").normalArray(8));
    const product = (i: number, j: number): number =>
      dot(rotated(vectors, i, { layout }), rotated(other, j, { layout }));
    for (const [i, j] of [
      [9, 2],
      [1007, 1000],
      [65007, 65000],
    ] as const)
      expect(product(i, j)).toBeCloseTo(product(7, 0), 5);
    expect(Math.abs(product(8, 0) - product(7, 0))).toBeGreaterThan(1e-2);
    expect(Math.abs(product(0, 7) - product(7, 0))).toBeGreaterThan(1e-2);
  });

  test("layouts are one rotation under a permutation of the components", () => {
    // interleaved → half: component 2m goes to m, 2m + 1 to m + 4
    const order = vectors.map((_, k) => (k < 4 ? 2 * k : 2 * (k - 4) + 1));
    const permuted = (x: Float64Array): Float64Array => x.map((_, k) => x[order[k]!]!);
    expect(rotated(permuted(vectors), 5, { layout: "half" })).toEqual(
      permuted(rotated(vectors, 5, { layout: "interleaved" })),
    );
  });

  test("leaves what is not rotated as it is", () => {
    const turned = rotated(vectors, 5, { rotated: 2 });
    expect(turned.slice(2)).toEqual(vectors.slice(2));
    expect(turned.slice(0, 2)).not.toEqual(vectors.slice(0, 2));
  });
});

test("alibi is linear in the distance, steepest in the first head, and even", () => {
  const encoding = alibi.create({ ...shape, heads: 8 });
  const { context } = contextOf(encoding, positionsOf(between(0, 12), "known"), { causal: true });
  const [bias] = evaluate([encoding.bias!(context)]);
  const at = (h: number, i: number, j: number): number => bias!.data[(h * 13 + i) * 13 + j]!;
  for (let h = 0; h < 8; h++)
    for (const distance of between(0, 12)) {
      expect(at(h, 12, 12 - distance)).toBe(-distance * 2 ** -(h + 1));
      expect(at(h, 12 - distance, 12)).toBe(at(h, 12, 12 - distance));
    }
});

describe("t5", () => {
  // Raffel's formula in float64. Where the quotient is a whole number (3 of 1 … 9 in 2 steps), the
  // logarithms may land just below it: 1e-12 lifts those, and is too small to lift another.
  const formula = (causal: boolean, buckets: number, most: number) => (distance: number) => {
    const side = causal ? buckets : buckets / 2;
    const n = causal ? Math.max(distance, 0) : Math.abs(distance);
    const exact = Math.floor(side / 2);
    const far = Math.trunc((Math.log(n / exact) / Math.log(most / exact)) * (side - exact) + 1e-12);
    const own = n < exact ? n : Math.min(exact + far, side - 1);
    return own + (!causal && distance < 0 ? side : 0);
  };
  const configurations = [true, false].flatMap((causal) =>
    [
      [32, 128],
      [32, 256],
      [32, 1024],
      [16, 64],
      [8, 20],
      [64, 2048],
      [6, 9],
    ].map(([buckets, most]) => ({ causal, buckets: buckets!, most: most! })),
  );
  const distances = between(-2000, 2000);

  test.each(configurations)(
    "buckets of all distances, causal $causal, $buckets up to $most",
    async ({ causal, buckets, most }) => {
      const expected = distances.map(formula(causal, buckets, most));
      const rule = bucketRule(causal, buckets, most);
      expect(distances.map(rule)).toEqual(expected);

      // In the graph: a table that holds its own row numbers shows the bucket of each entry.
      const options = { buckets, maxDistance: most, biasMultiplier: 1 };
      const encoding = t5.create({ ...shape, heads: 1, causal }, options);
      const table = input("table", [buckets, 1]);
      const rows = valueOf([buckets, 1], between(0, buckets - 1));
      for (const knowledge of ["known", "unknown"] as Knowledge[]) {
        const [query, keys] = [
          positionsOf([2000], knowledge),
          positionsOf(between(0, 4000), knowledge),
        ];
        const bias = encoding.bias!(rectangle(query, keys, table));
        const byDistance = (data: ArrayLike<number>): number[] => Array.from(data).reverse();
        const [value] = evaluate([bias], new Map([[table, rows]]));
        expect(byDistance(value!.data)).toEqual(expected);

        const program = await compile({ inputs: [table], outputs: { bias } }, { threads: 1 });
        const found = await program.run({
          table: { shape: [buckets, 1], data: Float32Array.from(rows.data) },
        });
        await program.dispose();
        expect(byDistance(found["bias"]!.data)).toEqual(expected);
      }
    },
  );

  test("buckets begin where the reference's do", () => {
    const begins = (rule: (n: number) => number): number[] =>
      between(0, 300).filter((n) => n === 0 || rule(n) !== rule(n - 1));
    expect(begins(bucketRule(true, 32, 128))).toEqual([
      ...between(0, 16),
      ...[19, 21, 24, 27, 31, 35, 40, 46, 52, 59, 67, 77, 87, 99, 113],
    ]);
    expect(begins(bucketRule(false, 32, 128))).toEqual([
      ...between(0, 8),
      ...[12, 16, 23, 32, 46, 64, 91],
    ]);
  });

  test("buckets rise with the distance, on either side", () => {
    const rule = bucketRule(false, 32, 128);
    for (const n of between(1, 1999)) {
      expect(rule(n + 1)).toBeGreaterThanOrEqual(rule(n));
      expect(rule(-n)).toBe(rule(n) + 16);
    }
  });

  test("the bias laid out by distance equals the one looked up, for any block of the matrix", () => {
    const encoding: PositionEncoding = t5.create({ ...shape, causal: false });
    const table = input("table", [32, 3]);
    const values = new Map([[table, valueOf([32, 3], random(6, "t5").normalArray(96))]]);
    const blocks: [number[], number[]][] = [
      [between(0, 6), between(0, 6)],
      [between(30, 32), between(0, 32)],
      [between(0, 4), between(90, 91)],
      [[5], [5]],
      [
        [3, 1, 8],
        [0, 2, 2, 9],
      ], // not consecutive: looked up either way
    ];
    for (const [queries, keys] of blocks) {
      const [known, unknown] = (["known", "unknown"] as const).map((knowledge) =>
        encoding.bias!(
          rectangle(positionsOf(queries, knowledge), positionsOf(keys, knowledge), table),
        ),
      );
      const [laidOut, lookedUp] = evaluate([known!, unknown!], values);
      expect(laidOut!.shape).toEqual([3, queries.length, keys.length]);
      expect(laidOut).toEqual(lookedUp);
    }
  });
});

describe("sinusoidal", () => {
  test("gives its sum to dropout at its rate", () => {
    const encoding = sinusoidal.create(shape, { dropout: 0.25 });
    const { context } = contextOf(encoding, positionsOf(between(0, 6), "known"), { causal: true });
    const rates: number[] = [];
    const dropout = (x: Tensor, rate: number): Tensor => (rates.push(rate), multiply(x, 2));
    const x = input("x", [1, 7, 24]);
    const dropped = encoding.embed!(x, { ...context, dropout });
    const kept = encoding.embed!(x, context);
    const values = new Map([[x, valueOf([1, 7, 24], random(7, "x").normalArray(168))]]);
    const [a, b] = evaluate([dropped, kept], values);
    expect(rates).toEqual([0.25]);
    expect(a!.data).toEqual(b!.data.map((value) => 2 * value));
  });
  test("has an end only where one is asked for", () => {
    expect(sinusoidal.create(shape).limit).toBeUndefined();
    expect(sinusoidal.create(shape, { maxLength: 5000 }).limit?.length).toBe(5000);
  });
});

describe("distance rows", () => {
  const rowsOf = (options: object, length: number, trainLength = 11): number[][] => {
    const features = distanceFeatures(trainLength, readOptions("rows", rowOptions, options));
    const { context } = contextOf(
      none.create(shape),
      positionsOf(between(0, length - 1), "known"),
      { causal: true },
    );
    const [value] = evaluate([features.rows(context)]);
    expect(value!.shape).toEqual([length, features.columns]);
    return between(0, length - 1).map((i) => [
      ...value!.data.subarray(i * features.columns, (i + 1) * features.columns),
    ]);
  };

  test("fixed rows are the rows of |i − j| / N, and do not know the text's length", () => {
    const rows = rowsOf({}, 11);
    for (const [i, row] of rows.entries())
      expect(row).toEqual(between(0, 10).map((j) => Math.abs(i - j) / 11));
    expect(rowsOf({}, 5)).toEqual(rows.slice(0, 5));
    expect(rowsOf({ mode: "pad" }, 11)).toEqual(rows);
    expect(rowsOf({ mode: "pad" }, 5)[4]).toEqual([...rows[4]!.slice(0, 5), 0, 0, 0, 0, 0, 0]);
  });

  test("beyond the last anchor, rows are straight lines", () => {
    const rows = rowsOf({ mode: "fixed-anchors" }, 60);
    for (const k of rows[0]!.keys())
      for (const i of between(18, 58))
        expect(rows[i + 1]![k]! - rows[i]![k]!).toBeCloseTo(1 / 11, 12);
  });

  test("bucket rows count every position of the text once", () => {
    for (const length of [1, 6, 29, 200]) {
      const rows = rowsOf({ mode: "bucket", buckets: 8, maxDistance: 20 }, length);
      const causal = rowsOf({ mode: "bucket", buckets: 8, maxDistance: 20, causal: true }, length);
      for (const [i, row] of rows.entries()) {
        expect(row.reduce((a, b) => a + b) * 11).toBeCloseTo(length, 9);
        expect(causal[i]!.reduce((a, b) => a + b) * 11).toBeCloseTo(i + 1, 9);
      }
    }
  });

  test("no two positions share a row", () => {
    for (const options of [
      {},
      { causal: true },
      { mode: "pad" },
      { mode: "fixed-anchors" },
    ] as const)
      expect(new Set(rowsOf(options, 11).map(String)).size).toBe(11);
  });
});

describe("encodingById", () => {
  test("suggests the nearest name", () => {
    expect(() => encodingById("ropee")).toThrow(
      /"ropee" is unknown. Did you mean "rope"\? Known: none, /,
    );
    expect(() => encodingById("sinusodial")).toThrow(/Did you mean "sinusoidal"\?/);
  });
  test("suggests nothing where nothing is near", () => {
    expect(() => encodingById("zzzzzzzz")).toThrow(RangeError);
    expect(() => encodingById("zzzzzzzz")).not.toThrow(/Did you mean/);
  });
  test("finds every encoding", () => {
    for (const id of ["none", "sinusoidal", "learned", "distance-row", "rope", "alibi", "t5"])
      expect(encodingById(id).id).toBe(id);
  });
});
