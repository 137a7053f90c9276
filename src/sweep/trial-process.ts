/**
 * The process of one trial: started by the pool, told its job, ends when it is done.
 *
 * A process of its own gives each trial a clean peak of memory, and a trial that dies takes no other along.
 *
 * @module
 */
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { readJson, writeAtomically } from "../files/files.ts";
import { claimFolder } from "../runs/run-folder.ts";
import type { FolderClaim } from "../runs/run-folder.ts";
import { fileStorage, readMetrics } from "../runs/run-storage.ts";
import type { Trial } from "../comparison/results.ts";
import { isTaskSettings, modelConfig, trainingPlan } from "../comparison/settings.ts";
import type { TaskSettings, TextSettings } from "../comparison/settings.ts";
import type { TaskTrial } from "../comparison/task-results.ts";
import { runTaskTrial } from "../comparison/task-trial.ts";
import type { TaskTrialOutcome, TaskTrialRequest } from "../comparison/task-trial.ts";
import { runTrial } from "../comparison/trial.ts";
import type { TrialBasics, TrialOutcome, TrialRequest } from "../comparison/trial.ts";
import { asInputError, InputError, RunError } from "../errors.ts";
import { loadRecorded } from "../loading/encoding-file.ts";
import { compile } from "../runtime/node.ts";
import { taskNamed } from "../tasks/index.ts";
import { loadCorpus } from "../data/corpus-files.ts";
import { splitText } from "../data/split.ts";
import { makeTokenizer } from "../data/tokenizers.ts";
import { TrainingDiverged } from "../training/train.ts";
import type { StepMetrics } from "../training/train.ts";
import { divergedOutcome, divergedTaskOutcome } from "./diverged-trial.ts";
import { peakMemory } from "./peak-memory.ts";
import { resultFile } from "./trial-job.ts";
import type { FromTrial, ToTrial, TrialJob } from "./trial-job.ts";

/** Cost of training, kept apart from the metrics, which must not depend on the clock. */
interface Cost {
  readonly secondsPerStep: number;
  readonly peakMemoryBytes: number;
}

const costFile = "cost.json";
/** How long a trial whose parent was killed may take to end its step before its successor gives up. */
const patienceMs = 60_000;
const stop = new AbortController();

function send(message: FromTrial): void {
  // A parent that was killed leaves a closed channel; this process then stops by itself.
  if (process.connected) process.send?.(message, undefined, undefined, () => undefined);
}

/** Runs the job in a folder that no other process writes into. */
async function runClaimed(job: TrialJob): Promise<void> {
  const claim = await claimWhenFree(job.folder);
  if (claim === undefined) return send({ kind: "stopped" });
  try {
    await run(job);
  } finally {
    await claim.release();
  }
}

/** The claim, once a process that was left behind here has ended; undefined when this one is stopped. */
async function claimWhenFree(folder: string): Promise<FolderClaim | undefined> {
  const deadline = performance.now() + patienceMs;
  while (!stop.signal.aborted)
    try {
      return await claimFolder(folder);
    } catch (error) {
      if (!(error instanceof RunError) || performance.now() > deadline) throw error;
      await wait(200);
    }
  return undefined;
}

