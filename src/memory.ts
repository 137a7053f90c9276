/**
 * The memory that this process may use, against which sizes are checked before anything is allocated.
 *
 * A runtime that can ask the system sets it when it is loaded; without one, as in a browser, nothing is refused.
 *
 * @module
 */

let read: () => number = () => Infinity;

/** Bytes that this process may use; Infinity where it is not known. */
export function memoryLimit(): number {
  return read();
}

/** Sets where `memoryLimit` comes from. */
export function limitMemory(limit: () => number): void {
  read = limit;
}

/** The end of a message that refuses a size: what to do for a person who knows better. */
export const howToRaise =
  "Where more may be used than was found, set RELPOS_MEMORY to it in GB, such as RELPOS_MEMORY=64.";

/** Bytes in GB (10^9), three digits. */
export function gigabytes(bytes: number): string {
  const count = bytes / 1e9;
  return `${count < 1e6 ? Number(count.toPrecision(3)).toLocaleString("en-GB") : count.toExponential(1)} GB`;
}

/** A whole number with commas: "1,234,567", from 10^15 on "1.2e+15". */
export function countInWords(count: number): string {
  return count < 1e15 ? count.toLocaleString("en-GB") : count.toExponential(1);
}
