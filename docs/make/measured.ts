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

/** Costs relative to `none` in the same run. */
export interface Costs {
  readonly schema: "relpos-costs/1";
  readonly environment: Readonly<Record<string, string>>;
  readonly encodings: Readonly<Record<string, readonly Cost[]>>;
}

/** At one length; what was not measured is absent, and `unsupported` says why. */
export interface Cost {
  readonly length: number;
  /** Time and peak memory of a training step. */
  readonly step?: number;
  readonly stepMemory?: number;
  /** Time and peak memory of one decoded token. */
  readonly token?: number;
  readonly tokenMemory?: number;
  readonly unsupported?: string;
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
