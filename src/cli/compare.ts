/**
 * `relpos compare`: settings from options, trials in processes, table and report at the end.
 *
 * @module
 */
import { createHash } from "node:crypto";
import fs from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { readJson, writeAtomically } from "../checkpoints/files.ts";
import { claimFolder } from "../checkpoints/run-folder.ts";
import { compareEncodings } from "../comparison/compare-encodings.ts";
import { renderReport } from "../comparison/report.ts";
import { parseResults, ResultsError } from "../comparison/parse-results.ts";
import type { Results, Trial } from "../comparison/results.ts";
import { checkSettings, defaultSettings } from "../comparison/settings.ts";
import type { ComparisonSettings } from "../comparison/settings.ts";
import { renderTable } from "../comparison/table.ts";
import { verdictText } from "../comparison/verdict.ts";
import { encodings } from "../encodings/index.ts";
import type { EncodingDefinition } from "../encodings/position-encoding.ts";
import { InputError, RunError } from "../errors.ts";
import { chooseEncoding } from "../loading/encoding-file.ts";
import type { ChosenEncoding } from "../loading/encoding-file.ts";
import { isDiverged } from "../sweep/diverged-trial.ts";
import { runTrials } from "../sweep/pool.ts";
import { resultFile, trialName } from "../sweep/trial-job.ts";
import type { TrialJob } from "../sweep/trial-job.ts";
import { loadCorpus } from "../text/corpus-files.ts";
import type { Corpus } from "../text/corpus.ts";
import { checkWindowsFit, splitText } from "../text/split.ts";
import { makeTokenizer } from "../text/tokenizers.ts";
import { draftResults } from "./compare-document.ts";
import type { CorpusParts } from "./compare-document.ts";
import type { CompareOptions } from "./compare-options.ts";
import { CompareProgress } from "./compare-progress.ts";
import { keepSettings } from "./compare-run.ts";
import { deviceNamed, requireDevice } from "./device.ts";
import { abortOnInterrupt, Interrupted } from "./interrupt.ts";
import { refuseTooLarge } from "./size-limit.ts";

/** Runs the command. */
export async function compare(options: CompareOptions): Promise<void> {
  const chosen = await chooseEncodings(options.encodings);
  const settings = settingsOf(options, chosen);
  const processes = processesOf(options, settings);
  refuseTooLarge({
    ...settings,
    hidden: 4 * settings.width,
    vocab: settings.tokenizer === "byte" ? 256 : 1,
    length: settings.trainLength,
    accumulate: 1,
    models: processes,
  });
  checkSettings(settings, undefined, (id) => findIn(chosen, id));
  await requireDevice(settings.device);
  const corpus = await loadCorpus(settings.corpus);
  const parts = partsOf(corpus, settings);
  const folder = options.out ?? path.join("runs", `compare-${digest(settings)}`);
  const claim = await claimFolder(folder);
  const interrupt = abortOnInterrupt();
  try {
    await keepSettings(folder, settings, corpus);
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
    for (const job of jobs) if ((await finished(job)) === undefined) open.push(job);
    const progress = new CompareProgress(jobs.length, open, settings.steps, processes);
    const complete = await runTrials(open, {
      processes,
      signal: interrupt.signal,
      onMessage: (job, message) => progress.update(job, message),
    }).finally(() => progress.end());
    if (!complete)
      throw new Interrupted(
        `stopped; ${folder} keeps what is done. The same command goes on from there.`,
      );

    const stored: Trial[] = [];
    for (const job of jobs) stored.push((await finished(job))!);
    const draft = draftResults({ settings, options, corpus, parts, trials: stored, started });
    const trials = checkedTrials(draft, jobs);
    const comparison = compareEncodings(draft.configuration, trials);
    const results: Results = { ...draft, trials, comparison };
    const document = JSON.stringify(results); // numbers that are not finite become null
    await writeAtomically(path.join(folder, "results.json"), `${document}\n`);
    await writeAtomically(path.join(folder, "report.html"), renderReport(results));
    if (options.json) process.stdout.write(`${document}\n`);
    else
      process.stdout.write(
        `${renderTable(results, { bold: process.stdout.isTTY })}\n\n${verdictText(results)}\n\n` +
          `Report:  ${path.join(folder, "report.html")}\nNumbers: ${path.join(folder, "results.json")}\n`,
      );
    if (trials.every(isDiverged))
      throw new RunError(
        `training diverged in every trial. Lower --learning-rate (it was ${settings.learningRate}) ` +
          `or raise --warmup.`,
      );
  } finally {
    interrupt.release();
    await claim.release();
  }
}

