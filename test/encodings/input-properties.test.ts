import { describe, expect, test } from "vitest";
import { abacus } from "../../src/encodings/abacus.ts";
import { distanceRow } from "../../src/encodings/distance-row.ts";
import type { OptionsOf } from "../../src/encodings/define-encoding.ts";
import { encodingById } from "../../src/encodings/index.ts";
import type { ModelShape, PositionEncoding } from "../../src/encodings/position-encoding.ts";
import { sinusoidal } from "../../src/encodings/sinusoidal.ts";
import { positionsFeed } from "../../src/model/positions.ts";
import { constant } from "../../src/operators/source.ts";
import { random } from "../../src/random/random.ts";
import { initialValues } from "../../src/parameters/initialise.ts";
import { evaluate } from "../../src/tensor/evaluate.ts";
import { contextOf, positionsOf } from "./context.ts";

const shape: ModelShape = {
  model: 24,
  heads: 3,
  headDim: 8,
  layers: 2,
  vocab: 256,
  trainLength: 7,
  causal: true,
};

const between = (first: number, last: number): number[] =>
  Array.from({ length: last - first + 1 }, (_, k) => first + k);

const draws = (encoding: PositionEncoding, length: number, training: boolean, seed: number) =>
  encoding.sampling!.positions(length, random(seed, "draw"), training);

describe("sinusoidal", () => {
  test("trap 3: layout t2t divides by model/2 − 1, the others by model/2", () => {
    // At position 1 the sines of 8 columns: ω = 1, .1, .01, .001, or 1, .0464159, .00215443, .0001.
    const sines = (layout: "paper" | "concat" | "t2t"): number[] => {
      const encoding = sinusoidal.create({ ...shape, model: 8 }, { layout, embedScale: "none" });
      const { context } = contextOf(encoding, positionsOf([1], "known"), { causal: true });
      const [row] = evaluate([encoding.embed!(constant([1, 1, 8], new Float64Array(8)), context)]);
      const every = layout === "paper" ? 2 : 1;
      return between(0, 3).map((m) => Math.asin(row!.data[m * every]!));
    };
    const close = (found: number[], wanted: number[]): void =>
      found.forEach((sine, m) => expect(sine).toBeCloseTo(wanted[m]!, 9));
    for (const layout of ["paper", "concat"] as const) close(sines(layout), [1, 0.1, 0.01, 0.001]);
    close(sines("t2t"), [1, 10 ** (-4 / 3), 10 ** (-8 / 3), 1e-4]);
  });

  test("a learned scale starts at model^−½", () => {
    const { parameters } = sinusoidal.create(shape, { scale: "learned" });
    expect([...initialValues(parameters[0]!, 1)]).toEqual([Math.fround(24 ** -0.5)]);
    expect(sinusoidal.create(shape).parameters).toEqual([]);
  });
});

describe("distance-row", () => {
  /** RPE(i) of a text's first positions, with a weight of one's choice. */
  const rowsOf = (
    options: OptionsOf<typeof distanceRow>,
    weight: readonly number[],
    length: number,
  ) => {
    const encoding = distanceRow.create(shape, { ...options, width: 3, bias: false });
    const places = positionsOf(between(0, length - 1), "known");
    const { context } = contextOf(encoding, places, { causal: true });
    const tokens = constant([1, length, 21], new Float64Array(length * 21));
    const given = { ...context, parameter: () => constant([weight.length / 3, 3], weight) };
    const { data } = evaluate([encoding.embed!(tokens, given)])[0]!;
    return between(0, length - 1).map((i) => [...data.slice(i * 24 + 21, i * 24 + 24)]);
  };

  test("trap 22: a linear map of whole rows is a learned table, written in second differences", () => {
    const n = 7;
    const P = between(0, n - 1).map((i) => [...random(4, `row ${i}`).normalArray(3)]);
    // W = N · D⁻¹ P: half the second difference within, and at the ends a link to the other end.
    const corner = 1 / (2 * (n - 1));
    const W = P.map((row, i) =>
      row.map((value, c) => {
        if (i > 0 && i < n - 1) return n * (P[i - 1]![c]! / 2 - value + P[i + 1]![c]! / 2);
        const [neighbour, opposite] = i === 0 ? [P[1]!, P[n - 1]!] : [P[n - 2]!, P[0]!];
        return n * ((corner - 0.5) * value + neighbour[c]! / 2 + corner * opposite[c]!);
      }),
    );
    const found = rowsOf({}, W.flat(), n);
    found.forEach((row, i) => row.forEach((value, c) => expect(value).toBeCloseTo(P[i]![c]!, 12)));
    // Fewer positions of the same rows: the table does not depend on the text.
    expect(rowsOf({}, W.flat(), 4)).toEqual(found.slice(0, 4));
  });

  test.each([
    [{ mode: "pad" }, 7],
    [{ mode: "normalise", points: 5 }, 5],
    [{ mode: "bucket", buckets: 8, maxDistance: 16 }, 8],
  ] as const)(
    "trap 22: %j says that all is computed again when the text grows",
    (options, columns) => {
      const weight = [...random(4, "weight").normalArray(3 * columns)];
      const [short, long] = [rowsOf(options, weight, 4), rowsOf(options, weight, 5)];
      expect(long.slice(0, 4)).not.toEqual(short);
      expect(distanceRow.create(shape, options).cache.keys).toBe("recompute");
      if (options.mode === "normalise") return;
      // Rows of the past do not know the text's length.
      const past = { ...options, causal: true };
      expect(rowsOf(past, weight, 5).slice(0, 4)).toEqual(rowsOf(past, weight, 4));
      expect(distanceRow.create(shape, past).cache.keys).toBe("either");
    },
  );
});

