/**
 * The files of a run that change while it trains: `checkpoint.safetensors` (parameters and optimiser state) and
 * `metrics.jsonl`.
 *
 * Metrics are on the disk before the checkpoint is replaced, and cut back to the checkpoint's step when a run is
 * resumed. So the two files agree again, whenever the process was killed or the power cut.
 *
 * @module
 */
import { refuseUnknownNames } from "../errors.ts";
import type { NamesOf } from "../errors.ts";
import path from "node:path";
import { crc32 } from "node:zlib";
import { writeAtomically, writeFrom } from "../files/files.ts";
import type { Parameters } from "../parameters/parameters.ts";
import type { RunStorage } from "../training/train.ts";
import {
  checkpointBytes,
  checkpointFileName,
  hexadecimal,
  readCheckpoint,
  requireSameRun,
} from "./checkpoint-file.ts";
import { checkpointWeights } from "./checkpoint-weights.ts";
import { requireLock } from "./folder-lock.ts";
import {
  linesBefore,
  metricsBytes,
  metricsFileName,
  metricsLines,
  readMetrics,
  requireBeginning,
} from "./metrics-file.ts";
import type { RunDocument } from "./run-document.ts";
import { identityOf } from "./run-identity.ts";

export { checkpointBytes, checkpointFileName, readCheckpoint } from "./checkpoint-file.ts";
export type { StoredCheckpoint } from "./checkpoint-file.ts";
export { readMetrics } from "./metrics-file.ts";

/** Whose files they are. */
export interface FileStorageOptions {
  /** Where it is given, `load` refuses the checkpoint of another model, before the training step is compiled. */
  readonly model?: { readonly parameters: Parameters };
  /** Where it is given, checkpoints carry it, and `load` refuses one that was made with other settings. */
  readonly run?: RunDocument;
}

const names: NamesOf<FileStorageOptions> = { model: true, run: true };

/**
 * The storage of a run in a folder, which exists and is claimed.
 *
 * `save` throws what `writeAtomically` throws.
 *
 * @throws {InputError} by `load`: the files are of another run
 * @throws {RunError} by `load`: the checkpoint or the metrics are damaged, or of another model
 */
export function fileStorage(folder: string, options: FileStorageOptions = {}): RunStorage {
  refuseUnknownNames("fileStorage", options, names);
  const { model, run } = options;
  const checkpointFile = path.join(folder, checkpointFileName);
  const metricsFile = path.join(folder, metricsFileName);
  const identity = run === undefined ? {} : { run: identityOf(run) };
  /** The lines that belong to the last checkpoint: their length and CRC-32. */
  let kept: Kept | undefined;
  return {
    async load() {
      const stored = await readCheckpoint(checkpointFile);
      if (stored && model) checkpointWeights(model, stored, checkpointFile);
      if (stored && run) requireSameRun(stored, run, checkpointFile);
      const bytes = await metricsBytes(folder);
      if (stored === undefined) requireBeginning(bytes, metricsFile);
      else await readMetrics(folder, stored);
      const lines = linesBefore(bytes, stored ?? { step: 0 }, metricsFile);
      // Also where nothing changes: an earlier process may not have come to flush it.
      await writeAtomically(metricsFile, lines);
      kept = keptOf(lines);
      return stored && { step: stored.step, tensors: stored.tensors };
    },
    async save(checkpoint, metrics) {
      const before = (kept ??= keptOf(await metricsBytes(folder)));
      const lines = metricsLines(metrics.filter(({ step }) => step < checkpoint.step));
      await requireLock(folder);
      // Where no checkpoint says how far the file holds, all of it is replaced in one step.
      if (before.bytes === 0) await writeAtomically(metricsFile, lines);
      else if (lines !== "") await writeFrom(metricsFile, before.bytes, lines);
      const after = {
        bytes: before.bytes + Buffer.byteLength(lines),
        sum: crc32(lines, before.sum),
      };
      await requireLock(folder);
      await writeAtomically(
        checkpointFile,
        checkpointBytes({ ...checkpoint, ...identity, metrics: hexadecimal(after.sum) }),
      );
      kept = after;
    },
  };
}

interface Kept {
  readonly bytes: number;
  readonly sum: number;
}

function keptOf(lines: Uint8Array): Kept {
  return { bytes: lines.length, sum: crc32(lines) };
}
