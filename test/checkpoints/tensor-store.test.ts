/** Tensors in several files with an index, read when they are asked for. */
import { describe, expect, test } from "vitest";
import { float32Of, store, writeSafetensors } from "../../src/checkpoints/safetensors.ts";
import { joinShards, readIndex, tensorsOf } from "../../src/checkpoints/tensor-store.ts";
import type { Readable } from "../../src/checkpoints/tensor-store.ts";
import { RunError } from "../../src/errors.ts";
import { random } from "../../src/random/random.ts";

/** Bytes as a file, with the pieces that were read of it. */
function fileOf(bytes: Uint8Array, file = "a.safetensors"): Readable & { pieces: number[][] } {
  const pieces: number[][] = [];
  const read = (begin: number, end: number): Promise<Uint8Array> => {
    pieces.push([begin, end]);
    return Promise.resolve(bytes.slice(begin, end));
  };
  return { file, size: bytes.length, read, pieces };
}

const values = Float32Array.from([1, 2, 3, 4, 5, 6]);
const bytes = writeSafetensors(
  new Map([
    ["a", store([2, 3], values)],
    ["b", store([1], Float32Array.of(7))],
  ]),
);
const index = (map: unknown): string => JSON.stringify({ metadata: {}, weight_map: map });

describe("one file", () => {
  test("only the header is read first, then each tensor alone", async () => {
    const source = fileOf(bytes);
    const tensors = await tensorsOf(source);
    const start = source.pieces[1]![1]!;
    expect(source.pieces).toEqual([
      [0, 8],
      [0, start],
    ]);
    const a = await tensors.get("a")!.read();
    expect([a.shape, ...float32Of(a)]).toEqual([[2, 3], ...values]);
    expect(source.pieces.at(-1)).toEqual([start, start + 24]);
  });

  test("a file that ends early is refused before a tensor is read", async () => {
    const short = fileOf(bytes.slice(0, -1));
    await expect(tensorsOf(short)).rejects.toThrow(/is no intact safetensors file/);
    await expect(tensorsOf(fileOf(bytes.slice(0, 5)))).rejects.toThrow(/it has 5 bytes/);
  });
});

describe("an index", () => {
  test("names the files and their tensors", () => {
    const read = readIndex(
      index({ a: "1.safetensors", b: "2.safetensors", c: "1.safetensors" }),
      "i",
    );
    expect([...read].map(([file, names]) => [file, ...names])).toEqual([
      ["1.safetensors", "a", "c"],
      ["2.safetensors", "b"],
    ]);
  });

  test.each<[fault: string, text: string]>([
    ["is no JSON", "{"],
    ["is a list", "[]"],
    ["has no map", "{}"],
    ["has a map that is a list", index(["a"])],
    ["has an empty map", index({})],
    ["names a number", index({ a: 1 })],
    ["names a file above it", index({ a: "../a.safetensors" })],
    ["names an absolute file", index({ a: "/etc/a.safetensors" })],
    ["names a file of Windows", index({ a: "c:a.safetensors" })],
    ["names a folder's file", index({ a: "b\\a.safetensors" })],
    ["names a pickle", index({ a: "pytorch_model.bin" })],
    ["names a tensor twice", '{"weight_map":{"a":"1.safetensors","a":"2.safetensors"}}'],
  ])("that %s is refused", (_, text) => {
    expect(() => readIndex(text, "i.json")).toThrow(RunError);
    expect(() => readIndex(text, "i.json")).toThrow(/^i\.json is no index of safetensors files: /);
  });

  test("must have the tensors of its files, neither more nor fewer", async () => {
    const shards = new Map([["1.safetensors", await tensorsOf(fileOf(bytes))]]);
    const join = (map: unknown): unknown => joinShards(readIndex(index(map), "i"), shards, "i");
    expect(join({ a: "1.safetensors", b: "1.safetensors" })).toHaveProperty("size", 2);
    expect(() => join({ a: "1.safetensors" })).toThrow(
      /the file has the tensor "b", which the index/,
    );
    const more = { a: "1.safetensors", b: "1.safetensors", c: "1.safetensors" };
    expect(() => join(more)).toThrow(
      /the index says that the file has the tensor "c", and it has not/,
    );
  });
});

test("1,000 damaged files and indexes give their tensors or a RunError", async () => {
  const stream = random(7, "damage");
  const text = new TextEncoder().encode(index({ a: "1.safetensors", b: "1.safetensors" }));
  const draw = (below: number): number => Math.floor(stream.uniform() * below);
  const damaged = (original: Uint8Array): Uint8Array => {
    const copy = original.slice(0, draw(8) === 0 ? draw(original.length) : original.length);
    for (let n = draw(3) + 1; n > 0 && copy.length > 0; n--) copy[draw(copy.length)] = draw(256);
    return copy;
  };
  let read = 0;
  for (let trial = 0; trial < 1000; trial++) {
    const [file, map] = trial % 2 === 0 ? [damaged(bytes), text] : [bytes, damaged(text)];
    try {
      const named = readIndex(new TextDecoder().decode(map), "i");
      const shards = new Map<string, Awaited<ReturnType<typeof tensorsOf>>>();
      for (const shard of named.keys()) shards.set(shard, await tensorsOf(fileOf(file)));
      for (const entry of joinShards(named, shards, "i").values()) {
        const { shape, dtype, bytes: own } = await entry.read();
        expect([shape, dtype]).toEqual([entry.shape, entry.dtype]);
        expect(own.length).toBeLessThanOrEqual(file.length);
        read++;
      }
    } catch (error) {
      expect(error).toBeInstanceOf(RunError);
    }
  }
  expect(read).toBeGreaterThan(0);
});
