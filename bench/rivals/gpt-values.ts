import { parameterSpecs, size, weightDeviation } from "./gpt-shape.ts";
import type { GptShape, Initial } from "./gpt-shape.ts";

/** A seeded source of numbers in [0, 1): equal seeds give equal models in every JavaScript rival. */
export type Random = () => number;

/** The generator "mulberry32" (Tommy Ettinger): 32 bits of state, enough for random weights. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let bits = Math.imul(state ^ (state >>> 15), state | 1);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A standard normal number, by Box and Muller. */
function normal(random: Random): number {
  const radius = Math.sqrt(-2 * Math.log(1 - random()));
  return radius * Math.cos(2 * Math.PI * random());
}

function fill(initial: Initial, count: number, random: Random): Float32Array<ArrayBuffer> {
  if (initial === "zero") return new Float32Array(count);
  if (initial === "one") return new Float32Array(count).fill(1);
  return Float32Array.from({ length: count }, () => weightDeviation * normal(random));
}

/** The first values of all parameters by name, in the order of `parameterSpecs`. */
export function initialValues(
  shape: GptShape,
  seed: number = 1,
): Map<string, Float32Array<ArrayBuffer>> {
  const random = seededRandom(seed);
  return new Map(
    parameterSpecs(shape).map(({ name, shape, initial }) => [
      name,
      fill(initial, size(shape), random),
    ]),
  );
}

/** One fixed batch of random tokens and unrelated random targets, both [batch, length] in row order. */
export type Batch = {
  readonly tokens: Int32Array<ArrayBuffer>;
  readonly targets: Int32Array<ArrayBuffer>;
};

/** Random targets can only be learned by heart: the loss starts at log(vocab) and falls on a fixed batch. */
export function fixedBatch({ batch, length, vocab }: GptShape, seed: number = 2): Batch {
  const random = seededRandom(seed);
  const draw = () =>
    Int32Array.from({ length: batch * length }, () => Math.floor(random() * vocab));
  return { tokens: draw(), targets: draw() };
}
