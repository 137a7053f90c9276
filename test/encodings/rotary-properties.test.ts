import { describe, expect, test } from "vitest";
import { nopeStudy } from "../../reproduce/experiments.ts";
import { defaultTaskSettings } from "../../src/comparison/settings.ts";
import { encodingById, encodings } from "../../src/encodings/index.ts";
import { fope } from "../../src/encodings/fope.ts";
import { lerope } from "../../src/encodings/lerope.ts";
import { pRope } from "../../src/encodings/p-rope.ts";
import { pope } from "../../src/encodings/pope.ts";
import type {
  EncodingDefinition,
  PositionEncoding,
  Positions,
} from "../../src/encodings/position-encoding.ts";
import { rope } from "../../src/encodings/rope.ts";
import { scalableSoftmax } from "../../src/encodings/scalable-softmax.ts";
import { xpos } from "../../src/encodings/xpos.ts";
import { constant } from "../../src/operators/source.ts";
import { evaluate } from "../../src/tensor/evaluate.ts";
import { initialValues } from "../../src/parameters/initialise.ts";
import type { Tensor } from "../../src/tensor/tensor.ts";
import { readGolden } from "../golden/golden.ts";
import { relativeDifference } from "../model/small-model.ts";
import { attendWith, contextOf, positionsOf } from "./context.ts";
import { between, sampled, key, known, query, scores, shape, standing } from "./rotary-scores.ts";

const rotating = encodings.filter(
  (definition) => definition.family === "rotary" && definition.create(shape).at === undefined,
);

describe.each(rotating)("$id", (definition: EncodingDefinition) => {
  test("rows of positions are each turned as alone", () => {
    const encoding = definition.create(
      shape,
      definition.id === "axial-rope" ? { gridWidth: 3 } : {},
    );
    const starts = [0, 300];
    const rows = (first: number, length: number): Positions =>
      positionsOf(
        starts.flatMap((start) => between(start + first, start + first + length - 1)),
        "unknown",
        [2, length],
      );
    const both = (x: string, length: number): Tensor => sampled(x, 2, 3, length, 8);
    const together = scores(encoding, both("q", 5), both("k", 9), rows(4, 5), rows(0, 9));
    const half = together.length / 2;
    for (const [row, start] of starts.entries()) {
      const own = (x: string, length: number): Tensor => {
        const size = 3 * length * 8;
        const { data } = evaluate([both(x, length)])[0]!;
        return constant([1, 3, length, 8], data.slice(row * size, (row + 1) * size));
      };
      const alone = scores(
        encoding,
        own("q", 5),
        own("k", 9),
        known(start + 4, start + 8),
        known(start, start + 8),
      );
      expect(relativeDifference(together.slice(row * half, (row + 1) * half), alone)).toBeLessThan(
        1e-9,
      );
    }
  });
});

describe("layouts of pairs", () => {
  // interleaved → half: component 2m goes to m, 2m + 1 to m + 4
  const permuted = (x: Tensor): Tensor => {
    const { data } = evaluate([x])[0]!;
    const order = between(0, 7).map((k) => (k < 4 ? 2 * k : 2 * (k - 4) + 1));
    return constant(
      x.shape as number[],
      data.map((_, at) => data[at - (at % 8) + order[at % 8]!]!),
    );
  };
  test.each([rope, pRope, xpos] as EncodingDefinition[])(
    "trap 2: $id in the other layout gives other scores, unless the columns are permuted",
    (definition) => {
      const [half, interleaved] = ["half", "interleaved"].map((layout) =>
        definition.create(shape, { layout }),
      );
      const wanted = standing(interleaved!);
      expect(relativeDifference(standing(half!), wanted)).toBeGreaterThan(0.1);
      const moved = scores(half!, permuted(query), permuted(key), known(4, 8), known(0, 8));
      expect(relativeDifference(moved, wanted)).toBeLessThan(1e-12);
    },
  );
});

