/**
 * Reads a golden file: what a reference implementation answered, written by `oracle/`.
 *
 * A tensor is flat and row-major. With `every: n` only the entries at flat indices 0, n, 2n, … are kept.
 *
 * @module
 */
import { readFileSync } from "node:fs";

export interface GoldenTensor {
  readonly shape: readonly number[];
  readonly data: readonly number[];
  readonly every?: number;
}

export type GoldenTensors = Readonly<Record<string, GoldenTensor>>;

export interface GoldenCase {
  readonly name: string;
  readonly options: Readonly<Record<string, unknown>>;
  /** The shared groups the case names, then its own. */
  readonly inputs: GoldenTensors;
  readonly outputs: GoldenTensors;
  /** Of `loss = Σ output · cotangent`, unless the file's notes say otherwise. */
  readonly gradients: GoldenTensors;
  /** Of the gradients, where they are differences of a formula and not exact to rounding. */
  readonly tolerance?: number;
  /** What the library itself gave in float32, where `outputs` are a float64 derivation. */
  readonly reference?: {
    readonly by: string;
    readonly dtype: string;
    /** The largest difference between the two, measured when the file was made. */
    readonly maxDifference: number;
    readonly outputs: GoldenTensors;
    readonly gradients?: GoldenTensors;
  };
}

export interface GoldenFile {
  readonly source: Readonly<Record<string, unknown>>;
  readonly cases: readonly GoldenCase[];
}

interface StoredCase extends GoldenCase {
  readonly inputsFrom?: readonly string[];
}

interface StoredFile {
  readonly source: Readonly<Record<string, unknown>>;
  readonly shared?: Readonly<Record<string, GoldenTensors>>;
  readonly cases: readonly StoredCase[];
}

/** `readGolden("rope")` reads `test/golden/rope.json`, with every case's inputs gathered. */
export function readGolden(name: string): GoldenFile {
  const text = readFileSync(new URL(`./${name}.json`, import.meta.url), "utf8");
  const { source, shared = {}, cases } = JSON.parse(text) as StoredFile;

  const gather = ({ inputsFrom = [], ...stored }: StoredCase): GoldenCase => {
    const inputs: Record<string, GoldenTensor> = {};
    for (const group of inputsFrom) {
      const tensors = shared[group];
      if (tensors === undefined)
        throw new Error(
          `golden ${name}: case "${stored.name}" names the shared group "${group}", ` +
            `known: ${Object.keys(shared).join(", ")}. Make the file again with oracle/make_all.py.`,
        );
      Object.assign(inputs, tensors);
    }
    return { ...stored, inputs: { ...inputs, ...stored.inputs } };
  };
  return { source, cases: cases.map(gather) };
}

/**
 * The largest |actual − golden| / max(1, |golden|) over the entries the file keeps.
 *
 * @throws RangeError when `actual` is not as long as the golden tensor's shape says.
 */
export function goldenDifference(actual: ArrayLike<number>, golden: GoldenTensor): number {
  const size = golden.shape.reduce((product, length) => product * length, 1);
  if (actual.length !== size)
    throw new RangeError(
      `golden: got ${actual.length} numbers, the file has shape [${golden.shape.join(", ")}]. ` +
        `Compare the whole tensor; entries the file leaves out are skipped here.`,
    );
  const step = golden.every ?? 1;
  let largest = 0;
  for (const [k, expected] of golden.data.entries()) {
    const error = Math.abs(actual[k * step]! - expected) / Math.max(1, Math.abs(expected));
    if (!(error <= largest)) largest = error; // also taken when the error is NaN
    if (Number.isNaN(largest)) return Number.NaN;
  }
  return largest;
}
