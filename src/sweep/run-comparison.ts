/**
 * A comparison in a folder: trials over processes, from where an earlier run stopped, then results.json and
 * report.html with its figures and tables as files.
 *
 * @module
 */
import fs from "node:fs/promises";
import path from "node:path";
import { commandOf } from "../comparison/command.ts";
import { configurationOf, resultsOf } from "../comparison/document.ts";
import type { Results } from "../comparison/results.ts";
import { checkSettings } from "../comparison/settings.ts";
import type { ComparisonSettings } from "../comparison/settings.ts";
import type { Trial } from "../comparison/trial-record.ts";
import { encodingById } from "../encodings/index.ts";
import type { EncodingDefinition } from "../encodings/position-encoding.ts";
import { writeAtomically } from "../files/files.ts";
import { loadRecorded } from "../loading/encoding-file.ts";
import { renderReport, reportFiles } from "../report/node-report.ts";
import { trialsFolder } from "../runs/open-run.ts";
import { keepRunFile } from "../runs/run-file.ts";
import { claimFolder } from "../runs/run-folder.ts";
import { allDiverged, forgetTrials, mayChangeAfterDivergence } from "./begin-again.ts";
import { comparisonDocument } from "./comparison-document.ts";
import { defaultFolder, finishedTrial, startTime } from "./comparison-folder.ts";
import { comparisonChanges, withRecorded } from "./extend-comparison.ts";
import { zstandard } from "./compressor.ts";
import type { ComparisonProgress, ProgressOptions } from "./comparison-progress.ts";
import { environmentOf, processesFor } from "./environment.ts";
import { runTrials } from "./pool.ts";
import { loadData } from "./prepare.ts";
import { stepCosts, withStepCosts } from "./step-costs.ts";
import { trialName } from "./trial-job.ts";
import type { TrialJob } from "./trial-job.ts";

/** A comparison to run. */
export interface ComparisonRequest {
  /** See `completeSettings`. Encodings and seeds that the folder has and these lack are kept and reported. */
  readonly settings: ComparisonSettings;
  /** The names of the settings that the user gave, for the message of a folder with others. Default: all were. */
  readonly given?: readonly string[];
  /** Where trials, results and report are kept. Default: `runs/compare-<settings>`. */
  readonly folder?: string;
  /** Trials at once. Default: one for each core. */
  readonly processes?: number;
  /** The command line that makes the results again, for the report. Default: of the settings. */
  readonly command?: string;
  /** Stops the running trials after their current step, with checkpoints. */
  readonly signal?: AbortSignal;
  /** Follows the trials, such as `(options) => new ComparisonProgress(options)`. Default: nothing is printed. */
  readonly progress?: (options: ProgressOptions) => Pick<ComparisonProgress, "update" | "end">;
}

/**
 * Runs the trials that are not finished and writes results.json, report.html, `report-figures/*.svg` and
 * `report-tables/*.csv`. The same call goes on where an
 * earlier one stopped, and ends with the same numbers.
 *
 * @returns the results; undefined if it was stopped before the end
 * @throws {InputError} the settings are impossible, or the folder holds another run
 * @throws {RunError} a trial failed, a file is damaged, or another process uses the folder
 */
export async function runComparison(run: ComparisonRequest): Promise<Results | undefined> {
  const { folder = defaultFolder(run.settings), signal } = run;
  const settings = await withRecorded(run.settings, folder);
  const { processes = processesFor(settings), command = commandOf(settings) } = run;
  checkSettings(settings, await definitionsOf(settings));
  const data = await loadData(settings);
  const configuration = configurationOf(settings, data);
  const claim = await claimFolder(folder);
  try {
    const document = comparisonDocument(settings, data);
    const jobs = jobsOf(settings, folder);
    const finished = async (job: TrialJob): Promise<Trial | undefined> =>
      await finishedTrial(job, configuration);
    const before = await Promise.all(jobs.map((job) => finished(job).catch(() => undefined)));
    await keepRunFile(folder, document, {
      ...comparisonChanges(run.given, allDiverged(before)),
      // Before the change: a result of other rates must not be taken for one of these.
      async onChange(differences) {
        if (differences.some(({ name }) => mayChangeAfterDivergence(name)))
          await forgetTrials(jobs);
      },
    });
    for (const job of jobs) await fs.mkdir(job.folder, { recursive: true });
    const open: TrialJob[] = [];
    for (const job of jobs) if ((await finished(job)) === undefined) open.push(job);
    const progress = run.progress?.({
      ...{ trials: jobs.length, open: open.length, steps: settings.steps, processes },
    });
    const complete = await runTrials(open, {
      processes,
      ...(signal ? { signal } : {}),
      onMessage: (job, message) => progress?.update(job, message),
    }).finally(() => progress?.end());
    if (!complete) return undefined;

    const trials: Trial[] = [];
    for (const job of jobs) trials.push((await finished(job))!);
    const costs = await stepCosts({ settings, folder, trials, signal });
    if (costs === undefined) return undefined;
    const results = resultsOf({
      ...{ configuration, command },
      trials: withStepCosts(trials, costs),
      startedAt: await startTime(folder),
      environment: environmentOf(settings),
      yardsticks: data.yardsticks({ compressor: zstandard }),
    });
    // Numbers that are not finite become null.
    await writeAtomically(path.join(folder, "results.json"), `${JSON.stringify(results)}\n`);
    await writeAtomically(path.join(folder, "report.html"), renderReport(results));
    for (const file of reportFiles(results)) {
      const target = path.join(folder, file.path);
      await fs.mkdir(path.dirname(target), { recursive: true });
      await writeAtomically(target, file.text);
    }
    return results;
  } finally {
    await claim.release();
  }
}

/** One trial for each seed and encoding. */
function jobsOf(settings: ComparisonSettings, folder: string): TrialJob[] {
  return settings.seeds.flatMap((seed) =>
    settings.encodings.map((encoding) => ({
      encoding,
      seed,
      folder: path.join(folder, trialsFolder, trialName({ encoding, seed })),
      settings,
    })),
  );
}

/** Finds an encoding of the settings by its id, in the list or in its file. */
async function definitionsOf({
  encodingFiles = [],
}: ComparisonSettings): Promise<(id: string) => EncodingDefinition> {
  const loaded = new Map<string, EncodingDefinition>();
  for (const file of encodingFiles) loaded.set(file.id, await loadRecorded(file));
  return (id) => loaded.get(id) ?? encodingById(id);
}
