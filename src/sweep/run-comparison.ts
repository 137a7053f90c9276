/**
 * A comparison in a folder: trials over processes, from where an earlier run stopped, then results.json and
 * report.html with its figures and tables as files.
 *
 * @module
 */
import path from "node:path";
import { commandOf } from "../comparison/command.ts";
import { configurationOf, resultsOf } from "../comparison/document.ts";
import type { Results } from "../comparison/results.ts";
import { checkSettings } from "../comparison/settings.ts";
import type { ComparisonSettings } from "../comparison/settings.ts";
import type { Tuning } from "../comparison/tuning.ts";
import { encodingById } from "../encodings/index.ts";
import type { EncodingDefinition } from "../encodings/position-encoding.ts";
import { InputError, refuseUnknownNames } from "../errors.ts";
import type { NamesOf } from "../errors.ts";
import { loadRecorded } from "../loading/encoding-file.ts";
import { renderReport, reportFiles } from "../report/node-report.ts";
import { trialsFolder } from "../runs/open-run.ts";
import { keepRunFile } from "../runs/run-file.ts";
import { keepTokenizer } from "../runs/run-tokenizer.ts";
import { requireOwnFiles, writeOwnFiles } from "../runs/own-files.ts";
import { claimFolder } from "../runs/run-folder.ts";
import { forgetTrials, mayChangeAfterDivergence } from "./begin-again.ts";
import { comparisonDocument, trialDocument } from "./comparison-document.ts";
import {
  defaultFolder,
  finishedTrial,
  readTrial,
  requireOwnTrials,
  startTime,
} from "./comparison-folder.ts";
import { comparisonChanges, withRecorded } from "./extend-comparison.ts";
import { zstandard } from "./compressor.ts";
import type { ComparisonProgress, ProgressOptions } from "./comparison-progress.ts";
import { environmentOf, processesFor } from "./environment.ts";
import { refuseLargeComparison, refuseLargeSettings } from "./comparison-size.ts";
import { loadData } from "./prepare.ts";
import type { LoadedData } from "./prepare.ts";
import { runOpenTrials } from "./run-open-trials.ts";
import { requireOwnCosts, stepCosts, withStepCosts } from "./step-costs.ts";
import { trialName } from "./trial-job.ts";
import type { TrialJob } from "./trial-job.ts";
import { tune } from "./tuning.ts";

const [resultsName, reportName] = ["results.json", "report.html"];

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

const names: NamesOf<ComparisonRequest> = {
  settings: true,
  given: true,
  folder: true,
  processes: true,
  command: true,
  signal: true,
  progress: true,
};

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
  refuseUnknownNames("runComparison", run, names, (message) => new InputError(message));
  const { folder = defaultFolder(run.settings), signal } = run;
  const settings = await withRecorded(run.settings, folder);
  const { processes = processesFor(settings), command = commandOf(settings) } = run;
  const definitions = await definitionsOf(settings);
  const models = Math.min(processes, settings.encodings.length * settings.seeds.length);
  refuseLargeSettings(settings, models);
  checkSettings(settings, definitions);
  const data = await loadData(settings);
  refuseLargeComparison({ settings, data, definitions, models });
  const configuration = configurationOf(settings, data);
  const claim = await claimFolder(folder);
  try {
    await requireOwnFiles(folder, [resultsName, reportName]);
    await requireOwnCosts(folder);
    const document = comparisonDocument(settings, data);
    // Rates that are chosen later decide no folder.
    const planned = jobsOf(settings, folder, data);
    const { learningRates } = settings;
    const possible = learningRates?.flatMap((rate) => jobsOf(settings, folder, data, () => rate));
    await requireOwnTrials(folder, possible ?? planned);
    const before = await Promise.all(
      planned.map((job) => readTrial(job.folder, configuration).catch(() => undefined)),
    );
    await keepRunFile(folder, document, {
      ...comparisonChanges(run.given, before),
      // Before the change: a result of other rates must not be taken for one of these.
      async onChange(differences) {
        if (differences.some(({ name }) => mayChangeAfterDivergence(name)))
          await forgetTrials(planned);
      },
    });
    await keepTokenizer(folder, data.tokenizerDocument);
    const tuning =
      learningRates &&
      (await tune({
        ...{ settings, data, folder, processes, signal, judgedOn: data.tunedOn },
        progress: run.progress,
      }));
    if (learningRates && tuning === undefined) return undefined;
    const jobs = jobsOf(settings, folder, data, (id) => rateOf(tuning, id));
    const trials = await runOpenTrials(jobs, (job) => finishedTrial(job, configuration), {
      ...{ steps: settings.steps, processes, signal, progress: run.progress },
    });
    if (trials === undefined) return undefined;
    const costs = await stepCosts({ settings, run: document, folder, trials, signal });
    if (costs === undefined) return undefined;
    const results = resultsOf({
      ...{ configuration, command },
      trials: withStepCosts(trials, costs),
      startedAt: await startTime(folder),
      environment: environmentOf(settings),
      yardsticks: data.yardsticks({ compressor: zstandard }),
      ...(tuning ? { tuning } : {}),
    });
    // Numbers that are not finite become null.
    await writeOwnFiles(folder, [
      { path: resultsName, text: `${JSON.stringify(results)}\n` },
      { path: reportName, text: renderReport(results) },
      ...reportFiles(results),
    ]);
    return results;
  } finally {
    await claim.release();
  }
}

/** The rate that was chosen for an encoding, where rates were. */
function rateOf(tuning: Tuning | undefined, encoding: string): number | undefined {
  return tuning?.encodings.find((tuned) => tuned.encoding === encoding)?.rate;
}

/** One trial for each seed and encoding. */
function jobsOf(
  settings: ComparisonSettings,
  folder: string,
  data: LoadedData,
  rateFor: (encoding: string) => number | undefined = () => undefined,
): TrialJob[] {
  return settings.seeds.flatMap((seed) =>
    settings.encodings.map((encoding) => {
      const rate = rateFor(encoding);
      const job = { encoding, seed, settings, ...(rate === undefined ? {} : { rate }) };
      return {
        ...job,
        comparison: folder,
        folder: path.join(folder, trialsFolder, trialName({ encoding, seed })),
        run: trialDocument(job, data),
      };
    }),
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
