/** Angles of far and negative positions in float32, against float64. */
import { describe, expect, test } from "vitest";
import { anglesOf, geometricFrequencies } from "../../src/encodings/parts/angles.ts";
import { distanceSinusoid } from "../../src/encodings/parts/distance-sinusoid.ts";
import { floorDivide } from "../../src/encodings/parts/grid.ts";
import { furthestPosition } from "../../src/encodings/parts/limit.ts";
import { input } from "../../src/operators/source.ts";
import { random } from "../../src/random/random.ts";
import { compile } from "../../src/runtime/node.ts";
import type { Tensor } from "../../src/tensor/tensor.ts";

const edges = [0, 1, 127, 128, 255, 256, 32767, 32768, 65535, 65536, 65537, 98304, 100_000];
const stream = random(3, "positions");
const sampled = Array.from({ length: 2000 }, () => stream.integer(furthestPosition + 1));
const magnitudes = [...edges, furthestPosition - 1, furthestPosition, ...sampled];
const positions = Int32Array.from([...magnitudes, ...magnitudes.map((p) => -p)]);

const frequencies = geometricFrequencies(16, 10000);
const phases = frequencies.map((_, m) => 0.3 * m - 1);

async function inRuntime(
  tensor: Tensor,
  data: Int32Array | Float32Array,
  outputs: Readonly<Record<string, Tensor>>,
): Promise<(name: string) => ArrayLike<number>> {
  const program = await compile({ inputs: [tensor], outputs }, { threads: 1 });
  const found = await program.run({ positions: { shape: [data.length], data } });
  await program.dispose();
  return (name) => found[name]!.data;
}

/** The largest distance from cosines or sines in float64, row by row. */
function largestError(found: ArrayLike<number>, wave: (angle: number) => number, phased = false) {
  return frequencies.reduce((most, frequency, m) => {
    const errors = Array.from(positions, (p, at) =>
      Math.abs(
        found[at * frequencies.length + m]! - wave(p * frequency + (phased ? phases[m]! : 0)),
      ),
    );
    return errors.reduce((a, b) => Math.max(a, b), most);
  }, 0);
}

describe("angles of positions that are known at run time only", () => {
  test("are within 3e-7 of float64 for every position from −2²⁴ to 2²⁴", async () => {
    const tensor = input("positions", [positions.length], "int32");
    const { cosine, sine } = anglesOf({ tensor }, frequencies);
    const shifted = anglesOf({ tensor }, frequencies, phases);
    const found = await inRuntime(tensor, positions, {
      cosine,
      sine,
      shiftedCosine: shifted.cosine,
      shiftedSine: shifted.sine,
    });
    expect(largestError(found("cosine"), Math.cos)).toBeLessThan(3e-7);
    expect(largestError(found("sine"), Math.sin)).toBeLessThan(3e-7);
    expect(largestError(found("shiftedCosine"), Math.cos, true)).toBeLessThan(3e-7);
    expect(largestError(found("shiftedSine"), Math.sin, true)).toBeLessThan(3e-7);
  });

  test("below 32,768 are those of two tables, bit by bit", async () => {
    // Trained models and records rely on these numbers: cos(256 a) cos b − sin(256 a) sin b in float32.
    const near = Int32Array.from({ length: 500 }, (_, k) => k * 65);
    const tensor = input("positions", [near.length], "int32");
    const { cosine, sine } = anglesOf({ tensor }, frequencies);
    const found = await inRuntime(tensor, near, { cosine, sine });
    const { fround } = Math;
    near.forEach((p, at) => {
      frequencies.forEach((frequency, m) => {
        const [high, low] = [(p - (p % 256)) * frequency, (p % 256) * frequency];
        const [ca, sa, cb, sb] = [high, low].flatMap((x) => [
          fround(Math.cos(x)),
          fround(Math.sin(x)),
        ]) as [number, number, number, number];
        const index = at * frequencies.length + m;
        expect(found("cosine")[index]).toBe(fround(fround(ca * cb) - fround(sa * sb)));
        expect(found("sine")[index]).toBe(fround(fround(sa * cb) + fround(ca * sb)));
      });
    });
  });

  test("sinusoids of distances are within 3e-7 too", async () => {
    const tensor = input("positions", [positions.length]);
    const sinusoid = distanceSinusoid(16)(tensor);
    const found = await inRuntime(tensor, Float32Array.from(positions), { sinusoid });
    const all = Array.from(found("sinusoid"));
    const half = (first: number): number[] =>
      all.filter((_, at) => Math.floor(at / 8) % 2 === first);
    expect(largestError(half(0), Math.sin)).toBeLessThan(3e-7);
    expect(largestError(half(1), Math.cos)).toBeLessThan(3e-7);
  });
});

test("positions of either sign are divided downwards", async () => {
  for (const by of [1, 3, 7, 4096, 100_003]) {
    const tensor = input("positions", [positions.length], "int32");
    const found = await inRuntime(tensor, positions, { ...floorDivide(tensor, by) });
    positions.forEach((p, at) => {
      expect(found("quotient")[at]).toBe(Math.floor(p / by));
      expect(found("remainder")[at]).toBe(p - by * Math.floor(p / by));
    });
  }
});