describe("rope stretched", () => {
  test("linear scaling is the same as positions divided", () => {
    const stretched = rope.create(shape, { scaling: { type: "linear", factor: 4 } });
    const plain = rope.create(shape);
    const places = (step: number, from: number, to: number): Positions =>
      positionsOf(
        between(from, to).map((p) => p * step),
        "known",
      );
    const far = scores(stretched, query, key, places(4, 4, 8), places(4, 0, 8));
    expect(
      relativeDifference(far, scores(plain, query, key, known(4, 8), known(0, 8))),
    ).toBeLessThan(1e-12);
  });
  test("trap 24: NTK's exponent has no value for one pair, and two pairs are enough", () => {
    const by = (factor: number) => ({ type: "ntk-aware", factor }) as const;
    expect(() => rope.create(shape, { rotated: 2, scaling: by(4) })).toThrow(
      /ntk-aware.* one pair is both; rotate 4 components or more, or use linear/,
    );
    expect(() => rope.create(shape, { rotated: 2, scaling: by(1) })).not.toThrow();
    // The fastest pair stays, the slowest turns exactly 4 times slower.
    const stretched = rope.create(shape, { rotated: 4, scaling: by(4), layout: "interleaved" });
    const turned = (encoding: PositionEncoding, position: number, from: number): number => {
      const x = constant(
        [1, 1, 1, 8],
        between(0, 7).map((k) => +(k === from)),
      );
      const places = positionsOf([position], "known");
      const { context } = contextOf(encoding, places, { causal: true });
      const [y] = evaluate([encoding.rotate!(x, places, "query", context)]);
      return Math.atan2(y!.data[from + 1]!, y!.data[from]!);
    };
    expect(turned(stretched, 1, 0)).toBeCloseTo(1, 12);
    expect(turned(stretched, 100, 2)).toBeCloseTo((100 * 10000 ** -0.5) / 4, 12);
  });
});

test("trap 20: the NoPE study's rotary turns a quarter, interleaved, and no score is scaled", () => {
  const name = nopeStudy.reference.find((each) => each.startsWith("rope"))!;
  const { width: model, heads } = defaultTaskSettings;
  const headDim = model / heads;
  const encoding = encodingById(name).create({ ...shape, model, heads, headDim });
  const [q, k] = [sampled("q20", 1, 1, 5, headDim), sampled("k20", 1, 1, 9, headDim)];
  const { context } = contextOf(encoding, known(4, 8), { causal: true, keys: known(0, 8) });
  const { scores: found } = attendWith(encoding, context, { query: q, key: k, value: k });
  const [scoreValues, a, b] = evaluate([found, q, k]).map(({ data }) => data);
  // As complex numbers: Re(q · conj(k) · e^(i(place − other)ω)), and the other three quarters as they are.
  const quarter = headDim / 4;
  const wanted = (i: number, j: number): number => {
    const [x, y] = [a!.slice(i * headDim), b!.slice(j * headDim)];
    let sum = 0;
    for (let m = 0; m < quarter / 2; m++) {
      const [re, im] = [2 * m, 2 * m + 1];
      const angle = (i + 4 - j) * 10000 ** ((-2 * m) / quarter);
      sum += Math.cos(angle) * (x[re]! * y[re]! + x[im]! * y[im]!);
      sum += Math.sin(angle) * (x[re]! * y[im]! - x[im]! * y[re]!);
    }
    for (let c = quarter; c < headDim; c++) sum += x[c]! * y[c]!;
    return sum;
  };
  for (const i of between(0, 4))
    for (const j of between(0, i + 4))
      expect(scoreValues![i * 9 + j]!).toBeCloseTo(wanted(i, j), 10);
  // All five of the study are unscaled.
  for (const each of nopeStudy.reference)
    expect(encodingById(each).create({ ...shape, model, heads, headDim }).scoreScale).toBe(1);
});

