/**
 * Seeded random numbers in independent streams, each named by a path.
 *
 * `random(seed, "blocks.0.attention.query.weight")` gives the same numbers in every model with that seed,
 * whatever else the model has and in whatever order it asks: that is how two encodings start from equal weights.
 * `random(seed, "batch", step)` gives a step its batch without a history, so a run resumes exactly.
 *
 * Generator:  Philox4x32-10, see philox.ts. The path's hash (path.ts) fills the key and the upper half of the
 *             counter, the lower half counts blocks: 2⁶⁶ words a stream.
 * Normals:    by the inverse distribution function, see normal.ts: one normal for one uniform, nothing kept
 *             back between calls.
 *
 * @module
 */
import { InputError } from "../errors.ts";
import { inverseNormal } from "./normal.ts";
import type { PathPart } from "./path.ts";
import { streamWords } from "./path.ts";
import { philox } from "./philox.ts";

export type { PathPart } from "./path.ts";

/** Where a stream stands. Plain data: `JSON.stringify` it, and `restoreRandom` continues after it. */
export interface RandomState {
  readonly seed: number;
  readonly path: readonly PathPart[];
  /** 32-bit words drawn so far. */
  readonly drawn: number;
}

/** A stream of random numbers. Made by `random` or `restoreRandom`. */
export class Random {
  readonly seed: number;
  readonly path: readonly PathPart[];
  readonly #stream: Uint32Array;
  readonly #block = new Uint32Array(4);
  #drawn: number;

  constructor({ seed, path, drawn }: RandomState) {
    if (!Number.isSafeInteger(drawn) || drawn < 0)
      throw new InputError(
        `the state of a random stream must count its words in "drawn", got ${drawn}. ` +
          `Restore what state() returned.`,
      );
    this.#stream = streamWords(seed, path);
    this.seed = seed;
    this.path = [...path];
    this.#drawn = drawn;
    if (drawn % 4 !== 0) this.#fillBlock();
  }

  /** The stream below this one: `random(7, "a").split("b")` is `random(7, "a", "b")`, wherever "a" stands. */
  split(...path: PathPart[]): Random {
    return new Random({ seed: this.seed, path: [...this.path, ...path], drawn: 0 });
  }

  /** 32 uniform bits as an integer in [0, 2³²). */
  word(): number {
    const place = this.#drawn % 4;
    if (place === 0) this.#fillBlock();
    this.#drawn++;
    return this.#block[place]!;
  }

  /** Uniform in [0, 1), a multiple of 2⁻⁵³. Draws two words. */
  uniform(): number {
    const high = this.word() >>> 5;
    const low = this.word() >>> 6;
    return (high * 2 ** 26 + low) / 2 ** 53;
  }

  /** Normal with mean 0 and deviation 1, |value| < 8.3. Draws two words. */
  normal(): number {
    const high = this.word() >>> 6;
    const low = this.word() >>> 6;
    // The middle of one of 2⁵² equal cells: exact in float64, never 0 and never 1.
    return inverseNormal((high * 2 ** 26 + low + 0.5) / 2 ** 52);
  }

  /** Uniform over 0 … n − 1 without bias: words beyond the last whole multiple of n are drawn again. */
  integer(n: number): number {
    if (!Number.isSafeInteger(n) || n < 1)
      throw new InputError(`a random integer needs a bound of 1 or more, got ${n}.`);
    const wide = n > 2 ** 32;
    const range = wide ? 2 ** 53 : 2 ** 32;
    const limit = range - (range % n);
    for (;;) {
      const value = wide ? this.uniform() * 2 ** 53 : this.word();
      if (value < limit) return value % n;
    }
  }

  /** 0 … n − 1 in random order, every order equally likely (Fisher and Yates). */
  permutation(n: number): Int32Array {
    const order = Int32Array.from({ length: n }, (_, i) => i);
    for (let last = n - 1; last > 0; last--) {
      const chosen = this.integer(last + 1);
      const moved = order[chosen]!;
      order[chosen] = order[last]!;
      order[last] = moved;
    }
    return order;
  }

  /** n normals of mean 0 and the given deviation, rounded to float32; the numbers `normal()` would give. */
  normalArray(n: number, deviation = 1): Float32Array {
    const values = new Float32Array(n);
    for (let i = 0; i < n; i++) values[i] = deviation * this.normal();
    return values;
  }

  /** n numbers from [low, high), rounded to float32 (which may round up to `high` itself). */
  uniformArray(n: number, low = 0, high = 1): Float32Array {
    const values = new Float32Array(n);
    for (let i = 0; i < n; i++) values[i] = low + (high - low) * this.uniform();
    return values;
  }

  /** Where the stream stands now. */
  state(): RandomState {
    return { seed: this.seed, path: this.path, drawn: this.#drawn };
  }

  #fillBlock(): void {
    const [key0, key1, upper0, upper1] = this.#stream;
    const block = Math.floor(this.#drawn / 4);
    philox(this.#block, key0!, key1!, block >>> 0, Math.floor(block / 2 ** 32), upper0!, upper1!);
  }
}

/**
 * The stream of a seed and a path, from its beginning.
 *
 * @param seed an integer from 0 to 2⁵³ − 1
 * @param path names and numbers; streams of different seeds or paths are independent
 * @throws InputError for a seed out of range
 */
export function random(seed: number, ...path: PathPart[]): Random {
  return new Random({ seed, path, drawn: 0 });
}

/** The stream whose `state()` this was; its next number is the one the original would have given. */
export function restoreRandom(state: RandomState): Random {
  return new Random(state);
}
