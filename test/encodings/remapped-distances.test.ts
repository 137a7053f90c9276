import { expect, test } from "vitest";
import {
  dualChunk,
  jetLong,
  leakyRerope,
  lmInfinite,
  rerope,
  selfExtend,
  streaming,
  streamingSlot,
} from "../../src/encodings/extension/remapped-distances.ts";
import type { RemappedDistance } from "../../src/encodings/extension/remapped-distances.ts";

const row = (distance: RemappedDistance, i: number): (number | undefined)[] =>
  Array.from({ length: i + 1 }, (_, j) => distance(i, j));
const chunk = [5, 4, 3, 2, 1, 0];

test("trap 10: DCA's code caps at the chunk size, its paper one below", () => {
  const from = (first: number): number[] => chunk.map((_, k) => first - k);
  expect(row(dualChunk(6, 10), 17)).toEqual([...from(10), ...from(10), ...chunk]);
  expect(row(dualChunk(6, 10, "paper"), 17)).toEqual([...from(9), ...from(9), ...chunk]);
  // Early in a chunk the one before is at its true distance; older ones are at 2s − 1 where that is less.
  expect(row(dualChunk(6, 10), 13)).toEqual([...from(10), ...from(7), 1, 0]);
  expect(row(dualChunk(6, 32), 13)).toEqual([...from(11), ...from(7), 1, 0]);
  expect(row(dualChunk(6, 10), 11).slice(6)).toEqual(chunk);
});

test("trap 10: Self-Extend does not round W/G", () => {
  expect(row(selfExtend(4, 2), 9)).toEqual([6, 6, 5, 5, 4, 4, 3, 2, 1, 0]);
  // W = 4, G = 3: distances beyond the window are thirds, and begin before the window ends.
  const thirds = row(selfExtend(4, 3), 9).slice(0, 6) as number[];
  thirds.forEach((d, j) => expect(d).toBeCloseTo(3 - Math.floor(j / 3) + 4 - 4 / 3, 12));
  expect(thirds[5]! % 1).toBeCloseTo(2 / 3, 12);
});

test("Jet-Long groups far positions by the length of the text", () => {
  // 10 tokens for a length of training of 4: groups of 3. A distance equal to the near one is near.
  expect(row(jetLong(2, 4, 10), 9)).toEqual([3, 3, 3, 2, 2, 2, 1, 2, 1, 0]);
  // 8 tokens: groups of 2; 9 tokens: of 3.
  expect(row(jetLong(2, 4, 8), 7)).toEqual([3, 3, 2, 2, 1, 2, 1, 0]);
  expect(row(jetLong(2, 4, 9), 7)).toEqual([2, 2, 2, 1, 1, 2, 1, 0]);
  expect(row(jetLong(2, 4, 4), 3)).toEqual([3, 2, 1, 0]);
});

test("ReRoPE stops at the window, and leaks at a slower pace", () => {
  expect(row(rerope(3), 6)).toEqual([3, 3, 3, 3, 2, 1, 0]);
  expect(row(leakyRerope(3, 2), 7)).toEqual([5, 4.5, 4, 3.5, 3, 2, 1, 0]);
  expect(row(leakyRerope(3, 1), 7)).toEqual([7, 6, 5, 4, 3, 2, 1, 0]);
});

test("streaming counts slots of the cache", () => {
  const none = undefined;
  expect(row(streaming(2, 3), 4)).toEqual([4, 3, 2, 1, 0]);
  expect(row(streaming(2, 3), 7)).toEqual([4, 3, none, none, none, 2, 1, 0]);
  // The same key moves to another slot with each token: rotated keys cannot be kept.
  expect([5, 6, 7].map((i) => streamingSlot(2, 3)(i, 5))).toEqual([4, 3, 2]);
});

test("LM-Infinite attends a window and the first tokens, none farther than the window", () => {
  const none = undefined;
  expect(row(lmInfinite(2, 3), 6)).toEqual([3, 3, none, none, 2, 1, 0]);
  expect(row(lmInfinite(2, 3), 2)).toEqual([2, 1, 0]);
});

test("numbers that cannot be are refused", () => {
  expect(() => dualChunk(6, 5)).toThrow(/chunks of 6 hold distances beyond 5/);
  expect(() => selfExtend(4, 0)).toThrow(/selfExtend: group must be a whole number .* got 0/);
  expect(() => leakyRerope(4, 0.5)).toThrow(/slower must be 1 or more/);
});
