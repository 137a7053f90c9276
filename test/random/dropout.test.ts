import { describe, expect, test } from "vitest";
import { gradients } from "../../src/autodiff/gradients.ts";
import { encodingById } from "../../src/encodings/index.ts";
import { dropoutSites, dropWeights, hashedIntegers } from "../../src/random/dropout.ts";
import { forward } from "../../src/model/transformer.ts";
import { greaterOrEqual } from "../../src/operators/comparison.ts";
import { sum } from "../../src/operators/reduction.ts";
import { slice } from "../../src/operators/slicing.ts";
import { input, scalar } from "../../src/operators/source.ts";
import { compile } from "../../src/runtime/node.ts";
import { evaluate, valueOf } from "../../src/tensor/evaluate.ts";
import { nodesOf } from "../../src/tensor/tensor.ts";
import type { Tensor } from "../../src/tensor/tensor.ts";
import {
  given,
  positionsFrom,
  randomTokens,
  randomValues,
  smallModel,
} from "../model/small-model.ts";

const count = 1 << 16;
const seeds = [0, 1, 2, 1234567, -1234567];
const rates = [0.05, 0.1, 0.5, 0.9];
// Fixed seeds, so each test passes always or never. Of some hundred comparisons the largest lies near 3
// standard errors; a generator without squaring reached 50 to 500.
const allowed = 4.5;

/** The hash of a seed and site as float64 numbers; each is asked for many times. */
const streams = new Map<string, Float64Array>();
function stream(seed: number, site: number): Float64Array {
  const key = `${seed} ${site}`;
  let found = streams.get(key);
  if (found === undefined) {
    const tensor = input("seed", [], "int32");
    const given = new Map([[tensor, valueOf([], [seed])]]);
    found = evaluate([hashedIntegers(tensor, site, count)], given)[0]!.data;
    streams.set(key, found);
  }
  return found;
}

/** 1 − kept share where an element is kept, −kept share where dropped: mean 0 in expectation. */
function centred(numbers: Float64Array, rate: number): Float64Array {
  const threshold = (rate - 0.5) * 2 ** 32;
  return numbers.map((value) => (value >= threshold ? rate : rate - 1));
}

/** The correlation at a lag, in standard errors. */
function correlation(a: Float64Array, b: Float64Array, lag: number, rate: number): number {
  let total = 0;
  for (let k = 0; k + lag < count; k++) total += a[k]! * b[k + lag]!;
  return total / (rate * (1 - rate)) / Math.sqrt(count - lag);
}

describe.each(rates)("rate %f", (rate) => {
  const variance = rate * (1 - rate);

  test.each(seeds)("seed %i keeps the right share, everywhere alike", (seed) => {
    const mask = centred(stream(seed, 0), rate);
    const mean = mask.reduce((a, b) => a + b) / count;
    expect(Math.abs(mean) / Math.sqrt(variance / count)).toBeLessThan(allowed);
    // Shares of blocks scatter as coin tosses do, neither more (clumps) nor less (a pattern).
    for (const size of [16, 64, 256]) {
      const blocks = count / size;
      let squares = 0;
      for (let block = 0; block < blocks; block++) {
        const total = mask.subarray(block * size, (block + 1) * size).reduce((a, b) => a + b);
        squares += total ** 2 / (size * variance);
      }
      const spread = Math.sqrt(blocks * (2 + (1 / variance - 6) / size));
      expect(Math.abs(squares - blocks) / spread, `blocks of ${size}`).toBeLessThan(allowed);
    }
  });

  test.each(seeds)("seed %i: neighbours, sites and seeds are independent", (seed) => {
    const mask = centred(stream(seed, 0), rate);
    for (const lag of [1, 2, 3, 4, 7, 8, 64, 256, 1024, 4096])
      expect(Math.abs(correlation(mask, mask, lag, rate)), `lag ${lag}`).toBeLessThan(allowed);
    // Step t of a run has seed t · 0x5bd1e995 + seed, see training/train-step.ts.
    const others = {
      "next site": stream(seed, 1),
      "next seed": stream(seed + 1, 0),
      "next step": stream((seed + 0x5bd1e995) | 0, 0),
    };
    for (const [name, numbers] of Object.entries(others)) {
      const other = centred(numbers, rate);
      for (const lag of [0, 1, 2, 64]) {
        const forwards = correlation(mask, other, lag, rate);
        const backwards = correlation(other, mask, lag, rate);
        expect(Math.abs(forwards), `${name}, lag ${lag}`).toBeLessThan(allowed);
        expect(Math.abs(backwards), `${name}, lag −${lag}`).toBeLessThan(allowed);
      }
    }
  });
});

test.each(seeds)("seed %i spreads evenly over 256 ranges of int32", (seed) => {
  const bins = new Float64Array(256);
  for (const value of stream(seed, 0)) bins[Math.floor((value + 2 ** 31) / 2 ** 24)]!++;
  const expected = count / 256;
  const squares = bins.reduce((total, bin) => total + (bin - expected) ** 2 / expected, 0);
  expect(Math.abs(squares - 255) / Math.sqrt(2 * 255)).toBeLessThan(allowed);
});

