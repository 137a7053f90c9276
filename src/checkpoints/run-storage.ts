/**
 * A run as files: `checkpoint.safetensors` (parameters and optimiser state) and `metrics.jsonl`.
 *
 * Metrics are appended before the checkpoint is replaced, and cut back to the checkpoint when a run
 * is taken up: whatever moment a process dies at, the two agree again.
 *
 * @module
 */
import fs from "node:fs/promises";
import path from "node:path";
import { RunError } from "../errors.ts";
import type { Checkpoint, RunStorage, StepMetrics } from "../training/run.ts";
import { errorCode } from "./file-errors.ts";
import { readBytes, writeAtomically } from "./files.ts";
import { float32Of, readSafetensors, store, writeSafetensors } from "./safetensors.ts";

const checkpointName = "checkpoint.safetensors";
const metricsName = "metrics.jsonl";

/** The storage of a run in a folder, which exists and is claimed. */
export function fileStorage(folder: string): RunStorage {
  const checkpointFile = path.join(folder, checkpointName);
  const metricsFile = path.join(folder, metricsName);
  return {
    async load() {
      const checkpoint = await readCheckpoint(checkpointFile);
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
      if (metrics.length > 0) await fs.appendFile(metricsFile, lines(metrics));
      await writeAtomically(checkpointFile, checkpointBytes(checkpoint));
    },
  };
}

/** The bytes of a checkpoint; equal checkpoints give equal bytes. */
export function checkpointBytes({ step, tensors }: Checkpoint): Uint8Array {
  const stored = new Map([...tensors].map(([name, { shape, data }]) => [name, store(shape, data)]));
  return writeSafetensors(stored, { format: "relpos", step: `${step}` });
}

/** Reads a checkpoint; undefined where there is none. */
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
  const step = Number(metadata.get("step"));
  if (!Number.isSafeInteger(step) || step < 0)
    throw new RunError(
      `${file} does not say which step it is of (metadata "step"). It is no checkpoint of a run; ` +
        `move it away and start again.`,
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

/** Every whole line of `metrics.jsonl`; a torn last line is left out. */
export async function readMetrics(folder: string): Promise<StepMetrics[]> {
  const file = path.join(folder, metricsName);
  let text: string;
  try {
    text = await fs.readFile(file, "utf8");
  } catch (error) {
    if (errorCode(error) === "ENOENT") return [];
    throw error;
  }
  const complete = text
    .slice(0, text.lastIndexOf("\n") + 1)
    .split("\n")
    .filter(Boolean);
  const byStep = new Map<number, StepMetrics>();
  complete.forEach((line, position) => {
    try {
      const metrics = JSON.parse(line) as StepMetrics;
      byStep.set(metrics.step, metrics);
    } catch (cause) {
      throw new RunError(
        `${file}: line ${position + 1} is no JSON. Restore the file, or start again in another folder.`,
        { cause },
      );
    }
  });
  return [...byStep.values()].sort((a, b) => a.step - b.step);
}

function lines(metrics: readonly StepMetrics[]): string {
  return metrics.map((line) => `${JSON.stringify(line)}\n`).join("");
}
