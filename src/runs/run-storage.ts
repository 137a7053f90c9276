/**
 * The files of a run that change while it trains: `checkpoint.safetensors` (parameters and optimiser state) and
 * `metrics.jsonl`.
 *
 * Metrics are appended before the checkpoint is replaced, and cut back to the checkpoint's step when a run is
 * resumed. So the two files agree again, whenever the process was killed.
 *
 * @module
 */
import fs from "node:fs/promises";
import path from "node:path";
import { crc32 } from "node:zlib";
import { RunError } from "../errors.ts";
import type { LanguageModel } from "../model/transformer.ts";
import type { Checkpoint, RunStorage, StepMetrics } from "../training/train.ts";
import { errorCode, readError, writeError } from "../files/file-errors.ts";
import { readBytes, writeAtomically } from "../files/files.ts";
import { refuseSpecialFile } from "../files/regular-file.ts";
import { float32Of, readSafetensors, store, writeSafetensors } from "../checkpoints/safetensors.ts";
import type { StoredTensor } from "../checkpoints/safetensors.ts";
import { checkpointWeights } from "./checkpoint-weights.ts";

/** The file of a run's last checkpoint. */
export const checkpointFileName = "checkpoint.safetensors";
/** The file of a run's steps. */
export const metricsFileName = "metrics.jsonl";

/**
 * The storage of a run in a folder, which exists and is claimed.
 *
 * `save` throws what `writeAtomically` throws.
 *
 * @param model where it is given, `load` refuses the checkpoint of another model, before the training step is compiled
 * @throws {RunError} by `load`: the checkpoint or the metrics are damaged, or of another model
 */
export function fileStorage(folder: string, model?: LanguageModel): RunStorage {
  const checkpointFile = path.join(folder, checkpointFileName);
  const metricsFile = path.join(folder, metricsFileName);
  return {
    async load() {
      const checkpoint = await readCheckpoint(checkpointFile);
      if (checkpoint && model) checkpointWeights(model, checkpoint, checkpointFile);
      const kept = (await readMetrics(folder)).filter(({ step }) => step < (checkpoint?.step ?? 0));
      if (checkpoint && kept.length !== checkpoint.step)
        throw new RunError(
          `${metricsFile} has ${kept.length} of the ${checkpoint.step} steps before ${checkpointFile}. ` +
            `One of them was changed; restore it, or start again in another folder.`,
        );
      await writeAtomically(metricsFile, lines(kept));
      return checkpoint;
    },
    async save(checkpoint, metrics) {
      if (metrics.length > 0)
        await fs.appendFile(metricsFile, lines(metrics)).catch((error: unknown) => {
          throw writeError(metricsFile, error, "The last checkpoint is untouched.");
        });
      await writeAtomically(checkpointFile, checkpointBytes(checkpoint));
    },
  };
}

/** The bytes of a checkpoint as safetensors, with step and checksum; equal checkpoints give equal bytes. */
export function checkpointBytes({ step, tensors }: Checkpoint): Uint8Array {
  const stored = new Map([...tensors].map(([name, { shape, data }]) => [name, store(shape, data)]));
  const checksum = checksumOf(`${step}`, stored);
  return writeSafetensors(stored, { format: "relpos", step: `${step}`, checksum });
}

/**
 * CRC-32 of a checkpoint's step and of each tensor's name, shape and bytes in the order of names:
 * safetensors has no checksum, and training would go on with a flipped bit without an error.
 */
function checksumOf(step: string, tensors: ReadonlyMap<string, StoredTensor>): string {
  let sum = crc32(step);
  for (const [name, { dtype, shape, bytes }] of [...tensors].sort(([a], [b]) => (a < b ? -1 : 1)))
    sum = crc32(bytes, crc32(`\n${name} ${dtype} ${shape.join()}\n`, sum));
  return sum.toString(16).padStart(8, "0");
}

/**
 * Reads a checkpoint; undefined where there is none.
 *
 * @throws {InputError} the file is a folder or may not be read
 * @throws {RunError} it is damaged, or no checkpoint of a run
 */
export async function readCheckpoint(file: string): Promise<Checkpoint | undefined> {
  let bytes: Uint8Array;
  try {
    await fs.access(file);
    bytes = await readBytes(file);
  } catch (error) {
    if (errorCode(error) === "ENOENT") return undefined;
    throw error;
  }
  const { tensors, metadata } = readSafetensors(bytes, file);
  const [written, checksum] = [metadata.get("step"), metadata.get("checksum")];
  if (written === undefined || checksum === undefined)
    throw new RunError(
      `${file} is no checkpoint of a run: its metadata lack "step" or "checksum". ` +
        `Move it away, or give another folder.`,
    );
  const step = Number(written);
  if (checksumOf(written, tensors) !== checksum || !Number.isSafeInteger(step))
    throw new RunError(
      `${file} was damaged since it was written: its checksum does not fit. ` +
        `Restore it from a copy, or start again in another folder.`,
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
  };
}

/**
 * The steps in a run's `metrics.jsonl`, in order; an unfinished last line is left out, and a step that was repeated
 * after a crash counts as it was the last time. Empty where there is no such file.
 *
 * @throws {InputError} the file may not be read
 * @throws {RunError} a line is no step
 */
export async function readMetrics(folder: string): Promise<StepMetrics[]> {
  const file = path.join(folder, metricsFileName);
  await refuseSpecialFile(file);
  let text: string;
  try {
    text = await fs.readFile(file, "utf8");
  } catch (error) {
    if (errorCode(error) === "ENOENT") return [];
    throw readError(file, error);
  }
  const complete = text
    .slice(0, text.lastIndexOf("\n") + 1)
    .split("\n")
    .filter(Boolean);
  const byStep = new Map<number, StepMetrics>();
  complete.forEach((line, position) => {
    try {
      byStep.set(...metricsOf(line));
    } catch (cause) {
      throw new RunError(
        `${file}: line ${position + 1} is no step of a run. ` +
          `Restore the file from a copy, or start again in another folder.`,
        { cause },
      );
    }
  });
  return [...byStep.values()].sort((a, b) => a.step - b.step);
}

function metricsOf(line: string): [step: number, metrics: StepMetrics] {
  const metrics = JSON.parse(line) as StepMetrics;
  for (const name of ["step", "loss", "gradientNorm", "rate"] as const)
    if (typeof metrics[name] !== "number") throw new TypeError(`${name} is no number`);
  if (!["number", "undefined"].includes(typeof metrics.validationLoss))
    throw new TypeError("validationLoss is no number");
  return [metrics.step, metrics];
}

function lines(metrics: readonly StepMetrics[]): string {
  return metrics.map((line) => `${JSON.stringify(line)}\n`).join("");
}
