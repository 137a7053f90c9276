/**
 * A comparison in a folder: trials over processes, from where an earlier run stopped, then results.json and
 * the report.
 *
 * @module
 */
import path from "node:path";
import { writeAtomically } from "../files/files.ts";
import { claimFolder } from "../runs/run-folder.ts";
import { compareEncodings, compareOnTask } from "../comparison/compare-encodings.ts";
import { ResultsError } from "../comparison/json-reader.ts";
import { parseAnyResults } from "../comparison/parse-task-results.ts";
import { renderReport } from "../report/report.ts";
import type { Trial } from "../comparison/results.ts";
import { isTaskSettings } from "../comparison/settings.ts";
import type { ComparisonSettings, TextSettings } from "../comparison/settings.ts";
import { isOfTask } from "../comparison/task-results.ts";
import type { AnyResults, TaskTrial } from "../comparison/task-results.ts";
import { RunError } from "../errors.ts";
import { runTrials } from "../sweep/pool.ts";
import { resultFile, trialName } from "../sweep/trial-job.ts";
import type { TrialJob } from "../sweep/trial-job.ts";
import { loadCorpus } from "../data/corpus-files.ts";
import type { Corpus } from "../data/corpus.ts";
import { checkWindowsFit, splitText } from "../data/split.ts";
import { makeTokenizer } from "../data/tokenizers.ts";
import { draftTaskResults, draftTextResults } from "./compare-document.ts";
import type { CorpusParts } from "./compare-document.ts";
import { finishedTrial, keepSettings, makeFolders, startTime } from "./compare-folder.ts";
import { CompareProgress } from "./compare-progress.ts";

/** A comparison to run; its settings have been checked. */
export interface ComparisonRun {
  readonly settings: ComparisonSettings;
  readonly folder: string;
  /** Trials at once. */
  readonly processes: number;
  /** The command line that makes the results again. */
  readonly command: string;
  readonly signal?: AbortSignal;
}

/** Runs the trials that are not finished and writes the results; undefined if it was stopped before. */
export async function runComparison(run: ComparisonRun): Promise<AnyResults | undefined> {
  const { settings, folder, processes, command, signal } = run;
  const text = isTaskSettings(settings) ? undefined : await textOf(settings);
  const claim = await claimFolder(folder);
  try {
    await keepSettings(folder, settings, text?.corpus.sha256);
    const started = await startTime(folder);
    const jobs = settings.seeds.flatMap((seed) =>
      settings.encodings.map((encoding): TrialJob => ({
        encoding,
        seed,
        folder: path.join(folder, "trials", trialName({ encoding, seed })),
        settings,
      })),
    );
    for (const job of jobs) await makeFolders(job.folder);
    const open: TrialJob[] = [];
    for (const job of jobs) if ((await finishedTrial(job)) === undefined) open.push(job);
    const progress = new CompareProgress(jobs.length, open, settings.steps, processes);
    const complete = await runTrials(open, {
      processes,
      ...(signal ? { signal } : {}),
      onMessage: (job, message) => progress.update(job, message),
    }).finally(() => progress.end());
    if (!complete) return undefined;

    const stored: (Trial | TaskTrial)[] = [];
    for (const job of jobs) stored.push((await finishedTrial(job))!);
    const draft = isTaskSettings(settings)
      ? draftTaskResults(settings, { command, started, trials: stored as TaskTrial[] })
      : draftTextResults(settings, text!, { command, started, trials: stored as Trial[] });
    const results = judged(checked(draft, jobs));
    // Numbers that are not finite become null.
    await writeAtomically(path.join(folder, "results.json"), `${JSON.stringify(results)}\n`);
    await writeAtomically(path.join(folder, "report.html"), renderReport(results));
    return results;
  } finally {
    await claim.release();
  }
}

function judged(results: AnyResults): AnyResults {
  return isOfTask(results)
    ? { ...results, comparison: compareOnTask(results.configuration, results.trials) }
    : { ...results, comparison: compareEncodings(results.configuration, results.trials) };
}

/** The corpus, once it is known that it holds the windows. */
async function textOf(settings: TextSettings): Promise<{ corpus: Corpus; parts: CorpusParts }> {
  const corpus = await loadCorpus(settings.corpus);
  return { corpus, parts: partsOf(corpus, settings) };
}

/** Checks that the text holds the windows, before any process starts. */
function partsOf(corpus: Corpus, settings: TextSettings): CorpusParts {
  const { train, validation, description } = splitText(corpus.text);
  const tokenizer = makeTokenizer(settings.tokenizer, train);
  checkWindowsFit({
    training: { tokens: tokenizer.encode(train).length, length: settings.trainLength },
    validation: {
      tokens: tokenizer.encode(validation).length,
      length: Math.max(...settings.testLengths),
    },
  });
  return {
    trainBytes: Buffer.byteLength(train),
    validationBytes: Buffer.byteLength(validation),
    split: description,
    vocab: tokenizer.vocab,
  };
}

/** A draft with its trials as their files hold them, null being NaN again; a file that was changed is named. */
function checked(draft: AnyResults, jobs: readonly TrialJob[]): AnyResults {
  try {
    const { trials } = parseAnyResults(JSON.stringify(draft));
    return { ...draft, trials } as AnyResults;
  } catch (error) {
    if (!(error instanceof ResultsError)) throw error;
    const place = Number(/^trials\[(\d+)\]/.exec(error.path)?.[1]);
    const file = path.join(jobs[place]?.folder ?? "", resultFile);
    throw new RunError(
      `${file} is damaged: ${error.message.replace(/^results: trials\[\d+\]\.?| Run the .*$/g, "")} ` +
        `Remove this file, and the same command measures the trial again.`,
      { cause: error },
    );
  }
}
