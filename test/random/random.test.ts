import { describe, expect, test } from "vitest";
import { InputError } from "../../src/errors.ts";
import { inverseNormal } from "../../src/random/normal.ts";
import { random, restoreRandom } from "../../src/random/random.ts";
import type { RandomState } from "../../src/random/random.ts";

const weight = "blocks.0.attention.query.weight";

describe("golden values", () => {
  // From a separate implementation in Python's integers and statistics.NormalDist.inv_cdf (CPython 3.11).
  test("words of a named stream", () => {
    const stream = random(7, weight);
    expect(Array.from({ length: 6 }, () => stream.word())).toEqual([
      0x4ac7a04e, 0x3f97f42e, 0xeb9e4cec, 0x148f16fc, 0x55718b6a, 0x8bd8d07a,
    ]);
  });

  test("words of a path of names and numbers, at the largest seed", () => {
    const stream = random(Number.MAX_SAFE_INTEGER, "batch", 12, "é");
    expect(Array.from({ length: 6 }, () => stream.word())).toEqual([
      0xf36a1d21, 0x3b995bd3, 0x57b6c99c, 0xf8d4fbc9, 0x60988b63, 0xcbf38836,
    ]);
  });

  test("uniforms and normals", () => {
    const uniforms = random(7, weight);
    for (const value of [0.29210855251857915, 0.920384221377286, 0.33376380463150934])
      expect(uniforms.uniform()).toBe(value);
    const normals = random(7, weight);
    for (const value of [-0.5472352688834136, 1.407660677246852, -0.4295436948795917])
      expect(normals.normal()).toBeCloseTo(value, 14);
  });

  test("quantiles of the normal distribution in all three ranges", () => {
    // statistics.NormalDist().inv_cdf
    for (const [p, x] of [
      [1e-300, -37.0470962993612],
      [1e-10, -6.361340902404056],
      [0.001, -3.090232306167813],
      [0.07, -1.4757910281791702],
      [0.3, -0.5244005127080407],
      [0.9, 1.2815515655446008],
      [0.999999, 4.753424308817089],
    ] as const)
      expect(Math.abs(inverseNormal(p) / x - 1)).toBeLessThan(4e-16);
    expect(inverseNormal(0.5)).toBe(0);
  });
});

