/** Rounding to half precision: exact values stay, others go to the nearest, halves to even. */
import { expect, test } from "vitest";
import { bfloat16Of, float16Of } from "../../src/checkpoints/half-precision.ts";
import { valuesOf } from "../../src/checkpoints/safetensors.ts";

const every = Uint16Array.from({ length: 65536 }, (_, half) => half);
const bytes = new Uint8Array(every.buffer);

test.each([
  ["F16", float16Of, 0x7c00],
  ["BF16", bfloat16Of, 0x7f80],
] as const)("%s: each value that it holds stays", (dtype, round, infinite) => {
  const values = valuesOf({ dtype, shape: [65536], bytes }) as Float32Array;
  const found = round(values);
  const wrong = every.filter((half) => (half & 0x7fff) <= infinite && found[half] !== half);
  expect([...wrong]).toEqual([]);
  // NaN stays one.
  const numbers = every.filter((half) => (half & 0x7fff) > infinite);
  expect([...numbers].every((half) => (found[half]! & 0x7fff) > infinite)).toBe(true);
});

test.each([
  ["F16", float16Of],
  ["BF16", bfloat16Of],
] as const)(
  "%s: between two values the nearer one, and the even one in the middle",
  (dtype, round) => {
    const values = valuesOf({ dtype, shape: [65536], bytes }) as Float32Array;
    for (let half = 0; half < 0x7bff; half += 7) {
      const [low, high] = [values[half]!, values[half + 1]!];
      const middle = (low + high) / 2;
      const even = half % 2 === 0 ? half : half + 1;
      const beside = Float32Array.of(middle, (low + middle) / 2, (middle + high) / 2);
      // In float32 alone they differ.
      if (beside[0] !== middle || beside[1] === low || beside[2] === high) continue;
      expect([...round(beside)]).toEqual([even, half, half + 1]);
    }
  },
);

test("what is too large becomes infinite", () => {
  const values = Float32Array.of(65519.996, 65520, -1e30, 3.4e38);
  expect([...float16Of(values)]).toEqual([0x7bff, 0x7c00, 0xfc00, 0x7c00]);
  expect(bfloat16Of(values)[3]).toBe(0x7f80);
});

test("a table of 50 million numbers is rounded, which has no room in a list of JavaScript", () => {
  const values = new Float32Array(5e7);
  values[values.length - 1] = -1;
  expect(bfloat16Of(values).at(-1)).toBe(0xbf80);
});