describe("p-rope", () => {
  test("with every pair it is RoPE, and its slowest pairs are not rotated", () => {
    expect(standing(pRope.create(shape, { proportion: 1 }))).toEqual(standing(rope.create(shape)));
    const encoding = pRope.create(shape, { proportion: 0.5, layout: "interleaved" });
    const { context } = contextOf(encoding, known(4, 8), { causal: true });
    const [y] = evaluate([encoding.rotate!(query, known(4, 8), "query", context)]);
    const [x] = evaluate([query]);
    x!.data.forEach((value, at) => {
      if (at % 8 >= 4) expect(y!.data[at]).toBe(value);
    });
    expect(relativeDifference(y!.data, x!.data)).toBeGreaterThan(0.1);
  });
  test("refuses to turn no pair, or more than all", () => {
    expect(() => pRope.create(shape, { proportion: 0.2 })).toThrow(
      /0\.2 of 4 pairs is less than one/,
    );
    expect(() => pRope.create(shape, { proportion: 1.25 })).toThrow(
      /proportion must be a number above 0, up to 1, got 1\.25/,
    );
  });
});

describe("pope", () => {
  const zeros = (): Tensor => constant([3, 8], new Float64Array(24));
  const at = (encoding: PositionEncoding, bias: () => Tensor, queries: Positions): Float64Array =>
    scores(encoding, query, key, queries, known(0, 8), bias);

  test("trap 13: the scale is headDim^−½ though vectors are twice as wide", () => {
    const encoding = pope.create(shape);
    expect(encoding.scoreScale).toBe(8 ** -0.5);
    expect(encoding.cache.keyWidth).toBe(16);
    const { context } = contextOf(encoding, known(4, 8), { causal: true });
    expect(encoding.rotate!(query, known(4, 8), "query", context).shape).toEqual([1, 3, 5, 16]);
  });

  test("trap 13: what does not turn has no softplus", () => {
    const encoding = pope.create(shape, { rotated: 6 });
    expect(encoding.cache.keyWidth).toBe(14);
    const { context } = contextOf(encoding, known(4, 8), { causal: true });
    const [y] = evaluate([encoding.rotate!(query, known(4, 8), "query", context)]);
    const [x] = evaluate([query]);
    for (const at of between(0, 14))
      for (const rest of [0, 1])
        expect(y!.data[at * 14 + 12 + rest]).toBe(x!.data[at * 8 + 6 + rest]);
  });

  test("trap 13: the bias is limited where it is used, and learns on the limit", () => {
    const encoding = pope.create(shape);
    const beyond = (): Tensor => constant([3, 8], new Float64Array(24).fill(0.7));
    const limit = (): Tensor => constant([3, 8], new Float64Array(24).fill(-7));
    const lowest = (): Tensor => constant([3, 8], new Float64Array(24).fill(-2 * Math.PI));
    const places = known(4, 8);
    expect(at(encoding, beyond, places)).toEqual(at(encoding, zeros, places));
    expect(at(encoding, limit, places)).toEqual(at(encoding, lowest, places));
    // The golden file has an entry of the bias on the limit 0, whose gradient is not halved.
    const { cases } = readGolden("pope");
    const { inputs, gradients } = cases[0]!;
    expect(inputs["bias"]!.data[2]).toBe(0);
    expect(Math.abs(gradients["bias"]!.data[2]!)).toBeGreaterThan(1e-3);
    expect(gradients["bias"]!.data.slice(0, 2)).toEqual([0, 0]);
  });

  test("without a bias no distance scores higher than 0", () => {
    const encoding = pope.create(shape);
    // One key at each query's own place against the same key elsewhere.
    const same = scores(encoding, query, query, known(4, 8), known(4, 8), zeros);
    const away = scores(encoding, query, query, known(4, 8), known(104, 108), zeros);
    for (const h of between(0, 2))
      for (const i of between(0, 4)) {
        const own = (h * 5 + i) * 5 + i;
        expect(same[own]!).toBeGreaterThan(away[own]!);
      }
  });
});

