/**
 * `divergence.json`: that a run's training diverged. While it is there, the run may be taken up with another rate.
 *
 * @module
 */
import fs from "node:fs/promises";
import path from "node:path";
import { readJson, writeAtomically } from "../files/files.ts";
import type { TrainingDiverged } from "../training/train.ts";

/** The file's name in the folder of a run. */
export const divergenceFileName = "divergence.json";

const schema = "relpos-divergence/1";

/** The settings that may be changed after a training has diverged. */
export const afterDivergence: readonly string[] = [
  "learningRate",
  "minLearningRate",
  "warmup",
  "clip",
];

/** Records where the training diverged. */
export async function recordDivergence(folder: string, error: TrainingDiverged): Promise<void> {
  const { step, where, kept = null, message } = error;
  const record = { schema, step, where, kept, message };
  await writeAtomically(path.join(folder, divergenceFileName), `${JSON.stringify(record, null, 2)}\n`);
}

/** Whether the training of a folder's run diverged when it was last trained. */
export async function hasDiverged(folder: string): Promise<boolean> {
  const record: unknown = await readJson(path.join(folder, divergenceFileName)).catch(() => null);
  return (record as { readonly schema?: unknown } | null)?.schema === schema;
}

/** Removes the record: the run goes on, or has ended. */
export async function forgetDivergence(folder: string): Promise<void> {
  if (await hasDiverged(folder)) await fs.rm(path.join(folder, divergenceFileName), { force: true });
}