/** The encodings to compare: all of the list, or those that were named. */
async function chooseEncodings(names: readonly string[] = ["all"]): Promise<ChosenEncoding[]> {
  if (names.length === 1 && names[0] === "all")
    return encodings.map((definition) => ({ definition }));
  const chosen: ChosenEncoding[] = [];
  for (const name of names) chosen.push(await chooseEncoding(name));
  return chosen;
}

function findIn(chosen: readonly ChosenEncoding[], id: string): EncodingDefinition {
  return chosen.find(({ definition }) => definition.id === id)!.definition;
}

function settingsOf(
  options: CompareOptions,
  chosen: readonly ChosenEncoding[],
): ComparisonSettings {
  const trainLength = options.trainLength ?? defaultSettings.trainLength;
  const steps = options.steps ?? defaultSettings.steps;
  const warmup = options.warmup ?? Math.min(defaultSettings.warmup, Math.floor(steps / 10));
  if (warmup > steps / 2)
    throw new InputError(
      `the warm-up of ${warmup} steps must be at most half of the ${steps} steps. ` +
        `Lower --warmup or raise --steps.`,
    );
  const encodingFiles = chosen.flatMap(({ file }) => (file ? [file] : []));
  return {
    corpus: options.text ? { text: options.text } : { name: options.corpus ?? "moby-dick" },
    tokenizer: options.tokenizer ?? defaultSettings.tokenizer,
    encodings: chosen.map(({ definition }) => definition.id),
    ...(encodingFiles.length > 0 ? { encodingFiles } : {}),
    seeds: options.seeds ?? defaultSettings.seeds,
    trainLength,
    testLengths: [
      ...(options.testLengths ?? [1, 2, 4, 8].map((times) => times * trainLength)),
    ].sort((a, b) => a - b),
    steps,
    batch: options.batch ?? defaultSettings.batch,
    width: options.width ?? defaultSettings.width,
    heads: options.heads ?? defaultSettings.heads,
    layers: options.layers ?? defaultSettings.layers,
    learningRate: options.learningRate ?? defaultSettings.learningRate,
    warmup,
    weightDecay: defaultSettings.weightDecay,
    clipNorm: defaultSettings.clipNorm,
    stride: options.stride ?? trainLength,
    evaluationTokens: options.evaluationTokens ?? defaultSettings.evaluationTokens,
    device: deviceNamed(options.device ?? defaultSettings.device),
    threads: options.threads ?? 1,
  };
}

/** Trials at once: as many as asked for, or one for each core; never more than there are trials. */
function processesOf(options: CompareOptions, settings: ComparisonSettings): number {
  const { threads, encodings: ids, seeds } = settings;
  const fitting = Math.max(1, Math.floor(os.availableParallelism() / threads));
  return Math.min(options.processes ?? fitting, ids.length * seeds.length);
}

/** Checks that the text holds the windows, before any process starts. */
function partsOf(corpus: Corpus, settings: ComparisonSettings): CorpusParts {
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

function digest(settings: ComparisonSettings): string {
  return createHash("sha256").update(JSON.stringify(settings)).digest("hex").slice(0, 8);
}

async function startTime(folder: string): Promise<string> {
  return (await fs.stat(path.join(folder, "run.json"))).mtime.toISOString();
}

async function makeFolders(folder: string): Promise<void> {
  await fs.mkdir(folder, { recursive: true });
}

/** What the file of a finished trial holds, undefined for one that is not. */
async function finished({ folder }: TrialJob): Promise<Trial | undefined> {
  const file = path.join(folder, resultFile);
  const exists = await fs.access(file).then(
    () => true,
    () => false,
  );
  return exists ? ((await readJson(file)) as Trial) : undefined;
}

/** The trials as their files hold them, null being NaN again; a file that was changed is named. */
function checkedTrials(draft: Results, jobs: readonly TrialJob[]): readonly Trial[] {
  try {
    return parseResults(JSON.stringify(draft)).trials;
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
