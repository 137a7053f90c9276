/**
 * A checkpoint as a file: safetensors with the step, what the run was made with, and checksums.
 *
 * @module
 */
import fs from "node:fs/promises";
import { crc32 } from "node:zlib";
import { InputError, RunError } from "../errors.ts";
import { errorCode } from "../files/file-errors.ts";
import { readBytes } from "../files/files.ts";
import { float32Of, readSafetensors, store, writeSafetensors } from "../checkpoints/safetensors.ts";
import type { StoredTensor } from "../checkpoints/safetensors.ts";
import type { Checkpoint } from "../training/train.ts";
import type { RunDocument } from "./run-document.ts";
import { differencesOf, differenceWords } from "./run-differences.ts";
import { documentsOf, identityOf } from "./run-identity.ts";

/** The file of a run's last checkpoint. */
export const checkpointFileName = "checkpoint.safetensors";

const mend = "restore it from a copy, or start again in another folder.";

/** A checkpoint with what its file says of its run. */
export interface StoredCheckpoint extends Checkpoint {
  /** What the run was made with: `identityOf` its document. */
  readonly run?: string;
  /** CRC-32 of the lines of metrics before the step, eight hexadecimal digits. */
  readonly metrics?: string;
}

/** The bytes of a checkpoint as safetensors; equal checkpoints give equal bytes. */
export function checkpointBytes({ step, tensors, run, metrics }: StoredCheckpoint): Uint8Array {
  const stored = new Map([...tensors].map(([name, { shape, data }]) => [name, store(shape, data)]));
  const origin = {
    ...(metrics === undefined ? {} : { metrics }),
    ...(run === undefined ? {} : { run }),
  };
  const checksum = checksumOf([`${step}`, ...Object.values(origin)], stored);
  return writeSafetensors(stored, { format: "relpos", step: `${step}`, ...origin, checksum });
}

/**
 * CRC-32 of what is said beside the tensors and of each tensor's name, shape and bytes in the order of names:
 * safetensors has no checksum, and training would go on with a flipped bit without an error.
 */
function checksumOf(said: readonly string[], stored: ReadonlyMap<string, StoredTensor>): string {
  let sum = crc32(said.join("\n"));
  for (const [name, { dtype, shape, bytes }] of [...stored].sort(([a], [b]) => (a < b ? -1 : 1)))
    sum = crc32(bytes, crc32(`\n${name} ${dtype} ${shape.join()}\n`, sum));
  return hexadecimal(sum);
}

/** A CRC-32 in eight digits. */
export function hexadecimal(sum: number): string {
  return sum.toString(16).padStart(8, "0");
}

/**
 * Reads a checkpoint; undefined where there is none.
 *
 * @throws {InputError} the file is a folder or may not be read
 * @throws {RunError} it is damaged, or no checkpoint of a run
 */
export async function readCheckpoint(file: string): Promise<StoredCheckpoint | undefined> {
  let bytes: Uint8Array;
  try {
    await fs.access(file);
    bytes = await readBytes(file);
  } catch (error) {
    if (errorCode(error) === "ENOENT") return undefined;
    throw error;
  }
  const { tensors, metadata } = readSafetensors(bytes, file, mend);
  const [written, checksum] = [metadata.get("step"), metadata.get("checksum")];
  if (written === undefined || checksum === undefined)
    throw new RunError(
      `${file} is no checkpoint of a run: its metadata lack "step" or "checksum". ` +
        `Move it away, or give another folder.`,
    );
  const step = Number(written);
  const [metrics, run] = [metadata.get("metrics"), metadata.get("run")];
  const said = [written, metrics, run].filter((each) => each !== undefined);
  if (checksumOf(said, tensors) !== checksum || !Number.isSafeInteger(step))
    throw new RunError(
      `${file} was damaged since it was written: its checksum does not fit. ${mend[0]!.toUpperCase()}${mend.slice(1)}`,
    );
  return {
    step,
    tensors: new Map(
      [...tensors].map(([name, tensor]) => [
        name,
        // A copy: the file's bytes need not be aligned for float32.
        { shape: tensor.shape, data: Float32Array.from(float32Of(tensor)) },
      ]),
    ),
    ...(metrics === undefined ? {} : { metrics }),
    ...(run === undefined ? {} : { run }),
  };
}

/**
 * Refuses the checkpoint of another run. Settings may have been changed since, as `changes` of the document says.
 *
 * @param file its name, for messages
 * @throws {InputError} it was made with other settings, each named with both values, or does not say with which
 */
export function requireSameRun({ run }: StoredCheckpoint, document: RunDocument, file: string): void {
  if (run === undefined)
    throw new InputError(
      `${file} does not say what it was made with: another version of relpos wrote it. ` +
        `Go on with that version, or start again in another folder.`,
    );
  if (documentsOf(document).some((each) => identityOf(each) === run)) return;
  const differing = differencesOf(
    JSON.parse(run) as object,
    JSON.parse(identityOf(document)) as object,
  );
  if (differing.length > 0)
    throw new InputError(
      `${file} is of a run that differs in ${differenceWords(differing)}. ` +
        `Give the settings that it was made with, choose another folder, or restore the file from a copy.`,
    );
}
