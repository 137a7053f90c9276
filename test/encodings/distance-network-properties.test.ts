import { describe, expect, test } from "vitest";
import { slopes } from "../../src/encodings/alibi.ts";
import { bam } from "../../src/encodings/bam.ts";
import { dynamicPositionBias } from "../../src/encodings/dynamic-position-bias.ts";
import { fire } from "../../src/encodings/fire.ts";
import { logCpb } from "../../src/encodings/log-cpb.ts";
import { retentionDecay } from "../../src/encodings/retention-decay.ts";
import { sandwich } from "../../src/encodings/sandwich.ts";
import { input } from "../../src/operators/source.ts";
import { random } from "../../src/random/random.ts";
import { evaluate } from "../../src/tensor/evaluate.ts";
import { between, matrices, shape } from "./bias-matrices.ts";
import { contextOf, positionsOf } from "./context.ts";

describe("FIRE", () => {
  const encoding = fire.create(shape, { threshold: 10 });
  const values = { "position.fire.multiplier": [1], "position.fire.scale": [0.1] };

  test("trap 11: below the threshold it depends on the distance alone, beyond it on the query", () => {
    const rows = matrices(encoding, between(0, 39), between(0, 39), values)[0]!;
    const ofDistance = (distance: number, i: number): number => rows[i]![i - distance]!;
    for (const distance of between(0, 9))
      expect(ofDistance(distance, 10)).toBeCloseTo(ofDistance(distance, distance), 12);
    for (const i of between(11, 38))
      expect(Math.abs(ofDistance(5, i + 1) - ofDistance(5, i))).toBeGreaterThan(1e-5);
  });

  test("trap 11: half the threshold is another bias, as in the copy that halves it", () => {
    const at = (threshold: number): number[][][] =>
      matrices(fire.create(shape, { threshold }), between(0, 19), between(0, 19), values);
    expect(at(512)).not.toEqual(at(256));
    const doubled = { ...values, "position.fire.multiplier": [2] };
    const half = matrices(
      fire.create(shape, { threshold: 256 }),
      between(0, 19),
      between(0, 19),
      doubled,
    );
    expect(half).toEqual(at(512));
  });

  test("trap 15: its network has a ReLU, so units below 0 leave nothing", () => {
    const dead = {
      ...values,
      "position.fire.hidden.weight": Array<number>(32).fill(-1),
      "position.fire.hidden.bias": Array<number>(32).fill(-1),
      "position.fire.output.bias": [5, 6, 7],
    };
    matrices(encoding, between(0, 6), between(0, 6), dead).forEach((rows, h) =>
      rows.flat().forEach((value) => expect(value).toBe(5 + h)),
    );
  });

  test("each layer has its module, or all share one", () => {
    const owners = (shared: boolean): (string | undefined)[] => [
      ...new Set(fire.create(shape, { shared }).parameters.map(({ owner }) => owner)),
    ];
    expect(owners(false)).toEqual(["layer"]);
    expect(owners(true)).toEqual(["model"]);
    expect("layerBias" in fire.create(shape, { shared: true })).toBe(false);
  });

  test("an unusable threshold or width is refused", () => {
    expect(() => fire.create(shape, { threshold: 0 })).toThrow(
      /threshold must be a number above 0, got 0/,
    );
    expect(() => fire.create(shape, { width: 0 })).toThrow(/width must be a whole number/);
  });
});

