/**
 * Runs the jobs that have no record yet, and reads the records of all.
 *
 * @module
 */
import { makeFolder } from "../files/files.ts";
import { removeLeftovers } from "../runs/run-folder.ts";
import type { ComparisonProgress, ProgressOptions } from "./comparison-progress.ts";
import { runTrials } from "./pool.ts";
import type { TrialJob } from "./trial-job.ts";

/** How jobs run, and who follows them. */
export interface OpenTrialsOptions {
  /** Training steps of each job. */
  readonly steps: number;
  readonly processes: number;
  readonly signal?: AbortSignal | undefined;
  readonly progress?:
    ((options: ProgressOptions) => Pick<ComparisonProgress, "update" | "end">) | undefined;
}

/**
 * The records of all jobs, in their order; undefined where the run was stopped.
 *
 * @param read the record of a job; undefined for one that is not finished
 * @throws {RunError} a job failed, or a record is damaged
 */
export async function runOpenTrials<Record>(
  jobs: readonly TrialJob[],
  read: (job: TrialJob) => Promise<Record | undefined>,
  { steps, processes, signal, progress: follow }: OpenTrialsOptions,
): Promise<readonly Record[] | undefined> {
  const open: TrialJob[] = [];
  for (const job of jobs) {
    await makeFolder(job.folder);
    if ((await read(job)) === undefined) open.push(job);
    // Its process may have been killed between the result and the release of its folder, which nobody claims again.
    else await removeLeftovers(job.folder);
  }
  const progress = follow?.({ trials: jobs.length, open: open.length, steps, processes });
  const complete = await runTrials(open, {
    processes,
    ...(signal ? { signal } : {}),
    onMessage: (job, message) => progress?.update(job, message),
  }).finally(() => progress?.end());
  if (!complete) return undefined;
  const records: Record[] = [];
  for (const job of jobs) records.push((await read(job))!);
  return records;
}