describe("fope", () => {
  test("leaves out frequencies that do not turn once, and mixes the others", () => {
    // 2π/64 = 0.098: of 1, 0.1, 0.01, 0.001 two turn. Pairs of headDim/4 = 2.
    const encoding = fope.create(shape, { length: 64, learned: true });
    expect(encoding.parameters.map((spec) => spec.shape)).toEqual([
      [3, 2, 2],
      [3, 2, 2],
    ]);
    expect(() => fope.create(shape, { length: 6 })).toThrow(/no frequency has a whole turn in 6/);
    expect(() => fope.create(shape, { length: 64, pairs: 3 })).toThrow(
      /from 1 to the 2 frequencies/,
    );
  });
  test("without a random part it is RoPE in its pairs, and counts the others twice", () => {
    const encoding = fope.create(shape, { length: 64, gain: 0 });
    // Vectors in pair 0 alone, components 0 and 4; or in pair 3, components 3 and 7.
    const only = (x: Tensor, pair: number): Tensor => {
      const { data } = evaluate([x])[0]!;
      return constant(
        x.shape as number[],
        data.map((v, at) => (at % 4 === pair ? v : 0)),
      );
    };
    const of = (e: PositionEncoding, pair: number): Float64Array =>
      scores(e, only(query, pair), only(key, pair), known(4, 8), known(0, 8));
    const plain = rope.create(shape);
    expect(relativeDifference(of(encoding, 0), of(plain, 0))).toBeLessThan(1e-12);
    const still = pRope.create(shape, { proportion: 0.5 });
    const twice = of(still, 3).map((score) => 2 * score);
    expect(relativeDifference(of(encoding, 3), twice)).toBeLessThan(1e-12);
  });
  test("samples mixtures that are not learned by their seed, in each layer anew", () => {
    const turned = (seed: number, layer: number): Float64Array => {
      const encoding = fope.create(shape, { length: 64, seed });
      const { context } = contextOf(encoding, known(4, 8), { causal: true });
      const given = { ...context, layer };
      return evaluate([encoding.rotate!(query, known(4, 8), "query", given)])[0]!.data;
    };
    expect(turned(1, 0)).toEqual(turned(1, 0));
    expect(turned(1, 1)).not.toEqual(turned(1, 0));
    expect(turned(2, 0)).not.toEqual(turned(1, 0));
  });
});

test("lerope starts as RoPE, and turns faster where α is above 0", () => {
  const encoding = lerope.create(shape);
  const at = (alpha: number, from: number): Float64Array => {
    const numbers = constant([4], new Float64Array(4).fill(alpha));
    return scores(
      encoding,
      query,
      key,
      known(from + 4, from + 8),
      known(from, from + 8),
      () => numbers,
    );
  };
  expect(relativeDifference(at(0, 0), standing(rope.create(shape)))).toBeLessThan(1e-12);
  // e^ln 2 doubles the angles: as RoPE at twice the positions.
  const double = (from: number, to: number) =>
    positionsOf(
      between(from, to).map((p) => 2 * p),
      "known",
    );
  const wanted = scores(rope.create(shape), query, key, double(4, 8), double(0, 8));
  expect(relativeDifference(at(Math.LN2, 0), wanted)).toBeLessThan(1e-12);
});

test("scalable-softmax starts at 1 for the train length's last query", () => {
  const plain = scalableSoftmax.create(shape);
  expect([...initialValues(plain.parameters[0]!, 1)][0]).toBeCloseTo(1 / Math.log(7), 6);
  const withBias = scalableSoftmax.create(shape, { bias: true });
  expect(withBias.parameters.map((spec) => initialValues(spec, 1)[0])).toEqual([0, 1]);
  // The first query sees one key: its factor is 0 without a bias.
  const { context } = contextOf(plain, known(0, 4), { causal: true });
  const [turned] = evaluate([
    plain.rotate!(query, known(0, 4), "query", {
      ...context,
      parameter: () => constant([3], [0.4, 0.5, 0.6]),
    }),
  ]);
  expect(turned!.data.slice(0, 8).every((x) => x === 0)).toBe(true);
  expect(Math.abs(turned!.data[8]!)).toBeGreaterThan(0.01);
});