describe("biases of the distance", () => {
  test("Sandwich is 0 at distance 0, falls at first, and weaker in later heads", () => {
    const rows = matrices(sandwich.create({ ...shape, heads: 8 }), [64], between(0, 64));
    const at = (h: number, distance: number): number => rows[h]![0]![64 - distance]!;
    // Read from NeMo's module at width 128 and 8 heads.
    for (const [h, distance, value] of [
      [0, 1, -1.446619],
      [1, 1, -0.72331],
      [0, 64, -32.87182],
    ] as const)
      expect(at(h, distance)).toBeCloseTo(value, 5);
    for (const h of between(0, 7)) expect(Math.abs(at(h, 0))).toBeLessThan(1e-12);
    for (const h of between(0, 6)) expect(at(h, 20)).toBeLessThan(at(h + 1, 20));
    expect(() => sandwich.create(shape, { width: 7 })).toThrow(
      /an even number from 2 to 65536, got 7/,
    );
  });

  test("retention's decay multiplies by γ for each step", () => {
    const rows = matrices(retentionDecay.create(shape), [9], between(0, 9));
    rows.forEach(([row], h) =>
      row!.forEach((value, j) =>
        expect(Math.exp(value)).toBeCloseTo((1 - 2 ** (-5 - h)) ** (9 - j), 12),
      ),
    );
  });

  test("log-cpb stays between 0 and 16, and reads the published coordinates of window 8", () => {
    const wide = {
      "position.log-cpb.output.weight": Array.from({ length: 1536 }, (_, k) => (k % 2 ? 3 : -3)),
    };
    const encoding = logCpb.create(shape);
    const all = matrices(encoding, between(0, 39), between(0, 39), wide).flat(2);
    for (const value of all) expect(value).toBeGreaterThanOrEqual(0);
    for (const value of all) expect(value).toBeLessThanOrEqual(16);

    // One unit that passes u on, so that the sigmoid's argument is u itself.
    const single = logCpb.create({ ...shape, heads: 1 }, { hidden: 1, window: 8 });
    const [rows] = matrices(single, [7], between(0, 7), {
      "position.log-cpb.hidden.weight": [1],
      "position.log-cpb.hidden.bias": [0],
      "position.log-cpb.output.weight": [1],
    });
    const coordinates = rows![0]!.map((value) => Math.log(value / (16 - value))).reverse();
    [0, 0.3665119, 0.572069, 0.7156138, 0.8260158, 0.9157446, 0.9913349, 1.0566417].forEach(
      (expected, distance) => expect(coordinates[distance]!).toBeCloseTo(expected, 6),
    );
  });

  test("log-cpb's scores are cosines: lengths of queries and keys do not count", () => {
    const encoding = logCpb.create(shape);
    const { context, parameters } = contextOf(encoding, positionsOf([0], "known"), {
      causal: true,
    });
    const x = input("x", [1, 3, 1, 8]);
    const turned = (role: "query" | "key", times: number): Float64Array => {
      const tensor = encoding.rotate!(x, positionsOf([0], "known"), role, context);
      const vectors = random(3, "x")
        .normalArray(24)
        .map((value) => value * times);
      const scale = { shape: [3], data: Float64Array.from([1, Math.log(100), 9]) };
      const at = new Map([
        [x, { shape: [1, 3, 1, 8], data: Float64Array.from(vectors) }],
        [parameters.get("blocks.0.position.log-cpb.scale"), scale],
      ]);
      return evaluate([tensor], at)[0]!.data;
    };
    const norms = (data: Float64Array): number[] =>
      between(0, 2).map((h) => Math.hypot(...data.subarray(8 * h, 8 * h + 8)));
    norms(turned("key", 1)).forEach((norm) => expect(norm).toBeCloseTo(1, 12));
    norms(turned("query", 7)).forEach((norm, h) =>
      expect(norm).toBeCloseTo([Math.E, 100, 100][h]!, 10),
    );
    turned("key", 7).forEach((value, k) => expect(value).toBeCloseTo(turned("key", 1)[k]!, 6));
    expect(turned("key", 0).every((value) => value === 0)).toBe(true);
  });

  test("a dynamic bias of raw distances is a straight line far away", () => {
    const rows = matrices(dynamicPositionBias.create(shape), [3000], between(0, 3000))[0]![0]!;
    for (const j of between(1, 900))
      expect(rows[j - 1]! - rows[j]!).toBeCloseTo(rows[0]! - rows[1]!, 6);
  });

  test("options of one form of the dynamic bias are refused in the other", () => {
    const make = (options: object) => () => dynamicPositionBias.create(shape, options);
    expect(make({ form: "crossformer", depth: 2 })).toThrow(
      /depth has an effect only with form "x-transformers", and form is "crossformer"/,
    );
    expect(make({ residual: true })).toThrow(/residual .* and form is "x-transformers"/);
    expect(make({ depth: 0 })).toThrow(/depth must be a whole number from 1 to 100, got 0/);
    expect(make({ width: 0 })).toThrow(/width must be a whole number from 1 to 16777216, got 0/);
    expect(make({ gridWidth: 0 })).toThrow(
      /gridWidth must be a whole number from 1 to 16777216, got 0/,
    );
  });

  test("window sizes that do not fit are refused", () => {
    const make = (options: object) => () => logCpb.create(shape, options);
    expect(make({ window: [3, 4] })).toThrow(
      /window must be a number without gridWidth, got \[3,4\]/,
    );
    expect(make({ window: 4, gridWidth: 3 })).toThrow(/window must be \[rows, columns\]/);
    expect(make({ hidden: 0 })).toThrow(/hidden must be a whole number/);
    expect(make({ window: 1 })).not.toThrow();
  });
});

describe("BAM", () => {
  const at = (alpha: readonly number[], beta: readonly number[]): number[][] =>
    matrices(bam.create(shape), [9], between(0, 9), {
      "position.bam.theta-alpha": alpha,
      "position.bam.theta-beta": beta,
    }).map(([row]) => row!);

  test("a power of 1 is ALiBi, one of 0 no position at all", () => {
    const rows = at(slopes(3).map(Math.log), [1, 1, 0]);
    for (const h of [0, 1])
      rows[h]!.forEach((value, j) => expect(value).toBeCloseTo(-slopes(3)[h]! * (9 - j), 4));
    for (const value of rows[2]!) expect(value).toBe(rows[2]![0]);
  });

  test("a negative power hides the nearest key, with the weights of the authors' formula", () => {
    const [alpha, beta] = [
      [0.5, -2, 1],
      [-0.4, -1, -3],
    ];
    const weights = (row: readonly number[]): number[] => {
      const most = Math.max(...row);
      const shares = row.map((value) => Math.exp(value - most));
      return shares.map((share) => share / shares.reduce((a, b) => a + b));
    };
    at(alpha, beta).forEach((row, h) => {
      const theirs = row.map((_, j) => -Math.exp(alpha[h]!) * (9 - j + 1e-5) ** beta[h]!);
      const ours = weights(row);
      weights(theirs).forEach((weight, j) => expect(ours[j]!).toBeCloseTo(weight, 12));
      expect(ours[9]).toBeLessThan(ours[0]! * 1e-15);
      expect(row[9]).toBeGreaterThanOrEqual(-50 * Math.exp(Math.max(alpha[h]!, 0)) * 1.0001);
    });
    expect(at(alpha, [-9, -9, -9]).flat().every(Number.isFinite)).toBe(true);
  });

  test("growing scores need a causal model", () => {
    expect(() => bam.create(shape, { scalable: true })).toThrow(/it needs a causal model/);
  });
});
