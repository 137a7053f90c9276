/**
 * Yardsticks: what counting, compressing or guessing reaches on exactly what models are judged on. They are no
 * encodings and are not ranked; they say whether a model is worth comparing.
 *
 * @module
 */
import type { Place } from "./trial-record.ts";

/** Something simple to hold models against. */
export interface Yardstick {
  /** "4-gram" */
  readonly id: string;
  /** What it is: "4-gram, interpolated Kneser-Ney". */
  readonly name: string;
  /** One entry for each length and protocol. */
  readonly reached: readonly YardstickValue[];
}

/** What a yardstick reaches at a place; over several seeds, on average. */
export interface YardstickValue extends Place {
  /** By measure id; some measures may be absent. */
  readonly values: Readonly<Record<string, number>>;
}

/** A general compressor, which only some platforms have. */
export interface Compressor {
  readonly id: string;
  readonly name: string;
  /** Bytes of the data when compressed. */
  readonly size: (data: Uint8Array) => number;
}

/** What yardsticks may use. */
export interface YardstickTools {
  /** Absent: no compressor is tried. */
  readonly compressor?: Compressor;
}

/** The value of a yardstick at a place; undefined where it has none. */
export function yardstickValue(
  { reached }: Yardstick,
  { length, protocol }: Place,
  measure: string,
): number | undefined {
  const found = reached.find((entry) => entry.length === length && entry.protocol === protocol);
  return found?.values[measure];
}