async function run({ encoding, seed, folder, settings }: TrialJob): Promise<void> {
  let cost: Cost | undefined;
  const file = settings.encodingFiles?.find(({ id }) => id === encoding);
  const shared = {
    encoding: file ? await loadRecorded(file) : encoding,
    plan: trainingPlan(settings, seed),
    testLengths: settings.testLengths,
    compile,
    compileOptions: { device: settings.device, threads: settings.threads },
    storage: fileStorage(folder),
    signal: stop.signal,
    onStep: ({ step, loss }: StepMetrics) => send({ kind: "step", step, loss }),
    onEvaluation: (length: number, protocol: string) =>
      send({ kind: "evaluate", length, protocol }),
    async onTrained(milliseconds: readonly number[]) {
      cost = await recordCost(path.join(folder, costFile), milliseconds);
    },
  };
  const { outcome, diverged } = isTaskSettings(settings)
    ? await runOnTask(settings, shared)
    : await runOnText(settings, shared);
  if (outcome === undefined) return send({ kind: "stopped" });
  const trial: Trial | TaskTrial = {
    ...outcome,
    ...(cost ?? { secondsPerStep: NaN, peakMemoryBytes: peakMemory() }),
    trainingLoss: (await readMetrics(folder)).map(({ step, loss }) => ({ step, loss })),
  };
  await writeAtomically(path.join(folder, resultFile), JSON.stringify(trial));
  send({ kind: "done", ...(diverged ? { note: diverged.message } : {}) });
}

type Shared = Omit<TrialBasics, "config">;

/** What a trial gave, undefined if it was stopped; `diverged` where there are no numbers. */
interface Ended<Outcome> {
  readonly outcome: Outcome | undefined;
  readonly diverged?: TrainingDiverged;
}

async function runOnText(settings: TextSettings, shared: Shared): Promise<Ended<TrialOutcome>> {
  const corpus = await loadCorpus(settings.corpus);
  const { train, validation } = splitText(corpus.text);
  const tokenizer = makeTokenizer(settings.tokenizer, train);
  const request: TrialRequest = {
    ...shared,
    config: asInputError(() => modelConfig(settings, tokenizer.vocab)),
    tokenizer,
    training: tokenizer.encode(train),
    validation: tokenizer.encode(validation),
    stride: settings.stride,
    evaluationTokens: settings.evaluationTokens,
  };
  return await unlessDiverged(runTrial(request), (error) => divergedOutcome(request, error));
}

async function runOnTask(settings: TaskSettings, shared: Shared): Promise<Ended<TaskTrialOutcome>> {
  const task = taskNamed(settings.task);
  const { trainLength, evaluationSamples } = settings;
  const config = asInputError(() => modelConfig(settings, task.vocabulary.length));
  const request: TaskTrialRequest = { ...shared, config, task, trainLength, evaluationSamples };
  return await unlessDiverged(runTaskTrial(request), (error) =>
    divergedTaskOutcome(request, error),
  );
}

/** The outcome, or what takes its place where training diverged. */
async function unlessDiverged<Outcome>(
  outcome: Promise<Outcome | undefined>,
  instead: (error: TrainingDiverged) => Outcome,
): Promise<Ended<Outcome>> {
  try {
    return { outcome: await outcome };
  } catch (error) {
    if (!(error instanceof TrainingDiverged)) throw error;
    return { outcome: instead(error), diverged: error };
  }
}

/** The median step of this process; one that did no step keeps what an earlier one wrote. */
async function recordCost(file: string, milliseconds: readonly number[]): Promise<Cost> {
  if (milliseconds.length === 0) {
    const before = (await readJson(file).catch(() => undefined)) as Cost | undefined;
    if (before) return before;
  }
  const sorted = [...milliseconds].sort((a, b) => a - b);
  const median = sorted[Math.floor(sorted.length / 2)] ?? NaN;
  const cost = { secondsPerStep: median / 1000, peakMemoryBytes: peakMemory() };
  await writeAtomically(file, JSON.stringify(cost));
  return cost;
}

process.on("message", (message: ToTrial) => {
  if (message.kind === "stop") return stop.abort();
  runClaimed(message.job)
    .catch((error: unknown) => {
      const known = error instanceof InputError || error instanceof RunError;
      send({
        kind: "failed",
        message: error instanceof Error ? error.message : String(error),
        exitCode: known ? error.exitCode : 1,
      });
    })
    .finally(() => {
      if (process.connected) process.disconnect();
    });
});
// The parent stops its trials itself: Ctrl-C reaches the whole group and must not cut a write short.
process.on("SIGINT", () => undefined);
process.on("disconnect", () => stop.abort());
