/**
 * Numbers that were measured and committed, read for the documents: `docs/encodings/evidence.json`, written
 * by `docs/make/evidence.ts`, and `docs/encodings/costs.json`, written by the benchmark.
 *
 * @module
 */
import fs from "node:fs";
import type { Measure } from "../../src/contract/check.ts";

/** What golden files and contract found. */
export interface Evidence {
  readonly schema: "relpos-evidence/1";
  readonly environment: Readonly<Record<string, string>>;
  readonly encodings: Readonly<Record<string, EncodingEvidence>>;
}

/** Of one encoding. */
export interface EncodingEvidence {
  readonly golden: GoldenEvidence;
  /** What `relpos check` is given for the next: the id, with options where the small model needs some. */
  readonly checked: string;
  /** The contract on the encoding as it comes. */
  readonly contract: readonly CheckEvidence[];
  /** And with each other set of options that the tests know. */
  readonly variants: readonly VariantEvidence[];
}

/** One check and the number that came nearest to its limit. */
export interface CheckEvidence {
  readonly check: string;
  readonly passed: boolean;
  readonly skipped?: string;
  readonly nearest?: Measure;
}

/** How many checks passed and were skipped, and which failed. */
export interface VariantEvidence {
  /** As JSON. */
  readonly options: string;
  readonly passed: number;
  readonly failed: readonly string[];
  readonly skipped: number;
}

/** The largest |ours − reference| / max(1, |reference|) over all cases, whatever is known of positions. */
export interface GoldenEvidence {
  /** Repository, files and versions that answered. */
  readonly source: string;
  readonly cases: number;
  readonly outputs: number;
  /** null: the file has none. */
  readonly gradients: number | null;
  /** By how much the library's own float32 answers differ from the float64 ones; null where it answers in float64. */
  readonly library: number | null;
}

/** What `bench/costs.ts` measures: beside `none`, in the same rounds. */
export interface Costs {
  readonly machine: string;
  readonly rounds: number;
  readonly threads: number;
  readonly model: Readonly<Record<string, number>>;
  /** By encoding, and by what was measured: "train 512", "decode 4096". */
  readonly costs: Readonly<Record<string, EncodingCosts>>;
}

/** By what was measured; `failed` says why there is no figure. */
export type EncodingCosts = Readonly<Record<string, Cost | { readonly failed: string }>>;

/** One figure. */
export interface Cost {
  /** Median milliseconds. */
  readonly ms: number;
  /** Time over that of `none`. */
  readonly times: readonly [median: number, low: number, high: number];
  readonly peakBytes: number;
  readonly peakBytesOfNone: number;
}

/** The evidence, undefined before it is first written. */
export function readEvidence(): Evidence | undefined {
  return read("evidence.json") as Evidence | undefined;
}

/** The costs, undefined before they are measured. */
export function readCosts(): Costs | undefined {
  return read("costs.json") as Costs | undefined;
}

function read(name: string): unknown {
  const url = new URL(`../encodings/${name}`, import.meta.url);
  return fs.existsSync(url) ? (JSON.parse(fs.readFileSync(url, "utf8")) as unknown) : undefined;
}
