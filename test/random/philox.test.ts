import { expect, test } from "vitest";
import { philox } from "../../src/random/philox.ts";

// Random123 (DEShawResearch/random123), tests/kat_vectors, the three lines "philox4x32 10":
// counter, key, output.
const published = [
  [
    "00000000 00000000 00000000 00000000",
    "00000000 00000000",
    "6627e8d5 e169c58d bc57ac4c 9b00dbd8",
  ],
  [
    "ffffffff ffffffff ffffffff ffffffff",
    "ffffffff ffffffff",
    "408f276d 41c83b0e a20bc7c6 6d5451fd",
  ],
  [
    "243f6a88 85a308d3 13198a2e 03707344",
    "a4093822 299f31d0",
    "d16cfe09 94fdcceb 5001e420 24126ea1",
  ],
] as const;

const words = (hex: string): number[] => hex.split(" ").map((word) => parseInt(word, 16));

test.each(published)("philox4x32-10 of counter %s, key %s is %s", (counter, key, expected) => {
  const [c0, c1, c2, c3] = words(counter);
  const [k0, k1] = words(key);
  const out = new Uint32Array(4);
  philox(out, k0!, k1!, c0!, c1!, c2!, c3!);
  expect([...out]).toEqual(words(expected));
});

test("the upper word of every product is exact", () => {
  // Compared with BigInt arithmetic; after ten rounds, a wrong carry changes all words.
  const mask = 0xffffffffn;
  const reference = (key: bigint[], counter: bigint[]): number[] => {
    let [c0, c1, c2, c3] = counter as [bigint, bigint, bigint, bigint];
    let [k0, k1] = key as [bigint, bigint];
    for (let round = 0; round < 10; round++) {
      const p0 = 0xd2511f53n * c0;
      const p1 = 0xcd9e8d57n * c2;
      [c0, c1, c2, c3] = [(p1 >> 32n) ^ c1 ^ k0, p1 & mask, (p0 >> 32n) ^ c3 ^ k1, p0 & mask];
      k0 = (k0 + 0x9e3779b9n) & mask;
      k1 = (k1 + 0xbb67ae85n) & mask;
    }
    return [c0, c1, c2, c3].map(Number);
  };
  const out = new Uint32Array(4);
  for (let i = 0; i < 500; i++) {
    philox(out, i, ~i, i * 0x10001, 0xffff0000 + i, i << 16, 0xffffffff - i);
    const key = [i, ~i >>> 0].map(BigInt);
    const counter = [(i * 0x10001) >>> 0, 0xffff0000 + i, (i << 16) >>> 0, 0xffffffff - i].map(
      BigInt,
    );
    expect([...out]).toEqual(reference(key, counter));
  }
});
