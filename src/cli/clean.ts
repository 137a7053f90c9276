/**
 * `relpos clean`: old runs, listed and, where the user agrees, removed.
 *
 * @module
 */
import { RunError } from "../errors.ts";
import { memory } from "../format.ts";
import { findRuns, removeRun } from "../runs/clean-runs.ts";
import type { FoundRun } from "../runs/clean-runs.ts";
import type { CleanOptions } from "./clean-options.ts";

const schema = "relpos-clean/1";
const dayMs = 24 * 3600 * 1000;

/**
 * Runs the command.
 *
 * @throws {RunError} some of the runs could not be removed
 */
export async function clean(folder: string, options: CleanOptions): Promise<void> {
  const { olderThan, yes = false, json = false } = options;
  const old = (await findRuns(folder)).filter(
    ({ changed }) => Date.now() - changed >= olderThan * dayMs,
  );
  const removed: string[] = [];
  const failures: string[] = [];
  for (const run of old) {
    if (!json) process.stdout.write(`${lineOf(run)}\n`);
    if (!yes) continue;
    try {
      await removeRun(run);
      removed.push(run.folder);
    } catch (error) {
      if (!(error instanceof RunError)) throw error;
      failures.push(error.message);
    }
  }
  process.stdout.write(
    json
      ? `${JSON.stringify({ schema, runs: old, removed })}\n`
      : `${summary(old, removed.length, options)}\n`,
  );
  if (failures.length > 0) throw new RunError(failures.join(" "));
}

function lineOf({ folder, kind, encodings, changed, bytes, others }: FoundRun): string {
  const day = new Date(changed).toISOString().slice(0, 10);
  const kept =
    others.length > 0
      ? `; not of relpos, and kept: ${others.slice(0, 3).join(", ")}${others.length > 3 ? ", …" : ""}`
      : "";
  return `${folder}  ${kind}  ${encodings}  ${memory(bytes)}  ${day}${kept}`;
}

function summary(
  old: readonly FoundRun[],
  removed: number,
  { olderThan, yes }: CleanOptions,
): string {
  const total = memory(old.reduce((sum, { bytes }) => sum + bytes, 0));
  const count = `${old.length} run${old.length === 1 ? "" : "s"}`;
  if (old.length === 0) return `No runs that were last written ${olderThan} days ago or earlier.`;
  return yes
    ? `Removed ${removed} of ${count} (${total}).`
    : `${count}, ${total}. Nothing was removed; --yes removes them.`;
}
