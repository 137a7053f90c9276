/** Batches of pairs of like length: each pair once an epoch, shapes that fit, and nothing that depends on earlier steps. */
import { describe, expect, test } from "vitest";
import { batchShapes } from "../../../src/data/pairs/batch-shapes.ts";
import type { PairLengths } from "../../../src/data/pairs/batch-shapes.ts";
import { PairBatches } from "../../../src/data/pairs/pair-batches.ts";
import { random } from "../../../src/random/random.ts";

/** Lengths as captions have them: both sides alike, few long ones. */
const stream = random(5, "lengths");
const lengths: readonly PairLengths[] = Array.from({ length: 1003 }, () => {
  const source = 3 + Math.floor(Math.exp(2.2 + 0.5 * stream.normal()));
  return { source, target: Math.max(2, source + stream.integer(5) - 2) };
});

function epochOf(
  batches: PairBatches,
  seed: number,
  epoch: number,
): ReturnType<PairBatches["at"]>[] {
  return Array.from({ length: batches.perEpoch }, (_, step) =>
    batches.at(seed, epoch * batches.perEpoch + step),
  );
}

describe.each([
  { batch: 16, microBatches: 1 },
  { batch: 7, microBatches: 3 },
  { batch: 64, microBatches: 1, batchTokens: 300, shapes: 5 },
])("$batch pairs, $microBatches micro-batches", (batching) => {
  const batches = new PairBatches(lengths, batching);

  test("each epoch has each pair once, in a shape that it fits", () => {
    for (const epoch of [0, 1]) {
      const steps = epochOf(batches, 3, epoch);
      const seen = steps.flatMap(({ pairs }) => pairs);
      expect(seen.toSorted((a, b) => a - b)).toEqual(lengths.map((_, at) => at));
      for (const { batch, lengths: shape, pairs } of steps) {
        expect(pairs.length).toBeLessThanOrEqual(batch * batching.microBatches);
        expect(batch * Math.max(shape.source, shape.target)).toBeLessThanOrEqual(
          batching.batchTokens ?? Infinity,
        );
        for (const at of pairs) {
          expect(lengths[at]!.source).toBeLessThanOrEqual(shape.source);
          expect(lengths[at]!.target).toBeLessThanOrEqual(shape.target);
        }
      }
      expect(
        steps.filter(({ batch, pairs }) => pairs.length < batch * batching.microBatches).length,
      ).toBeLessThan(4);
    }
  });

  test("a step is the same in any order of steps, and another in another epoch and with another seed", () => {
    const again = new PairBatches(lengths, batching);
    const late = batches.perEpoch + 2;
    expect(again.at(3, late)).toEqual(batches.at(3, late));
    expect(again.at(3, 0)).toEqual(batches.at(3, 0));
    expect(epochOf(batches, 3, 0)).not.toEqual(epochOf(batches, 3, 1));
    expect(epochOf(batches, 3, 0)).not.toEqual(epochOf(batches, 4, 0));
  });
});

test("more shapes leave less padding", () => {
  const padding = [1, 4, 12].map((most) => {
    const batches = new PairBatches(lengths, { batch: 16, microBatches: 1, shapes: most });
    const all = epochOf(batches, 1, 0).reduce(
      (sum, { batch, lengths: { source, target } }) => sum + batch * (source + target),
      0,
    );
    return 1 - lengths.reduce((sum, { source, target }) => sum + source + target, 0) / all;
  });
  expect(padding[0]).toBeGreaterThan(0.5);
  expect(padding[1]).toBeLessThan(0.3);
  expect(padding[2]).toBeLessThan(0.2);
});

test("at most so many shapes, and every pair has one", () => {
  for (const most of [1, 3, 8]) {
    const shapes = batchShapes(lengths, most);
    expect(shapes.length).toBeLessThanOrEqual(most);
    for (const pair of lengths)
      expect(shapes.some((s) => s.source >= pair.source && s.target >= pair.target)).toBe(true);
  }
  expect(batchShapes([{ source: 4, target: 9 }], 12)).toEqual([{ source: 4, target: 9 }]);
});
