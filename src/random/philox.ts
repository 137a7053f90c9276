/**
 * Philox4x32-10: a counter-based generator. Block `counter` of the stream `key` is a pure function of the two, so
 * any position of any stream can be computed directly, and the generator has no state.
 *
 * Salmon, Moraes, Dror and Shaw, "Parallel Random Numbers: As Easy as 1, 2, 3", SC 2011.
 * https://doi.org/10.1145/2063384.2063405
 *
 * One round, of ten, on the counter words c and the key words k:
 *
 *     c ← [ hi(M1 · c2) ⊕ c1 ⊕ k0,  lo(M1 · c2),  hi(M0 · c0) ⊕ c3 ⊕ k1,  lo(M0 · c0) ]
 *     k ← [ k0 + W0,  k1 + W1 ]                                             (between rounds)
 *
 * Reference:  DEShawResearch/random123, tests/kat_vectors, the three lines "philox4x32 10"
 * Differs:    nothing
 *
 * @module
 */

const M0 = 0xd2511f53;
const M1 = 0xcd9e8d57;
const W0 = 0x9e3779b9; // the golden ratio
const W1 = 0xbb67ae85; // √3 − 1
const ROUNDS = 10;

const M0_LOW = M0 & 0xffff;
const M0_HIGH = M0 >>> 16;
const M1_LOW = M1 & 0xffff;
const M1_HIGH = M1 >>> 16;

/** The upper 32 bits of a 32 x 32 bit product. The first factor is given as its lower and upper 16 bits. */
function highWord(low: number, high: number, b: number): number {
  const bLow = b & 0xffff;
  const bHigh = b >>> 16;
  // Each sum stays below 2³²: (2¹⁶ − 1)² + (2¹⁶ − 1) < 2³².
  const middle = (Math.imul(high, bLow) >>> 0) + (Math.imul(low, bLow) >>> 16);
  const cross = (Math.imul(low, bHigh) >>> 0) + (middle & 0xffff);
  return (Math.imul(high, bHigh) + (middle >>> 16) + (cross >>> 16)) | 0;
}

/**
 * Writes one block of four 32-bit words to `out`.
 *
 * `key0`, `key1` identify the stream; `counter0` … `counter3` are the block number, least significant word first.
 */
export function philox(
  out: Uint32Array,
  key0: number,
  key1: number,
  counter0: number,
  counter1: number,
  counter2: number,
  counter3: number,
): void {
  let c0 = counter0 | 0;
  let c1 = counter1 | 0;
  let c2 = counter2 | 0;
  let c3 = counter3 | 0;
  let k0 = key0 | 0;
  let k1 = key1 | 0;
  for (let round = 0; round < ROUNDS; round++) {
    const high0 = highWord(M0_LOW, M0_HIGH, c0);
    const high1 = highWord(M1_LOW, M1_HIGH, c2);
    const low0 = Math.imul(M0, c0);
    const low1 = Math.imul(M1, c2);
    c0 = high1 ^ c1 ^ k0;
    c1 = low1;
    c2 = high0 ^ c3 ^ k1;
    c3 = low0;
    k0 = (k0 + W0) | 0;
    k1 = (k1 + W1) | 0;
  }
  out[0] = c0;
  out[1] = c1;
  out[2] = c2;
  out[3] = c3;
}
