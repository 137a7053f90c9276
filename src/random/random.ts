/**
 * Seeded random numbers in independent streams, each named by a path.
 *
 * `random(seed, "blocks.0.attention.query.weight")` gives the same numbers in every model with that seed,
 * independent of the other parameters and of the order in which they are initialised. So two models that differ
 * in their encoding have the same initial weights. `random(seed, "batch", step)` gives the batch of a step without
 * the batches before it, so a run can resume exactly.
 *
 * Generator:  Philox4x32-10, see philox.ts. The hash of the path (path.ts) is the key and the upper half of the
 *             counter. The lower half counts blocks, so a stream has 2⁶⁶ words.
 * Normals:    by the inverse distribution function, see normal.ts; each takes one uniform, and no state is kept
 *             between calls.
 *
 * @module
 */
import { InputError } from "../errors.ts";
import { inverseNormal } from "./normal.ts";
import type { PathPart } from "./path.ts";
import { streamWords } from "./path.ts";
import { philox } from "./philox.ts";

export type { PathPart } from "./path.ts";

/** The position of a stream, as plain data: it can be stored as JSON, and `restoreRandom` continues from it. */
export interface RandomState {
  readonly seed: number;
  readonly path: readonly PathPart[];
  /** 32-bit words drawn so far. */
  readonly drawn: number;
}

/** A stream of random numbers, created by `random` or `restoreRandom`. */
export class Random {
  readonly seed: number;
  readonly path: readonly PathPart[];
  readonly #stream: Uint32Array;
  readonly #block = new Uint32Array(4);
  #drawn: number;

  /** @throws {InputError} for a seed, path or count of words that no stream has */
  constructor({ seed, path, drawn }: RandomState) {
    if (!Number.isSafeInteger(drawn) || drawn < 0)
      throw new InputError(
        `the state of a random stream must have the number of words drawn in "drawn", got ${drawn}. ` +
          `Pass what state() returned.`,
      );
    this.#stream = streamWords(seed, path);
    this.seed = seed;
    this.path = [...path];
    this.#drawn = drawn;
    if (drawn % 4 !== 0) this.#fillBlock();
  }

  /**
   * The stream of a longer path, from its beginning: `random(7, "a").split("b")` is `random(7, "a", "b")`, however
   * many numbers were drawn from the first.
   */
  split(...path: PathPart[]): Random {
    return new Random({ seed: this.seed, path: [...this.path, ...path], drawn: 0 });
  }

  /** A uniform integer in [0, 2³²). Draws one word. */
  word(): number {
    const place = this.#drawn % 4;
    if (place === 0) this.#fillBlock();
    this.#drawn++;
    return this.#block[place]!;
  }

  /** A uniform number in [0, 1), a multiple of 2⁻⁵³. Draws two words. */
  uniform(): number {
    const high = this.word() >>> 5;
    const low = this.word() >>> 6;
    return (high * 2 ** 26 + low) / 2 ** 53;
  }

  /** A normal number of mean 0 and standard deviation 1; its magnitude is below 8.3. Draws two words. */
  normal(): number {
    const high = this.word() >>> 6;
    const low = this.word() >>> 6;
    // The centre of one of 2⁵² equal intervals of (0, 1): exact in float64, never 0 and never 1.
    return inverseNormal((high * 2 ** 26 + low + 0.5) / 2 ** 52);
  }

  /**
   * A uniform integer in 0 … n − 1. It is unbiased: a word above the largest multiple of n is drawn again.
   *
   * @throws {InputError} unless n is a positive integer
   */
  integer(n: number): number {
    if (!Number.isSafeInteger(n) || n < 1)
      throw new InputError(`a random integer needs a bound that is a positive integer, got ${n}.`);
    const wide = n > 2 ** 32;
    const range = wide ? 2 ** 53 : 2 ** 32;
    const limit = range - (range % n);
    for (;;) {
      const value = wide ? this.uniform() * 2 ** 53 : this.word();
      if (value < limit) return value % n;
    }
  }

  /** A uniform permutation of 0 … n − 1 (Fisher and Yates). */
  permutation(n: number): Int32Array {
    const order = Int32Array.from({ length: n }, (_, i) => i);
    for (let last = n - 1; last > 0; last--) {
      const chosen = this.integer(last + 1);
      const value = order[chosen]!;
      order[chosen] = order[last]!;
      order[last] = value;
    }
    return order;
  }

  /** `n` calls of `normal()`, times the standard deviation, rounded to float32. */
  normalArray(n: number, deviation = 1): Float32Array {
    const values = new Float32Array(n);
    for (let i = 0; i < n; i++) values[i] = deviation * this.normal();
    return values;
  }

  /** `n` uniform numbers in [low, high), rounded to float32, which may give `high` itself. */
  uniformArray(n: number, low = 0, high = 1): Float32Array {
    const values = new Float32Array(n);
    for (let i = 0; i < n; i++) values[i] = low + (high - low) * this.uniform();
    return values;
  }

  /** The present position of the stream. */
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
 * @param path text and finite numbers; streams of different seeds or paths are independent
 * @throws {InputError} for a seed out of range, or a number in the path that is not finite
 */
export function random(seed: number, ...path: PathPart[]): Random {
  return new Random({ seed, path, drawn: 0 });
}

/**
 * The stream that returned `state` from `state()`; it continues with the same numbers.
 *
 * @throws {InputError} for a state that no stream returned
 */
export function restoreRandom(state: RandomState): Random {
  return new Random(state);
}