describe("distribution", () => {
  test("uniforms are in [0, 1), equally many in each of 64 intervals", () => {
    const draws = 200_000;
    const stream = random(11, "uniformity");
    const cells = new Float64Array(64);
    let outside = 0;
    for (let i = 0; i < draws; i++) {
      const value = stream.uniform();
      if (value < 0 || value >= 1) outside++;
      else cells[Math.floor(value * 64)]!++;
    }
    expect(outside).toBe(0);
    expect(chiSquare(cells, draws / 64)).toBeLessThan(chiSquareBound(63));
  });

  test("neighbouring uniforms are independent: equally many pairs in each cell of a 16 x 16 grid", () => {
    const draws = 200_000;
    const stream = random(12, "pairs");
    const cells = new Float64Array(256);
    for (let i = 0; i < draws; i++)
      cells[Math.floor(stream.uniform() * 16) * 16 + Math.floor(stream.uniform() * 16)]!++;
    expect(chiSquare(cells, draws / 256)).toBeLessThan(chiSquareBound(255));
  });

  test("every bit of a word is set half the time", () => {
    const draws = 50_000;
    const stream = random(13, "bits");
    const set = new Float64Array(32);
    for (let i = 0; i < draws; i++) {
      const word = stream.word();
      for (let bit = 0; bit < 32; bit++) set[bit]! += (word >>> bit) & 1;
    }
    const deviation = Math.sqrt(draws) / 2;
    for (const count of set) expect(Math.abs(count - draws / 2)).toBeLessThan(5 * deviation);
  });

  test("normals have the moments and the tails of the normal distribution", () => {
    const draws = 400_000;
    const stream = random(14, "moments");
    const sums = [0, 0, 0, 0];
    let beyondTwo = 0;
    for (let i = 0; i < draws; i++) {
      const x = stream.normal();
      for (let power = 0; power < 4; power++) sums[power]! += x ** (power + 1);
      if (Math.abs(x) > 2) beyondTwo++;
    }
    const [mean, second, third, fourth] = sums.map((sum) => sum / draws);
    // Five standard errors of each moment's estimate: √(1, 2, 15, 96) / √draws; P(|x| > 2) = 0.0455.
    const errors = (variance: number): number => 5 * Math.sqrt(variance / draws);
    expect(Math.abs(mean!)).toBeLessThan(errors(1));
    expect(Math.abs(second! - 1)).toBeLessThan(errors(2));
    expect(Math.abs(third!)).toBeLessThan(errors(15));
    expect(Math.abs(fourth! - 3)).toBeLessThan(errors(96));
    expect(Math.abs(beyondTwo / draws - 0.0455003)).toBeLessThan(errors(0.0455 * 0.9545));
  });

  test.each([3, 10, 3 * 2 ** 30])("integers below %i are uniform", (n) => {
    // At 3 · 2³⁰ plain `word % n` would give the lower third twice as often.
    const draws = 60_000;
    const stream = random(15, "integers", n);
    const cells = new Float64Array(3);
    for (let i = 0; i < draws; i++) {
      const value = stream.integer(n);
      expect(Number.isInteger(value) && value >= 0 && value < n).toBe(true);
      cells[n > 2 ** 31 ? Math.floor(value / (n / 3)) : value % 3]!++;
    }
    const shares = n === 10 ? [0.4, 0.3, 0.3] : [1 / 3, 1 / 3, 1 / 3];
    for (let cell = 0; cell < 3; cell++) {
      const share = shares[cell]!;
      const bound = 5 * Math.sqrt((share * (1 - share)) / draws);
      expect(Math.abs(cells[cell]! / draws - share)).toBeLessThan(bound);
    }
  });

  test("integers of more than 32 bits cover the whole range", () => {
    const stream = random(16, "wide");
    const values = Array.from({ length: 200 }, () => stream.integer(2 ** 52));
    expect(values.every((value) => Number.isSafeInteger(value) && value < 2 ** 52)).toBe(true);
    expect(Math.max(...values)).toBeGreaterThan(2 ** 51);
    expect(new Set(values).size).toBe(200);
  });

  test("a permutation has every number once, and all six orders of three are equally frequent", () => {
    expect([...random(17).permutation(1000)].sort((a, b) => a - b)).toEqual([
      ...Array(1000).keys(),
    ]);
    const counts = new Map<string, number>();
    const stream = random(18);
    for (let i = 0; i < 12_000; i++) {
      const order = stream.permutation(3).join();
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect(counts.size).toBe(6);
    for (const count of counts.values()) expect(Math.abs(count - 2000)).toBeLessThan(5 * 41);
  });
});

describe("streams", () => {
  test("a seed and path give the same numbers, independent of draws from other streams", () => {
    const alone = random(5, weight).normalArray(100, 0.02);
    const other = random(5, "embedding.weight");
    other.normalArray(33);
    expect(random(5, weight).normalArray(100, 0.02)).toEqual(alone);
    expect(Math.abs(alone[0]!)).toBeLessThan(0.2);
  });

  test("any difference in seed or path gives other numbers", () => {
    const paths = [
      [],
      ["a"],
      ["b"],
      ["ab"],
      ["a", "b"],
      ["ab", ""],
      ["", "ab"],
      [1],
      ["1"],
      [1, 2],
      [12],
    ];
    const longName = "x".repeat(40);
    const all = [...paths, [longName], [`${longName}y`], [longName.slice(1)], [0.5], [-1]];
    const first = [1, 2, 2 ** 32 + 1].flatMap((seed) =>
      all.map((path) => random(seed, ...path).uniform()),
    );
    expect(new Set(first).size).toBe(3 * all.length);
  });

  test("streams of neighbouring steps and seeds are uncorrelated", () => {
    const n = 20_000;
    const correlation = (a: Float32Array, b: Float32Array): number =>
      a.reduce((sum, x, i) => sum + x * b[i]!, 0) / n;
    const draw = (seed: number, step: number): Float32Array =>
      random(seed, "batch", step).normalArray(n);
    const reference = draw(1, 1);
    for (const other of [draw(1, 2), draw(2, 1), draw(1, 1 + 2 ** 32), draw(2 ** 32 + 1, 1)])
      expect(Math.abs(correlation(reference, other))).toBeLessThan(5 / Math.sqrt(n));
    expect(correlation(reference, reference)).toBeGreaterThan(0.9);
  });

  test("split returns the stream of the longer path, without advancing this one", () => {
    const parent = random(3, "task");
    const before = parent.uniform();
    const child = parent.split("copy", 4);
    expect(child.uniform()).toBe(random(3, "task", "copy", 4).uniform());
    const again = random(3, "task");
    expect([again.uniform(), again.uniform()]).toEqual([before, parent.uniform()]);
  });

  test("a restored stream continues exactly, from each position in a block and through JSON", () => {
    for (let drawn = 0; drawn < 9; drawn++) {
      const stream = random(9, "sampling", 2);
      for (let i = 0; i < drawn; i++) stream.word();
      const copy = restoreRandom(JSON.parse(JSON.stringify(stream.state())) as RandomState);
      for (let i = 0; i < 10; i++) expect(copy.normal()).toBe(stream.normal());
      expect(copy.state()).toEqual(stream.state());
    }
  });

  test("a stream can be restored at a block number above 2³²", () => {
    const near = restoreRandom({ seed: 1, path: ["far"], drawn: 8 });
    const far = restoreRandom({ seed: 1, path: ["far"], drawn: 2 ** 34 + 8 });
    expect(far.word()).not.toBe(near.word());
  });

  test("arrays have the numbers of single calls", () => {
    const single = random(21);
    expect([...random(21).normalArray(5)]).toEqual(
      Array.from({ length: 5 }, () => Math.fround(single.normal())),
    );
    const values = random(22).uniformArray(1000, -3, 5);
    expect(Math.min(...values)).toBeGreaterThanOrEqual(-3);
    expect(Math.min(...values)).toBeLessThan(-2.9);
    expect(Math.max(...values)).toBeGreaterThan(4.9);
  });
});

test.each([
  ["a negative seed", () => random(-1), /seed must be an integer from 0/],
  ["a fraction as seed", () => random(0.5), /got 0\.5/],
  ["NaN in the path", () => random(1, NaN), /cannot be named by NaN/],
  ["an empty range of integers", () => random(1).integer(0), /a positive integer, got 0/],
  ["a damaged state", () => restoreRandom({ seed: 1, path: [], drawn: NaN }), /"drawn", got NaN/],
])("refuses %s", (_, call, message) => {
  expect(call).toThrow(InputError);
  expect(call).toThrow(message);
});

function chiSquare(cells: Float64Array, expected: number): number {
  return cells.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
}

/** Five standard deviations above the mean of the distribution. */
function chiSquareBound(degrees: number): number {
  return degrees + 5 * Math.sqrt(2 * degrees);
}
