/**
 * The settings that every comparison has, whatever it is trained on.
 *
 * @module
 */
import { InputError } from "../errors.ts";
import type { EncodingFile } from "../loading/encoding-record.ts";
import type { Device } from "../onnx/devices.ts";
import type { OptimiserName } from "../training/optimiser-name.ts";

/** Which models are compared and how they are trained. */
export interface ModelSettings {
  /** Ids, with options where some are chosen: `rope(rotated=8)`. */
  readonly encodings: readonly string[];
  /** Those of `encodings` that are not in the list but in files; absent where there are none. */
  readonly encodingFiles?: readonly EncodingFile[];
  readonly seeds: readonly number[];
  readonly trainLength: number;
  readonly testLengths: readonly number[];
  readonly steps: number;
  readonly batch: number;
  readonly width: number;
  readonly heads: number;
  readonly layers: number;
  readonly learningRate: number;
  /** Ascending: of these, each encoding is trained with the one that suits it, see `tuning.ts`. Absent: `learningRate`. */
  readonly learningRates?: readonly number[];
  /** What trains the matrices of blocks; AdamW trains everything else. */
  readonly optimiser: OptimiserName;
  readonly warmup: number;
  readonly weightDecay: number;
  readonly clipNorm: number;
  readonly device: Device;
  /** Threads of one trial. */
  readonly threads: number;
}

/**
 * Refuses what is not a whole number of 1 or more.
 *
 * @throws {InputError} it is not
 */
export function requirePositive(name: string, value: unknown): void {
  if (!Number.isSafeInteger(value) || (value as number) < 1)
    throw new InputError(`${name} must be a whole number of 1 or more, got ${String(value)}.`);
}