describe("abacus", () => {
  /** Rows of the table that tokens of one text are given, with a table that holds its row numbers. */
  const rowsOf = (tokens: readonly number[], first = 0, past: readonly number[] = []): number[] => {
    const encoding = abacus.create({ ...shape, model: 1 });
    const places = positionsOf(
      between(first + past.length, first + past.length + tokens.length - 1),
      "known",
    );
    const keys = positionsOf(between(first, first + past.length + tokens.length - 1), "known");
    const ids = constant([1, tokens.length], tokens, "int32");
    const { context } = contextOf(encoding, places, { causal: true, keys, tokens: ids });
    const found = encoding.embed!(
      constant([1, tokens.length, 1], new Float64Array(tokens.length)),
      {
        ...context,
        ...(past.length > 0 && { pastTokens: constant([1, past.length], past, "int32") }),
        parameter: () => constant([1024, 1], between(0, 1023)),
      },
    );
    return [...evaluate([found])[0]!.data];
  };
  const bytes = (text: string): number[] => [...new TextEncoder().encode(text)];

  test("counts digits within their number, from 1", () => {
    expect(rowsOf(bytes("98+2 = 0010"))).toEqual([1, 2, 0, 1, 0, 0, 0, 1, 2, 3, 4]);
    expect(rowsOf(bytes("7"))).toEqual([1]);
    expect(rowsOf(bytes("x"))).toEqual([0]);
    expect(rowsOf(bytes("12a34"), 5)).toEqual([6, 7, 0, 6, 7]);
  });

  test("equals a loop over tokens, whole and after any past", () => {
    const stream = random(3, "abacus");
    for (const length of [1, 2, 7, 33, 100]) {
      const tokens = between(1, length).map(() => 40 + stream.integer(25));
      let run = 0;
      const wanted = tokens.map((id) => (run = id >= 48 && id <= 57 ? run + 1 : 0));
      expect(rowsOf(tokens)).toEqual(wanted);
      for (const cut of between(1, Math.min(length - 1, 8)))
        expect(rowsOf(tokens.slice(cut), 0, tokens.slice(0, cut))).toEqual(wanted.slice(cut));
    }
  });

  test("padding before a number is no part of it", () => {
    const encoding = abacus.create({ ...shape, model: 1 });
    const text = bytes("4412 3");
    const ids = constant([1, 6], text, "int32");
    const places = positionsOf([0, 0, 0, 1, 2, 3], "unknown", [1, 6]);
    const { context } = contextOf(encoding, places, { causal: true, tokens: ids });
    const found = encoding.embed!(constant([1, 6, 1], new Float64Array(6)), {
      ...context,
      keyMask: constant([1, 6], [0, 0, 1, 1, 1, 1], "bool"),
      parameter: () => constant([1024, 1], between(0, 1023)),
    });
    expect([...evaluate([found])[0]!.data]).toEqual([0, 0, 1, 2, 0, 1]);
  });

  test("ends at the last row of its table", () => {
    const rows = rowsOf(Array<number>(1100).fill(49));
    expect(rows.slice(1020, 1026)).toEqual([1021, 1022, 1023, 1023, 1023, 1023]);
  });

  test("moves places while training, and only then", () => {
    const encoding = abacus.create(shape);
    const firsts = between(1, 400).map((seed) => draws(encoding, 7, true, seed)[0]!);
    expect(Math.min(...firsts)).toBe(0);
    expect(Math.max(...firsts)).toBe(99);
    expect(draws(encoding, 4, false, 1)).toEqual([0, 1, 2, 3]);
  });

  test("refuses digits that are no tokens, and vectors without tokens", () => {
    expect(() => abacus.create({ ...shape, vocab: 50 })).toThrow(
      /digits must be token ids below the vocabulary's 50, got 48, .*Set "digits"/,
    );
    expect(() => abacus.create(shape, { maxOffset: 1023 })).toThrow(/from 0 to 1022, got 1023/);
    const encoding = abacus.create(shape);
    const { context } = contextOf(encoding, positionsOf([0], "known"), { causal: true });
    const vectors = constant([1, 1, 24], new Float64Array(24));
    expect(() => encoding.embed!(vectors, context)).toThrow(/abacus: it reads token ids/);
  });
});

