import { expect, test } from "vitest";
import { InputError } from "../../../src/errors.ts";
import { MergeQueue } from "../../../src/data/bpe/merge-queue.ts";
import { trainBpe } from "../../../src/data/bpe/train.ts";
import { Words } from "../../../src/data/bpe/words.ts";

const options = { vocab: 1000, minFrequency: 1, reserved: [], alphabet: [] };

test("the example of the paper: low, lower, newest, widest", () => {
  const words = new Map([
    ["low", 5],
    ["lower", 2],
    ["newest", 6],
    ["widest", 3],
  ]);
  const { tokens, merges } = trainBpe(words, { ...options, vocab: 14 });
  expect(tokens.slice(0, 10)).toEqual([..."deilnorstw"]);
  expect(merges.map(([left, right]) => tokens[left]! + tokens[right]!)).toEqual([
    ...["es", "est", "lo", "low"],
  ]);
});

test("of pairs that are equally frequent, the one with the smaller ids is merged first", () => {
  const { tokens } = trainBpe(
    new Map([
      ["cd", 2],
      ["ab", 2],
      ["ba", 2],
    ]),
    options,
  );
  expect(tokens.slice(4)).toEqual(["ab", "ba", "cd"]);
});

test("a pair that overlaps itself is merged from the left", () => {
  const { tokens, length } = trainBpe(new Map([["aaaaa", 1]]), options);
  expect(tokens).toEqual(["a", "aa", "aaa", "aaaaa"]); // of (aa, a) and (aa, aa), the smaller ids
  expect(length).toBe(1);
});

test("training ends where every pair is rarer than asked, with fewer tokens", () => {
  const words = new Map([
    ["abc", 3],
    ["xy", 1],
  ]);
  expect(trainBpe(words, { ...options, minFrequency: 2 }).tokens.slice(5)).toEqual(["ab", "abc"]);
  expect(trainBpe(words, options).tokens.slice(5)).toEqual(["ab", "abc", "xy"]);
});

test("reserved tokens have the first ids, and a merge that gives one makes no second token", () => {
  const { tokens, merges } = trainBpe(new Map([["abc", 3]]), {
    ...options,
    reserved: ["<pad>", "ab"],
  });
  expect(tokens).toEqual(["<pad>", "ab", "a", "b", "c", "abc"]);
  expect(merges).toEqual([
    [2, 3],
    [1, 4],
  ]);
});

test("characters are code points, and those of the alphabet are tokens that no word needs", () => {
  const { tokens } = trainBpe(new Map([["🐋ﬀ", 1]]), { ...options, vocab: 3, alphabet: ["z"] });
  expect(tokens).toEqual(["z", "ﬀ", "🐋"]);
});

test("a vocabulary without room for the characters is refused with the least that is possible", () => {
  const small = { ...options, vocab: 3, reserved: ["<pad>"] };
  expect(() => trainBpe(new Map([["abc", 1]]), small)).toThrow(InputError);
  expect(() => trainBpe(new Map([["abc", 1]]), small)).toThrow(
    /must have 4 tokens or more .* got 3.*--vocab/,
  );
  expect(trainBpe(new Map([["abc", 1]]), { ...small, vocab: 4 }).merges).toEqual([]);
});

test("the queue is ordered by count, then ids, then arrival", () => {
  const queue = new MergeQueue();
  const entries = [
    ...[
      [1, 2, 3],
      [0, 9, 3],
      [5, 5, 7],
      [0, 1, 3],
      [0, 1, 3],
      [2, 2, 1],
      [9, 9, 7],
    ],
  ].map(([left, right, count], at) => ({ left: left!, right: right!, count: count!, words: [at] }));
  entries.forEach((entry) => queue.push(entry));
  const order = entries.map(() => queue.pop()!.words[0]);
  expect(order).toEqual([2, 6, 3, 4, 1, 0, 5]);
  expect(queue.pop()).toBeUndefined();
});

test("a merge tells each pair that it makes or ends", () => {
  const words = new Words([[1, 2, 1, 2, 3], [4]]);
  const changes: string[] = [];
  words.merge(0, 1, 2, 9, (left, right, change) => changes.push(`${left},${right} ${change}`));
  // From left to right: each change is counted with what the merge before it has made.
  expect(changes).toEqual(["2,1 -1", "9,1 1", "9,1 -1", "9,9 1", "2,3 -1", "9,3 1"]);
  const left: number[][] = [];
  words.pairs(0, (a, b) => left.push([a, b]));
  expect(left).toEqual([
    [9, 9],
    [9, 3],
  ]);
  expect([words.lengthOf(0), words.lengthOf(1)]).toEqual([3, 1]);
});
