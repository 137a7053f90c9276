import { describe, expect, test } from "vitest";
import type { PositionEncoding, Positions } from "../../src/encodings/position-encoding.ts";
import { rope } from "../../src/encodings/rope.ts";
import { xpos } from "../../src/encodings/xpos.ts";
import { matmul } from "../../src/operators/matmul.ts";
import { constant, input } from "../../src/operators/source.ts";
import { random } from "../../src/random/random.ts";
import { compile } from "../../src/runtime/node.ts";
import { evaluate, valueOf } from "../../src/tensor/evaluate.ts";
import type { Tensor } from "../../src/tensor/tensor.ts";
import { hostTensor, relativeDifference } from "../model/small-model.ts";
import { contextOf, positionsOf } from "./context.ts";
import { between, key, known, query, scores, shape, standing } from "./rotary-scores.ts";

describe("xpos", () => {
  test("a pair's score falls by ζ^(distance / scale base)", () => {
    const encoding = xpos.create(shape, { scaleBase: 16, layout: "half" });
    const plain = rope.create(shape);
    // Vectors with one pair each: m and m + 4.
    for (const m of between(0, 3)) {
      const one = (x: Tensor): Tensor => {
        const { data } = evaluate([x])[0]!;
        return constant(
          x.shape as number[],
          data.map((v, at) => (at % 4 === m ? v : 0)),
        );
      };
      const zeta = ((2 * m) / 8 + 0.4) / 1.4;
      const [fallen, wanted] = [encoding, plain].map((e) =>
        scores(e, one(query), one(key), known(4, 8), known(0, 8)),
      );
      fallen!.forEach((score, at) => {
        const distance = 4 + (Math.floor(at / 9) % 5) - (at % 9);
        expect(score).toBeCloseTo(wanted![at]! * zeta ** (distance / 16), 12);
      });
    }
  });

  test("trap 18: its centre moves with the queries, so turned keys are not cached", () => {
    const moving = xpos.create(shape);
    expect(moving.cache.keys).toBe("raw");
    const turned = (encoding: PositionEncoding, queries: Positions): Float64Array => {
      const { context } = contextOf(encoding, queries, { causal: true, keys: known(0, 8) });
      return evaluate([encoding.rotate!(key, known(0, 8), "key", context)])[0]!.data;
    };
    const later = relativeDifference(turned(moving, known(108, 108)), turned(moving, known(8, 8)));
    expect(later).toBeGreaterThan(0.05);
    const fixed = xpos.create(shape, { centre: 0 });
    expect(fixed.cache.keys).toBe("either");
    expect(turned(fixed, known(108, 108))).toEqual(turned(fixed, known(8, 8)));
    expect(relativeDifference(standing(fixed), standing(moving))).toBeLessThan(1e-12);
  });

  test("trap 18: it is for causal attention alone", () => {
    expect(() => xpos.create({ ...shape, causal: false })).toThrow(/xpos: it is for causal/);
  });

  test("a step far into a text stays finite in float32, and equals float64", async () => {
    // Far beyond what a centre at 0 could hold: ζ^(60,000/512) is e^147.
    const encoding = xpos.create({ ...shape, heads: 1 });
    const places = [0, 30_000, 59_000, 59_990, 59_999];
    const query = input("query", [1, 1, 1, 8]);
    const key = input("key", [1, 1, places.length, 8]);
    const queries = positionsOf([60_000], "unknown");
    const keys = positionsOf(places, "unknown");
    const { context } = contextOf(encoding, queries, { causal: true, keys });
    const scores = matmul(
      encoding.rotate!(query, queries, "query", context),
      encoding.rotate!(key, keys, "key", context),
      { transposeB: true },
    );
    const values = [query, key].map((x) =>
      valueOf(
        x.shape as number[],
        random(9, "x").normalArray((x.shape as number[]).reduce((a, b) => a * b)),
      ),
    );
    const [expected] = evaluate([scores], new Map([query, key].map((x, at) => [x, values[at]!])));
    const program = await compile({ inputs: [query, key], outputs: { scores } }, { threads: 1 });
    const found = await program.run({
      query: hostTensor(values[0]!, "float32"),
      key: hostTensor(values[1]!, "float32"),
    });
    await program.dispose();
    expect(relativeDifference(found["scores"]!.data, expected!.data)).toBeLessThan(2e-6);
    expect(Math.abs(expected!.data[0]!)).toBeLessThan(1e-8);
    expect(Math.abs(expected!.data[4]!)).toBeGreaterThan(0.1);
  });

  test("a piece of a text with keys far before it is right up to the longest span, in float32", async () => {
    // ζ_0^(1/B) = e^−1.25 a position: over 63 positions the factor is e^79.
    const encoding = xpos.create({ ...shape, heads: 1, trainLength: 64 }, { scaleBase: 1 });
    const span = encoding.limit!.length;
    expect(span).toBe(64);
    const places = Array.from({ length: 400 }, (_, j) => j);
    const rows = places.slice(-span);
    const [query, key] = ["query", "key"].map((name) =>
      input(name, [1, 1, name === "query" ? span : 400, 8]),
    ) as [Tensor, Tensor];
    const [queries, keys] = [positionsOf(rows, "unknown"), positionsOf(places, "unknown")];
    const { context } = contextOf(encoding, queries, { causal: true, keys });
    const scores = matmul(
      encoding.rotate!(query, queries, "query", context),
      encoding.rotate!(key, keys, "key", context),
      { transposeB: true },
    );
    const ones = (x: Tensor): Float32Array =>
      new Float32Array((x.shape as number[]).reduce((a, b) => a * b)).fill(1);
    const program = await compile({ inputs: [query, key], outputs: { scores } }, { threads: 1 });
    const found = await program.run({
      query: { shape: query.shape as number[], data: ones(query) },
      key: { shape: key.shape as number[], data: ones(key) },
    });
    await program.dispose();
    // A pair of ones: ζ^(i − j) · 2 cos((i − j) ω); the sum is 8 at most.
    const expected = (distance: number): number =>
      between(0, 3).reduce((sum, m) => {
        const zeta = ((2 * m) / 8 + 0.4) / 1.4;
        return sum + 2 * zeta ** distance * Math.cos(distance * 10000 ** ((-2 * m) / 8));
      }, 0);
    rows.forEach((i, row) =>
      places.slice(0, i + 1).forEach((j) => {
        expect(Math.abs(found["scores"]!.data[row * 400 + j]! - expected(i - j))).toBeLessThan(
          8 * 6e-5,
        );
      }),
    );
  });

  test("queries farther apart than float32 allows are refused while the graph is built", () => {
    const encoding = xpos.create(shape, { scaleBase: 1 });
    const far = positionsOf([0, 64], "known");
    const { context } = contextOf(encoding, far, { causal: true });
    const x = constant([1, 1, 2, 8], new Float64Array(16));
    expect(() => encoding.rotate!(x, far, "query", context)).toThrow(
      /queries of one pass are 64 positions apart, and its factors leave float32/,
    );
    expect(encoding.limit!.reason).toMatch(/more than 63 apart/);
  });

  test("a fixed centre has an end, and says why", () => {
    const { limit } = xpos.create(shape, { centre: 0, scaleBase: 16 });
    expect(limit).toEqual({
      length: 1022,
      reason: "its factors leave float32 where positions of one pass are more than 1021 apart",
    });
    expect(() => xpos.create(shape, { centre: -1 })).toThrow(
      /"queries" or a whole number from 0 to 16777216, got -1/,
    );
  });
});