describe("random-offset", () => {
  const make = (options: object) => encodingById("random-offset").create(shape, options);

  test("draws one offset a step, and none elsewhere", () => {
    const encoding = make({ maxOffset: 20 });
    expect(encoding.sampling!.per).toBe("model");
    const steps = between(1, 300).map((seed) => draws(encoding, 5, true, seed));
    for (const step of steps) expect(step).toEqual(between(step[0]!, step[0]! + 4));
    expect(Math.min(...steps.map(([first]) => first!))).toBe(0);
    expect(Math.max(...steps.map(([first]) => first!))).toBe(19);
    // The authors' code begins an evaluation just beyond the largest offset.
    expect(draws(encoding, 3, false, 1)).toEqual([20, 21, 22]);
    expect(draws(make({ maxOffset: 20, evaluationOffset: 0 }), 3, false, 1)).toEqual([0, 1, 2]);
  });

  test("gives a learned base the rows it needs, and says how long a text may be", () => {
    const encoding = make({ base: "learned", maxOffset: 9 });
    expect(encoding.parameters[0]).toMatchObject({
      name: "position.random-offset.learned.table",
      shape: [16, 24],
    });
    expect(encoding.limit!.length).toBe(7);
    expect(make({ base: "learned", maxOffset: 9, evaluationOffset: 0 }).limit!.length).toBe(16);
  });

  test("refuses a base that a shift does not change", () => {
    for (const base of ["rope", "alibi", "t5", "none", "rope+alibi"])
      expect(() => make({ base })).toThrow(
        /is shift-invariant: moving all positions changes nothing/,
      );
    expect(() => make({ base: "abacus" })).toThrow(/"abacus" samples positions of its own/);
    expect(() => make({ base: "sinusoidal", maxOffset: 0 })).toThrow(/maxOffset must be a whole/);
    expect(() => make({ base: "sinusodal" })).toThrow(/Did you mean "sinusoidal"\?/);
  });
});

describe("randomized", () => {
  const make = (options: object = {}) => encodingById("randomized").create(shape, options);

  test("draws distinct positions of the range, in order, each as likely as the next", () => {
    const encoding = make({ range: 12 });
    const seen = new Array<number>(12).fill(0);
    for (const seed of between(1, 2000)) {
      const sampled = draws(encoding, 5, true, seed);
      expect(sampled.every((p, at) => Number.isInteger(p) && p > (sampled[at - 1] ?? -1))).toBe(
        true,
      );
      expect(sampled.at(-1)!).toBeLessThan(12);
      for (const p of sampled) seen[p]!++;
    }
    // Each is drawn in 5 of 12 draws: 833 ± 22, one deviation.
    for (const count of seen) expect(Math.abs(count - 2000 * (5 / 12))).toBeLessThan(100);
  });

  test("a text longer than the range takes as many positions as it has tokens", () => {
    expect(draws(make({ range: 7 }), 9, false, 1)).toEqual(between(0, 8));
    expect(make({ range: 7 }).limit).toBeUndefined();
  });

  test("trap 21: each layer draws its own where the base acts in layers, and evaluation draws too", () => {
    const rows = (options: object, training: boolean) =>
      positionsFeed(make(options), 2, 7, random(5, "step"), training);
    for (const training of [true, false]) {
      const { shape: size, data } = rows({ base: "rope" }, training);
      expect(size).toEqual([2, 7]);
      expect([...data.slice(0, 7)]).not.toEqual([...data.slice(7)]);
      expect([...data.slice(0, 7)]).not.toEqual(between(0, 6));
      expect(rows({ base: "sinusoidal" }, training).shape).toEqual([7]);
    }
    for (const base of ["rope", "alibi", "t5", "rope+alibi", "layers(rope,none)"])
      expect(make({ base }).sampling!.per).toBe("layer");
    for (const base of ["sinusoidal", "learned"])
      expect(make({ base }).sampling!.per).toBe("model");
  });

  test("distances begin at 0 where a base knows nothing but distances", () => {
    for (const base of ["alibi", "t5"]) {
      const sampled = draws(make({ base, range: 64 }), 7, true, 3);
      expect(sampled[0]).toBe(0);
      expect(new Set(sampled).size).toBe(7);
      expect(sampled.at(-1)!).toBeLessThan(64);
    }
    expect(draws(make({ base: "alibi" }), 1, true, 3)).toEqual([0]);
    const firsts = between(1, 50).map((seed) => draws(make({ range: 64 }), 7, true, seed)[0]!);
    expect(new Set(firsts).size).toBeGreaterThan(3);
  });

  test("tables have a row for each position of the range", () => {
    const encoding = make({ base: "learned", range: 100 });
    expect(encoding.parameters[0]!.shape).toEqual([100, 24]);
    expect(encoding.limit!.length).toBe(100);
    expect(() => make({ base: "learned", range: 100, baseOptions: { maxLength: 50 } })).toThrow(
      /"learned" ends at 50, and positions are sampled from 100/,
    );
  });

  test("refuses bases without positions, or with positions of their own", () => {
    expect(() => make({ base: "none" })).toThrow(/"none" uses no positions/);
    expect(() => make({ base: "randomized" })).toThrow(/samples positions of its own/);
    expect(() => make({ range: 3 })).toThrow(/range must be the train length, 7, or more, got 3/);
  });
});