test("weights in blocks of rows have bit by bit the mask of the whole, which is that of any tensor", () => {
  const [shape, rate] = [[2, 3, 6, 5], 0.3];
  const seed = input("seed", [], "int32");
  const x = input("x", shape);
  const expected = dropoutSites(seed)(x, rate);
  const site = dropoutSites(seed).site!();
  const place = { queries: 6, keys: 5 };
  const whole = dropWeights(x, rate, site, { ...place, firstQuery: 0 });
  const [start, columns, rows] = [2, 4, 3];
  const cut = slice(slice(x, 2, start, rows), 3, 0, columns);
  const first = [start, scalar(start, "int32")].map((firstQuery) =>
    dropWeights(cut, rate, site, { ...place, firstQuery }),
  );
  const given = new Map([
    [x, valueOf(shape, new Float64Array(180).fill(1))],
    [seed, valueOf([], [11])],
  ]);
  const [all, same, ...parts] = evaluate([expected, whole, ...first], given);
  expect(same!.data).toEqual(all!.data);
  for (const { data } of parts)
    data.forEach((value, k) => {
      const [plane, row, column] = [Math.floor(k / 12), Math.floor(k / 4) % 3, k % 4];
      expect(value).toBe(all!.data[(plane * 6 + start + row) * 5 + column]);
    });
});

/** A graph that drops twice from ones; the gradient of the first. */
function twoSites(rate: number): { seed: Tensor; x: Tensor; outputs: Record<string, Tensor> } {
  const seed = input("seed", [], "int32");
  const x = input("x", [50, 41]);
  const drop = dropoutSites(seed);
  const first = drop(x, rate);
  const second = drop(x, rate);
  return { seed, x, outputs: { first, second, dx: gradients(sum(first), [x])[0]! } };
}

test("evaluate and the runtime draw the same masks, bit by bit, run after run", async () => {
  const { seed, x, outputs } = twoSites(0.25);
  const ones = new Float32Array(50 * 41).fill(1);
  const program = await compile({ inputs: [seed, x], outputs }, { threads: 2 });
  const run = async (value: number) =>
    program.run({
      seed: { shape: [], data: Int32Array.of(value) },
      x: { shape: [50, 41], data: ones },
    });
  const results = [];
  for (const value of [7, 7, 8, -2147483648]) {
    const found = await run(value);
    const given = new Map([
      [seed, valueOf([], [value])],
      [x, valueOf([50, 41], ones)],
    ]);
    Object.values(outputs).forEach((tensor, at) => {
      const name = Object.keys(outputs)[at]!;
      const mask = Array.from(found[name]!.data, (kept) => +(kept !== 0));
      expect(mask).toEqual(Array.from(evaluate([tensor], given)[0]!.data, (kept) => +(kept !== 0)));
      // What is kept is scaled up, and its gradient with it.
      for (const kept of found[name]!.data) expect([0, Math.fround(1 / 0.75)]).toContain(kept);
    });
    expect(found["dx"]!.data).toEqual(found["first"]!.data);
    expect(found["second"]!.data).not.toEqual(found["first"]!.data);
    results.push(found["first"]!.data);
  }
  await program.dispose();
  expect(results[1]).toEqual(results[0]);
  expect(results[2]).not.toEqual(results[0]);
});

describe("a model", () => {
  const tokens = input("tokens", [2, 7], "int32");
  const seed = input("seed", [], "int32");
  const build = (dropout: number, source: boolean) => {
    const model = smallModel(encodingById("sinusoidal"), {}, { dropout });
    const positions = positionsFrom(0, 7);
    const { logits } = forward(model, {
      tokens,
      positions,
      ...(source && { dropout: dropoutSites(seed) }),
    });
    return { model, logits, operators: nodesOf([logits]).map(({ operator }) => operator.name) };
  };

  test("without dropout, or without a source of masks, holds no node of it", () => {
    const plain = build(0, false);
    expect(build(0, true).operators).toEqual(plain.operators);
    expect(build(0.3, false).operators).toEqual(plain.operators);
    const nodes = nodesOf([build(0, true).logits]);
    expect(nodes).not.toContain(seed.node);
    expect(nodesOf([build(0.3, true).logits])).toContain(seed.node);
  });

  test("drops at the embedding and four times a block, each with a mask of its own", () => {
    const { logits } = build(0.3, true);
    const sites = nodesOf([logits]).filter(({ operator }) => operator === greaterOrEqualOperator);
    expect(sites.length).toBe(1 + 2 * 4);
  });

  test("gives the same logits for the same seed, others for another", () => {
    const { model, logits } = build(0.3, true);
    const values = given(model, randomValues(model)).set(tokens, randomTokens(2, 7));
    const at = (value: number): Float64Array =>
      evaluate([logits], new Map(values).set(seed, valueOf([], [value])))[0]!.data;
    expect(at(3)).toEqual(at(3));
    expect(at(4)).not.toEqual(at(3));
  });
});

const greaterOrEqualOperator = greaterOrEqual(input("a", []), input("b", [])).node.operator;
