/**
 * The process of one trial: started by the pool, which sends it a job; it ends when the job is done.
 *
 * A process of its own gives each trial a clean peak of memory, and a trial that dies leaves the others running.
 *
 * @module
 */
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { z } from "zod";
import { modelConfig, comparisonPlan } from "../comparison/settings.ts";
import { divergedOutcome, runTrial, validationLoss } from "../comparison/trial.ts";
import type { TrialOutcome, TrialRequest } from "../comparison/trial.ts";
import { asInputError, InputError, RunError } from "../errors.ts";
import { readJson, writeAtomically } from "../files/files.ts";
import { loadRecorded } from "../loading/encoding-file.ts";
import { keepRunFile } from "../runs/run-file.ts";
import { keepTokenizer } from "../runs/run-tokenizer.ts";
import { identityDigest } from "../runs/run-identity.ts";
import { claimFolder } from "../runs/run-folder.ts";
import type { FolderClaim } from "../runs/run-folder.ts";
import { fileStorage, readMetrics } from "../runs/run-storage.ts";
import "../runtime/node.ts"; // the runtime that trials use
import { TrainingDiverged } from "../training/train.ts";
import { endChild, liveAsChild } from "./child-life.ts";
import { requireUnchanged, trialDocument } from "./comparison-document.ts";
import { writeTrial } from "./comparison-folder.ts";
import { peakMemory } from "./peak-memory.ts";
import { loadData } from "./prepare.ts";
import { costFile, settingsOf } from "./trial-job.ts";
import type { FromTrial, ToTrial, TrialJob } from "./trial-job.ts";
import { writeTuned } from "./tuning.ts";

/** Cost of training, kept apart from the metrics, which must not depend on the clock. */
interface Cost {
  readonly secondsPerStep: number;
  readonly peakMemoryBytes: number;
}

/** Numbers that are not finite are null in the file. What is damaged is not believed, and the memory is measured again. */
const number = z
  .number()
  .nullable()
  .transform((value) => value ?? NaN);
const costShape = z.object({
  run: z.string(),
  secondsPerStep: number,
  peakMemoryBytes: number,
});

/** How long a trial waits for the process of an earlier run, whose parent was killed, to end its step. */
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

async function run(job: TrialJob): Promise<void> {
  const { encoding, seed, folder, comparison } = job;
  const settings = settingsOf(job);
  let cost: Cost | undefined;
  // Of this process: where training diverges, the metrics that are kept end with the last good state.
  const losses = new Map<number, number>();
  const file = settings.encodingFiles?.find(({ id }) => id === encoding);
  const loaded = await loadData(settings, { folder: comparison, config: job.run.tokenizer });
  const { data, vocab } = loaded;
  const document = trialDocument(job, loaded);
  requireUnchanged(job.run, document);
  await keepRunFile(folder, document);
  await keepTokenizer(folder, loaded.tokenizerDocument);
  const request: TrialRequest = {
    encoding: file ? await loadRecorded(file) : encoding,
    config: asInputError(() => modelConfig(settings, vocab)),
    plan: comparisonPlan(settings, seed),
    data,
    testLengths: settings.testLengths,
    compileOptions: { device: settings.device, threads: settings.threads },
    storage: fileStorage(folder, { run: document }),
    signal: stop.signal,
    onStep({ step, loss }) {
      losses.set(step, loss);
      send({ kind: "step", step, loss });
    },
    onEvaluation: (length, protocol) => send({ kind: "evaluate", length, protocol }),
    async onTrained(milliseconds) {
      cost = await recordCost(path.join(folder, costFile), milliseconds, identityDigest(document));
    },
  };
  if (job.tuning) {
    const loss = await validationLoss(request);
    if (loss === undefined) return send({ kind: "stopped" });
    await writeTuned(job, loss);
    const note = Number.isFinite(loss) ? `validation loss ${loss.toFixed(4)}` : "training diverged";
    return send({ kind: "done", note });
  }
  const { outcome, diverged } = await outcomeOf(request);
  if (outcome === undefined) return send({ kind: "stopped" });
  const kept = (await readMetrics(folder)).map(({ step, loss }) => [step, loss] as const);
  await writeTrial(job, {
    ...outcome,
    ...(cost ?? { secondsPerStep: NaN, peakMemoryBytes: peakMemory() }),
    trainingLoss: [...new Map([...kept, ...losses])].map(([step, loss]) => ({ step, loss })),
  });
  send({ kind: "done", ...(diverged ? { note: diverged.message } : {}) });
}

/** What a trial gave, undefined if it was stopped; `diverged` where there are no numbers. */
async function outcomeOf(request: TrialRequest): Promise<{
  readonly outcome: TrialOutcome | undefined;
  readonly diverged?: TrainingDiverged;
}> {
  try {
    return { outcome: await runTrial(request) };
  } catch (error) {
    if (!(error instanceof TrainingDiverged)) throw error;
    return { outcome: divergedOutcome(request, error), diverged: error };
  }
}

/** The median step of this process; one that did no step keeps what an earlier one wrote. */
async function recordCost(
  file: string,
  milliseconds: readonly number[],
  of: string,
): Promise<Cost> {
  if (milliseconds.length === 0) {
    const before = costShape.safeParse(await readJson(file).catch(() => undefined));
    if (before.success && before.data.run === of) {
      const { secondsPerStep, peakMemoryBytes } = before.data;
      return { secondsPerStep, peakMemoryBytes };
    }
  }
  const sorted = [...milliseconds].sort((a, b) => a - b);
  const median = sorted[Math.floor(sorted.length / 2)] ?? NaN;
  const cost = { secondsPerStep: median / 1000, peakMemoryBytes: peakMemory() };
  await writeAtomically(file, JSON.stringify({ run: of, ...cost }));
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
    .finally(endChild);
});
liveAsChild(stop);
