/**
 * Dropout where numbers leave 32 bits: seeds from 2³² on, and more than 2³² attention weights. Seeds 7 and 7 + 2³² had
 * one mask; so had heads that lie 2³² weights apart.
 */
import { describe, expect, test } from "vitest";
import { add, multiply } from "../../src/operators/arithmetic.ts";
import { cast } from "../../src/operators/cast.ts";
import { constant, fill, input, scalar } from "../../src/operators/source.ts";
import { dropoutSeed, dropoutSites, dropWeights } from "../../src/random/dropout.ts";
import { evaluate, valueOf } from "../../src/tensor/evaluate.ts";
import type { Tensor } from "../../src/tensor/tensor.ts";
import { seedOfStep } from "../../src/training/train-step.ts";

const rate = 0.5;

/** Which of 4,096 elements the first site keeps. */
function mask(seed: Tensor, given = new Map()): number[] {
  const ones = fill([4096], 1);
  return [...evaluate([dropoutSites(seed)(ones, rate)], given)[0]!.data].map((kept) => +(kept > 0));
}

/** The share of places in which two masks agree: half, for independent ones. */
function agreement(a: readonly number[], b: readonly number[]): number {
  return a.filter((kept, at) => kept === b[at]).length / a.length;
}

describe("seeds", () => {
  const step = input("step", []);
  const maskAt = (seed: number, at: number): number[] =>
    mask(seedOfStep(step, seed), new Map([[step, valueOf([], [at])]]));

  test("below 2³² they are the int32 of the mask, as before", () => {
    for (const seed of [0, 1, 7, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1])
      expect(dropoutSeed(seed)).toBe(seed | 0);
    const plain = add(multiply(cast(step, "int32"), 0x5bd1e995), scalar(7, "int32"));
    expect(maskAt(7, 5)).toEqual(mask(plain, new Map([[step, valueOf([], [5])]])));
  });

  test("that differ by multiples of 2³² have independent masks", () => {
    const seeds = [7, 7 + 2 ** 32, 7 + 2 ** 33, 7 + 2 ** 52, 2 ** 32, 0, 2 ** 53 - 1, 2 ** 32 - 1];
    const masks = seeds.map((seed) => maskAt(seed, 3));
    masks.forEach((one, at) =>
      masks.slice(at + 1).forEach((other, next) => {
        const pair = `${seeds[at]} and ${seeds[at + 1 + next]}`;
        // Five standard deviations of 4,096 coins.
        expect(Math.abs(agreement(one, other) - 0.5), pair).toBeLessThan(5 * 0.5 * 4096 ** -0.5);
      }),
    );
    expect(maskAt(7 + 2 ** 32, 3)).toEqual(masks[1]);
  });

  test.each([-1, 0.5, 2 ** 53])("%d is refused", (seed) => {
    expect(() => dropoutSeed(seed)).toThrow("seed must be an integer from 0 to");
  });
});

describe("more than 2³² attention weights", () => {
  const site = dropoutSites(scalar(3, "int32")).site!();
  const length = 32_768;
  /** The mask of 64 weights of the first row, of each of 8 heads. */
  const heads = (queries: number, keys: number): number[][] => {
    const weights = constant([1, 8, 1, 64], new Float32Array(512).fill(1));
    const dropped = dropWeights(weights, rate, site, { firstQuery: 0, queries, keys });
    const { data } = evaluate([dropped])[0]!;
    return Array.from({ length: 8 }, (_, head) =>
      Array.from(data.subarray(64 * head, 64 * head + 64), (kept) => +(kept > 0)),
    );
  };

  test("no two heads share a mask, where four whole heads are 2³² weights", () => {
    const masks = heads(length, length);
    expect(new Set(masks.map((own) => own.join(""))).size).toBe(8);
  });

  test("rows of one head differ where a head alone has more", () => {
    const weights = constant([1, 1, 3, 64], new Float32Array(192).fill(1));
    const keys = 2 ** 31;
    const dropped = dropWeights(weights, rate, site, { firstQuery: 0, queries: 2 ** 20, keys });
    const { data } = evaluate([dropped])[0]!;
    const rows = [0, 1, 2].map((row) => data.slice(64 * row, 64 * row + 64).join(""));
    expect(new Set(rows).size).toBe(3);
  });
});

describe("int32 constants", () => {
  test.each([2 ** 31, -(2 ** 31) - 1, 2 ** 32 + 5, 0.5, NaN])(
    "%d is refused: a device would wrap it, float64 would not",
    (value) => {
      expect(() => constant([2], [1, value], "int32")).toThrow(`constant: ${value} is no int32`);
      expect(() => fill([2], value, "int32")).toThrow(`fill: ${value} is no int32`);
      expect(() => multiply(input("ids", [2], "int32"), value)).toThrow("is no int32");
    },
  );

  test("both ends fit", () => {
    const [found] = evaluate([constant([2], [2 ** 31 - 1, -(2 ** 31)], "int32")]);
    expect([...found!.data]).toEqual([2147483647, -2147483648]);
  });
});
